/** Reads a commit that a scan found once more, with all it says. */
import { readWholeFile } from "@knotwork/disk";
import type { Disk } from "@knotwork/disk";
import { decodeWholeRecord } from "@knotwork/wal";
import type { StoredVersion } from "../../entity.ts";
import type { HistoryCommit } from "../history-run.ts";
import { recordToHistory } from "../record-to-history.ts";
import type { CommitOfHistory } from "../record-to-history.ts";
import { scanLines } from "./scan-lines.ts";
import type { ScannedCommit } from "./scan-files.ts";

/** Keeps the bytes of the file read last: hand it commits in the order of their files. */
export class ScannedReader {
  readonly #disk: Disk;
  readonly #dir: string;
  #file = "";
  #bytes: Buffer = Buffer.alloc(0);

  constructor(disk: Disk, dir: string) {
    this.#disk = disk;
    this.#dir = dir;
  }

  /** What can be read of it: versions whose lines are damaged are left out. */
  read(scanned: ScannedCommit): CommitOfHistory {
    const bytes = this.#bytesOf(scanned.file).subarray(scanned.offset, scanned.end);
    if (scanned.source === "log") return recordToHistory(decodeWholeRecord(bytes), scanned.record);
    const values = [...scanLines(bytes)].flatMap(({ sound }) => (sound === undefined ? [] : [withoutCrc(sound.value)]));
    const [commit, ...versions] = values;
    return {
      commit: commit as unknown as HistoryCommit,
      versions: versions
        .filter((version) => version["id"] !== undefined)
        .map((version) => ({ deleted: false, ...version }) as unknown as StoredVersion),
    };
  }

  #bytesOf(file: string): Buffer {
    if (this.#file === file) return this.#bytes;
    this.#bytes = readWholeFile(this.#disk, `${this.#dir}/${file}`) ?? Buffer.alloc(0);
    this.#file = file;
    return this.#bytes;
  }
}

/** The same text for the same content, whatever the order of members. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner !== "object" || inner === null || Array.isArray(inner)
      ? inner
      : Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  );
}

function withoutCrc({ crc: _, ...rest }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return rest;
}
