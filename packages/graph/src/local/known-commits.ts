/** Finds the commit that an idempotency key, or a transaction id sent again, stands for (ENGINE I3). */
import { decodeWholeRecord } from "@knotwork/wal";
import type { JsonValue } from "../json.ts";
import type { Generation } from "./generation.ts";
import type { Overlay } from "./overlay.ts";

/** A commit remembered under a key or a transaction id. */
export interface KnownCommit {
  readonly seq: number;
  readonly time: string;
  readonly fingerprint: string;
  readonly result: JsonValue;
}

/** What is looked up: the key if there is one, else the transaction id when an earlier try may have taken effect. */
export interface CommitIdentity {
  readonly txid?: string;
  readonly idempotency?: { readonly key: string };
  readonly resubmitted?: boolean;
}

/** Among the commits of the generation's history. */
export function findInHistory(generation: Generation, identity: CommitIdentity): KnownCommit | undefined {
  const { txid, idempotency, resubmitted } = identity;
  const byKey = idempotency === undefined ? undefined : generation.commitByKey(idempotency.key);
  const found = byKey ?? (resubmitted === true && txid !== undefined ? generation.commitByTxid(txid) : undefined);
  return found === undefined
    ? undefined
    : { seq: found.commit, time: found.time, fingerprint: found.fingerprint ?? "", result: found.result ?? null };
}

/** Among the commits of the log's tail. */
export function findInTail(overlay: Overlay, identity: CommitIdentity): KnownCommit | undefined {
  const { txid, idempotency, resubmitted } = identity;
  const byKey = idempotency === undefined ? undefined : overlay.commitByKey(idempotency.key);
  const found = byKey ?? (resubmitted === true && txid !== undefined ? overlay.commitByTxid(txid) : undefined);
  if (found === undefined) return undefined;
  const result =
    found.key === undefined ? null : ((decodeWholeRecord(overlay.readLine(found)).result ?? null) as JsonValue);
  return { seq: found.seq, time: found.time, fingerprint: found.fingerprint ?? "", result };
}
