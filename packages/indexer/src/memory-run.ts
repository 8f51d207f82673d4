import { assert } from "@knotwork/disk";

import { compareEntries, lowerBound, SEQ_MAX } from "./entry-order.ts";
import type { ByteString, IndexEntry, KeyRange, SortedRun } from "./sorted-run.ts";

/** An immutable run in memory: an index rebuilt by a handle that may not write files. */
export class MemoryRun implements SortedRun {
  readonly minSeq: number;
  readonly maxSeq: number;
  readonly #entries: readonly IndexEntry[];

  /** Takes entries in any order. Of entries with the same key and seq the one that comes last stays. */
  constructor(entries: Iterable<IndexEntry>) {
    this.#entries = withoutDuplicates([...entries].sort(compareEntries));
    let minSeq = this.#entries[0]?.seq ?? 0;
    let maxSeq = minSeq;
    for (const { seq } of this.#entries) {
      assert(seq >= 0 && seq <= SEQ_MAX, "the seq of an index entry is out of range");
      minSeq = Math.min(minSeq, seq);
      maxSeq = Math.max(maxSeq, seq);
    }
    this.minSeq = minSeq;
    this.maxSeq = maxSeq;
  }

  /** Number of entries. */
  get size(): number {
    return this.#entries.length;
  }

  get(key: ByteString, seq: number): IndexEntry | undefined {
    const entry = this.#entries[lowerBound(this.#entries, key, seq)];
    return entry?.key === key ? entry : undefined;
  }

  entries(range: KeyRange, options: { readonly reverse?: boolean } = {}): IterableIterator<IndexEntry> {
    const start = lowerBound(this.#entries, range.lower, SEQ_MAX);
    const end = range.upper === undefined ? this.#entries.length : lowerBound(this.#entries, range.upper, SEQ_MAX);
    return options.reverse === true ? this.#backward(start, end) : this.#forward(start, end);
  }

  /** Nothing to free: the run stays usable. */
  close(): void {}

  *#forward(start: number, end: number): Generator<IndexEntry, void, undefined> {
    for (let i = start; i < end; i++) {
      const entry = this.#entries[i];
      if (entry !== undefined) yield entry;
    }
  }

  *#backward(start: number, end: number): Generator<IndexEntry, void, undefined> {
    let groupEnd = end;
    while (groupEnd > start) {
      const key = this.#entries[groupEnd - 1]?.key;
      let groupStart = groupEnd - 1;
      while (groupStart > start && this.#entries[groupStart - 1]?.key === key) groupStart--;
      yield* this.#forward(groupStart, groupEnd);
      groupEnd = groupStart;
    }
  }
}

/** The sort is stable, so the last of equal neighbours is the one that came last. */
function withoutDuplicates(sorted: readonly IndexEntry[]): readonly IndexEntry[] {
  return sorted.filter((entry, i) => {
    const next = sorted[i + 1];
    return next === undefined || compareEntries(entry, next) !== 0;
  });
}
