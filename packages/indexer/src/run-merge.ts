import { sourceOfRun } from "./entry-source.ts";
import { type IndexRunSummary } from "./index-run-assembly.ts";
import { type WriteIndexRunAsyncOptions, writeIndexRunAsync } from "./index-run-writer.ts";
import type { SortedRun } from "./sorted-run.ts";

export interface MergeRunsOptions extends Omit<WriteIndexRunAsyncOptions, "entries" | "sources"> {
  /** Open them without a cache: a merge reads every block once and would drive out what readers use. */
  readonly runs: readonly SortedRun[];
}

/** A slice [start, end) of a list of runs. */
export interface RunSlice {
  readonly start: number;
  readonly end: number;
}

/**
 * Writes one run with every entry of several; only exact doubles (same key and seq) become one. Durable on return, its
 * name excepted, as `writeIndexRunAsync`. The runs stay open.
 * @throws what `writeIndexRunAsync` throws; IndexerError `INDEX_DAMAGED` when a run is damaged or two disagree.
 */
export async function mergeRuns({ runs, ...options }: MergeRunsOptions): Promise<IndexRunSummary> {
  return writeIndexRunAsync({ ...options, sources: runs.map(sourceOfRun) });
}

/**
 * Which runs to merge next, by size tiers; `undefined` when none. `sizes` are those of the runs from the oldest to the
 * newest. A run is merged with the newer ones behind it once it is at most `ratio` times as large as all of them
 * together, so each byte is rewritten about log(total / smallest) times; when more than `max` runs would be left, the
 * newest are merged anyway until `max` are.
 */
export function chooseRunsToMerge(
  sizes: readonly number[],
  { ratio, max }: { readonly ratio: number; readonly max: number },
): RunSlice | undefined {
  if (!(ratio > 0) || !(max >= 1)) throw new RangeError("Cannot choose runs to merge: ratio and max must be positive");
  const end = sizes.length;
  let newerBytes = sizes.at(-1) ?? 0;
  let start = end - 1;
  let chosen = end - 1;
  while (--start >= 0) {
    const size = sizes[start] ?? 0;
    if (size <= ratio * newerBytes) chosen = start;
    newerBytes += size;
  }
  chosen = Math.min(chosen, max - 1);
  return end - chosen >= 2 ? { start: chosen, end } : undefined;
}
