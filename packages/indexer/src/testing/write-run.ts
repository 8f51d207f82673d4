import { nodeDisk, writeFully } from "@knotwork/disk";

import type { IndexRunSummary } from "../index-run-assembly.ts";
import { writeIndexRun } from "../index-run-writer.ts";
import type { IndexEntry } from "../sorted-run.ts";

export const STORE_ID = "01K0STORE";

/** Writes a run of `STORE_ID` on the real disk. */
export function writeRun(path: string, entries: Iterable<IndexEntry>): IndexRunSummary {
  return writeIndexRun({ disk: nodeDisk(), path, storeId: STORE_ID, meta: { definition: 1 }, entries });
}

/** `count` entries, one a key, as an index over ids has them; every seventh key has a second, older version. */
export function* idEntries(count: number): Generator<IndexEntry> {
  for (let i = 0; i < count; i++) {
    const key = `id:T-01K${String(i).padStart(22, "0")}`;
    yield { key, seq: i + 2, remove: i % 11 === 0, value: "" };
    if (i % 7 === 0) yield { key, seq: i + 1, remove: false, value: "first" };
  }
}

/** Writes `bytes` into the file at `position`. */
export function overwrite(path: string, bytes: Uint8Array, position: number): void {
  const file = nodeDisk().open(path, "read-write");
  writeFully(file, bytes, position);
  file.close();
}
