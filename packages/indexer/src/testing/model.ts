/** What the tests hold the runs against: the same questions answered by looking at every entry. */
import * as fc from "fast-check";

import { compareEntries } from "../entry-order.ts";
import type { ByteString, IndexEntry, KeyRange } from "../sorted-run.ts";

/** Few keys of few bytes, so that keys meet, prefix each other and have many versions. */
export const anyKey: fc.Arbitrary<ByteString> = fc
  .array(fc.constantFrom("\0", "a", "b", "\xff"), { maxLength: 4 })
  .map((bytes) => bytes.join(""));

export const anyEntry: fc.Arbitrary<IndexEntry> = fc.record({
  key: anyKey,
  seq: fc.integer({ min: 0, max: 12 }),
  remove: fc.boolean(),
  value: fc.constantFrom("", "v", "\0\xff value"),
});

/** Entries with no (key, seq) twice, in any order. */
export const anyEntries: fc.Arbitrary<readonly IndexEntry[]> = fc.uniqueArray(anyEntry, {
  selector: ({ key, seq }) => `${seq} ${key}`,
  maxLength: 80,
});

export const anyRange: fc.Arbitrary<KeyRange> = fc.record({
  lower: fc.oneof(fc.constant(""), anyKey),
  upper: fc.option(anyKey, { nil: undefined }),
});

export const anySeq: fc.Arbitrary<number> = fc.integer({ min: 0, max: 13 });

export function modelEntries(
  entries: readonly IndexEntry[],
  { lower, upper }: KeyRange,
  reverse = false,
): readonly IndexEntry[] {
  return entries
    .filter(({ key }) => key >= lower && (upper === undefined || key < upper))
    .sort((a, b) => {
      if (a.key === b.key) return b.seq - a.seq;
      return compareEntries(a, b) * (reverse ? -1 : 1);
    });
}

/** The newest entry of `key` with seq at most `seq`, a remove included. */
export function modelNewest(entries: readonly IndexEntry[], key: ByteString, seq: number): IndexEntry | undefined {
  const candidates = entries.filter((entry) => entry.key === key && entry.seq <= seq);
  return candidates.reduce<IndexEntry | undefined>(
    (newest, entry) => (newest === undefined || entry.seq > newest.seq ? entry : newest),
    undefined,
  );
}

/** The keys that are there at snapshot `seq`, each with its newest entry. */
export function modelScan(
  entries: readonly IndexEntry[],
  { seq, reverse, ...range }: KeyRange & { readonly seq: number; readonly reverse: boolean },
): readonly IndexEntry[] {
  const keys = new Set(modelEntries(entries, range, reverse).map(({ key }) => key));
  return [...keys].flatMap((key) => {
    const newest = modelNewest(entries, key, seq);
    return newest === undefined || newest.remove ? [] : [newest];
  });
}
