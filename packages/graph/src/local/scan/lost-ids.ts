/** Which entities a lost commit changed: index runs name them, although they do not hold what was written. */
import { isDiskError } from "@knotwork/disk";
import type { Disk } from "@knotwork/disk";
import { decodeKeyParts, IndexerError, IndexRun } from "@knotwork/indexer";
import { storePaths } from "../store-names.ts";
import type { StoreScan } from "./scan-store.ts";

/** By seq: the ids of versions that the index names and the scan could not read. Index runs that are damaged tell nothing. */
export function lostIds(disk: Disk, dir: string, scan: StoreScan): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, string[]>();
  const runs = (scan.manifest?.["index"] ?? []) as readonly { readonly file: string }[];
  for (const { file } of runs) {
    try {
      for (const { id, seq } of versionEntries(disk, storePaths(dir).index(file), scan.store ?? "")) {
        const commit = scan.commits.get(seq);
        const isKnown = commit?.versions.some((version) => version.id === id) ?? false;
        if (!isKnown && found.get(seq)?.includes(id) !== true) found.set(seq, [...(found.get(seq) ?? []), id]);
      }
    } catch (error) {
      if (!(error instanceof IndexerError) && !isDiskError(error, "ENOENT")) throw error;
    }
  }
  return found;
}

function* versionEntries(
  disk: Disk,
  path: string,
  storeId: string,
): Generator<{ readonly id: string; readonly seq: number }> {
  const run = IndexRun.open({ disk, path, storeId });
  try {
    for (const { key, seq } of run.entries({ lower: "p", upper: "q" }))
      yield { id: String(decodeKeyParts(key.slice(1))[0]), seq };
  } finally {
    run.close();
  }
}
