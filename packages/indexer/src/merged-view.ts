/**
 * Several runs seen as one table. `mergeGet` and `mergeScan` answer at a snapshot: the state of a key is its newest entry
 * with seq at most the snapshot's, in whichever run it is; a remove means the key is not there. `mergeEntries` gives
 * every entry of every run, for writing one run out of several.
 */
import { indexDisagreement } from "./indexer-error.ts";
import { hashKey } from "./key-filter.ts";
import type { KeyHash } from "./key-filter.ts";
import type { ByteString, IndexEntry, KeyRange, SortedRun } from "./sorted-run.ts";

export interface MergeScanOptions extends KeyRange {
  /** The snapshot: newer entries are not seen. */
  readonly seq: number;
  /** Keys descending. */
  readonly reverse?: boolean;
}

/** One key that is there at the snapshot, with the seq and value of its newest entry. */
export interface VisibleEntry {
  readonly key: ByteString;
  readonly seq: number;
  readonly value: ByteString;
}

/**
 * The state of `key` at snapshot `seq`, or `undefined` when it is not there.
 * Runs that cannot hold a newer entry than one already found are not asked: give the newest run first.
 */
export function mergeGet(runs: readonly SortedRun[], key: ByteString, seq: number): VisibleEntry | undefined {
  let newest: IndexEntry | undefined;
  let hash: KeyHash | undefined;
  for (const run of runs) {
    if (run.minSeq > seq || (newest !== undefined && run.maxSeq <= newest.seq)) continue;
    if (run.mayHold?.(key, (hash ??= hashKey(key))) === false) continue;
    const found = run.get(key, seq);
    if (found !== undefined && (newest === undefined || found.seq > newest.seq)) newest = found;
  }
  return newest === undefined || newest.remove ? undefined : newest;
}

/** The keys of the range that are there at snapshot `seq`, in order. Lazy: what is not consumed is not read. */
export function* mergeScan(
  runs: readonly SortedRun[],
  { lower, upper, seq, reverse = false }: MergeScanOptions,
): Generator<VisibleEntry, void, undefined> {
  const seen = runs.filter((run) => run.minSeq <= seq);
  let done: ByteString | undefined;
  for (const entry of mergeInOrder(seen, { lower, upper }, reverse)) {
    if (entry.seq > seq || entry.key === done) continue;
    done = entry.key;
    if (!entry.remove) yield entry;
  }
}

/**
 * Every entry of every run, in order; entries with the same key and seq come once.
 * @throws IndexerError `INDEX_DAMAGED` when two runs have different entries for one key and seq.
 */
export function* mergeEntries(runs: readonly SortedRun[]): Generator<IndexEntry, void, undefined> {
  let last: IndexEntry | undefined;
  for (const entry of mergeInOrder(runs, { lower: "", upper: undefined }, false)) {
    if (last !== undefined && last.key === entry.key && last.seq === entry.seq) {
      if (last.remove !== entry.remove || last.value !== entry.value) throw indexDisagreement(entry.seq);
      continue;
    }
    last = entry;
    yield entry;
  }
}

/** One run's place in the merge: its next entry, and the rest behind it. */
interface Source {
  head: IndexEntry;
  readonly rest: IterableIterator<IndexEntry>;
}

/** All entries of the range: key in scan order, within a key seq descending; on a tie the earlier run's first. */
function mergeInOrder(runs: readonly SortedRun[], range: KeyRange, reverse: boolean): IterableIterator<IndexEntry> {
  const [only] = runs;
  if (only !== undefined && runs.length === 1) return only.entries(range, { reverse });
  return mergeSources(runs, range, reverse);
}

function* mergeSources(
  runs: readonly SortedRun[],
  range: KeyRange,
  reverse: boolean,
): Generator<IndexEntry, void, undefined> {
  const sources: Source[] = [];
  for (const run of runs) {
    const rest = run.entries(range, { reverse });
    const first = rest.next();
    if (first.done !== true) sources.push({ head: first.value, rest });
  }
  // Runs are few (size tiers), so looking at every head costs less than keeping a heap.
  for (;;) {
    let [first] = sources;
    if (first === undefined) return;
    for (const source of sources) {
      if (comesFirst(source.head, first.head, reverse)) first = source;
    }
    yield first.head;
    const next = first.rest.next();
    if (next.done === true) sources.splice(sources.indexOf(first), 1);
    else first.head = next.value;
  }
}

function comesFirst(a: IndexEntry, b: IndexEntry, reverse: boolean): boolean {
  if (a.key === b.key) return a.seq > b.seq;
  return reverse ? a.key > b.key : a.key < b.key;
}
