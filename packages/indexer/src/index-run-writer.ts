/**
 * Writes run files (grammar: docs/format/index-run.md), block by block: memory does not grow with the run.
 *
 * Invariants:
 * - Only a file that this call created, or was given open and empty, is ever written; only one it created is unlinked.
 * - On return every byte is durable. The name is not: the caller syncs the directory before anything names the file.
 */
import type { Disk, DiskFile } from "@knotwork/disk";

import { EntryMerge } from "./entry-merge.ts";
import { type EntrySource, sourceOfEntries } from "./entry-source.ts";
import { IndexRunAssembly, type IndexRunSummary } from "./index-run-assembly.ts";
import type { JsonObject } from "./index-run-format.ts";
import type { ByteString, IndexEntry } from "./sorted-run.ts";
import type { Turns } from "./turns.ts";

export interface WriteIndexRunOptions {
  readonly disk: Disk;
  readonly path: string;
  readonly storeId: string;
  /** The caller's own note in the header; the whole header line must fit 64 KiB. */
  readonly meta: JsonObject;
  /** In order (`compareEntries`), no two equal; asserted. */
  readonly entries: Iterable<IndexEntry>;
  /** The first bytes of those keys that are looked up one by one: the run tells at once which of them it does not hold. */
  readonly filtered?: ByteString;
  /**
   * An empty file opened `create-new` at `path`, on which the caller may hold a lock. It is left open, and left in place
   * on failure. Without it the file is created here, and closed on return.
   */
  readonly file?: DiskFile;
}

export interface WriteIndexRunAsyncOptions extends Omit<WriteIndexRunOptions, "entries"> {
  readonly entries?: Iterable<IndexEntry>;
  /** Instead of `entries`: sources that are merged; only exact doubles (same key and seq) become one. */
  readonly sources?: readonly EntrySource[];
  /** It works in these; what they throw ends the run. */
  readonly turns: Turns;
}

/**
 * Writes a run and syncs it.
 * @throws DiskError EEXIST when `path` exists, ENOSPC and whatever else the disk gives; the file created here is gone then.
 * @throws RangeError for an entry beyond the limits (key 65,535 bytes, value 65,536 bytes, seq 2^48 - 1) or not of bytes.
 */
export function writeIndexRun(options: WriteIndexRunOptions): IndexRunSummary {
  const file = options.file ?? options.disk.open(options.path, "create-new");
  try {
    const assembly = new IndexRunAssembly(file, options, options.filtered);
    const source = sourceOfEntries(options.entries);
    while (source.next()) assembly.add(source.table, source.index);
    const summary = assembly.finish();
    file.syncData();
    return summary;
  } catch (error) {
    if (options.file === undefined) discard(options, error);
    throw error;
  } finally {
    if (options.file === undefined) file.close();
  }
}

/**
 * The same in turns, and waiting for the sync without blocking.
 * @throws what `writeIndexRun` and the turns throw, and IndexerError `INDEX_DAMAGED` when two sources disagree.
 */
export async function writeIndexRunAsync(options: WriteIndexRunAsyncOptions): Promise<IndexRunSummary> {
  const file = options.file ?? options.disk.open(options.path, "create-new");
  try {
    const assembly = new IndexRunAssembly(file, options, options.filtered);
    await addAll(assembly, options);
    const summary = assembly.finish();
    await file.syncDataAsync();
    return summary;
  } catch (error) {
    if (options.file === undefined) discard(options, error);
    throw error;
  } finally {
    if (options.file === undefined) file.close();
  }
}

async function addAll(
  assembly: IndexRunAssembly,
  { entries = [], sources, turns }: WriteIndexRunAsyncOptions,
): Promise<void> {
  let blockCount = 0;
  const merge = new EntryMerge(sources ?? [sourceOfEntries(entries)]);
  for (let source = merge.first; source !== undefined; source = merge.first) {
    if (sources === undefined) assembly.add(source.table, source.index);
    else assembly.addMerged(source.table, source.index);
    merge.next();
    // The clock is asked once a block: asking costs as much as adding a few entries.
    if (assembly.blockCount === blockCount) continue;
    blockCount = assembly.blockCount;
    await turns.endWhenOver();
  }
  while (!assembly.fillFilter()) await turns.endWhenOver();
}

/** Unlinks the file created here after `error`. If that fails too, both errors are reported. */
function discard({ disk, path }: Pick<WriteIndexRunOptions, "disk" | "path">, error: unknown): void {
  try {
    disk.unlink(path);
  } catch (unlinkError) {
    throw new AggregateError(
      [error, unlinkError],
      `Cannot write index run "${path}", nor remove what was written of it`,
      { cause: unlinkError },
    );
  }
}
