import type { ByteString, IndexEntry } from "./sorted-run.ts";

/** The largest sequence number an entry can have. (key, SEQ_MAX) sorts at or before every entry of key. */
export const SEQ_MAX: number = 2 ** 48 - 1;

/** Negative, 0 or positive: key ascending, then seq descending. */
export function compareEntries(a: IndexEntry, b: IndexEntry): number {
  if (a.key === b.key) return b.seq - a.seq;
  return a.key < b.key ? -1 : 1;
}

/** The index of the first of the sorted `entries` that is not before (key, seq); their count if there is none. */
export function lowerBound(entries: readonly IndexEntry[], key: ByteString, seq: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry !== undefined && isBefore(entry, key, seq)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** True when `entry` sorts before (key, seq). */
export function isBefore(entry: IndexEntry, key: ByteString, seq: number): boolean {
  return entry.key < key || (entry.key === key && entry.seq > seq);
}
