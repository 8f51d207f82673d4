/** What a record of the log says, in the form in which history keeps it. */
import type { WholeRecord } from "@knotwork/wal";
import type { IndexDefinition } from "../engine.ts";
import type { StoredVersion } from "../entity.ts";
import type { HistoryCommit } from "./history-run.ts";
import { decodeRow } from "./operation-row.ts";

export interface CommitOfHistory {
  readonly commit: HistoryCommit;
  readonly versions: readonly StoredVersion[];
}

/** @param crc of the record's line */
export function recordToHistory(record: WholeRecord, crc: string): CommitOfHistory {
  const { seq, txid, time, author, session, key, fingerprint, prev } = record;
  const versions: StoredVersion[] = [];
  const defines: IndexDefinition[] = [];
  for (const [index, raw] of record.rows.entries()) {
    const row = decodeRow(raw);
    if (row.op === "define") {
      defines.push(row.definition);
      continue;
    }
    const { id, type, version, from, to, createdAt } = row;
    versions.push({
      id,
      type,
      version,
      seq,
      createdAt: createdAt ?? time,
      updatedAt: time,
      author,
      deleted: row.op === "delete",
      ...(from === undefined || to === undefined ? {} : { from, to }),
      props: row.op === "delete" ? {} : (record.body[index] as StoredVersion["props"]),
    });
  }
  const commit: HistoryCommit = {
    commit: seq,
    record: crc,
    prev,
    txid,
    time,
    author,
    ...(session === undefined ? {} : { session }),
    ...(key === undefined
      ? {}
      : {
          key,
          fingerprint: fingerprint ?? "",
          result: (record.result ?? null) as NonNullable<HistoryCommit["result"]>,
        }),
    ...(defines.length === 0 ? {} : { defines }),
    versions: versions.length,
  };
  return { commit, versions };
}
