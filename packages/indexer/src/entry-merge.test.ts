import * as fc from "fast-check";
import { expect, test } from "vitest";

import { mergedEntries } from "./entry-merge.ts";
import { compareEntries } from "./entry-order.ts";
import { EntrySorter } from "./entry-sorter.ts";
import { type EntrySource, sourceOfEntries } from "./entry-source.ts";
import type { IndexEntry } from "./sorted-run.ts";
import { anyEntries } from "./testing/model.ts";

test("a sorter gives what it took in the order of runs", () => {
  fc.assert(
    fc.property(anyEntries, (entries) => {
      expect(merged(sorted(entries))).toEqual([...entries].sort(compareEntries));
    }),
  );
});

test("keys with long common beginnings, ends of others, and many versions of one key are sorted over many pieces", () => {
  const entries = Array.from({ length: 40_000 }, (_, i): IndexEntry => {
    const digits = String((i * 7_919) % 40_000);
    const key = i % 3 === 0 ? "i@the same\0\0" : `i@type\0\0${"@".repeat(i % 40)}${digits.slice(0, (i % 5) + 1)}`;
    return { key, seq: i, remove: i % 7 === 0, value: i % 2 === 0 ? "" : digits };
  });
  const result = merged(sorted(entries));
  const expected = [...entries].sort(compareEntries);
  expect(result.length).toBe(expected.length);
  expect(result.findIndex((entry, i) => compareEntries(entry, expected[i] ?? entry) !== 0)).toBe(-1);
  expect(result.slice(0, 100)).toEqual(expected.slice(0, 100));
});

test("a merge gives the entries of all sources in order, equal ones behind each other", () => {
  fc.assert(
    fc.property(fc.array(anyEntries, { maxLength: 9 }), (lists) => {
      const sources = lists.map((entries) => sourceOfEntries([...entries].sort(compareEntries)));
      const result = merged(sources);
      const expected = lists.flat().sort(compareEntries);
      expect(result.map(({ key, seq }) => [key, seq])).toEqual(expected.map(({ key, seq }) => [key, seq]));
    }),
  );
});

test("what cannot be stored is refused, and nothing of it is kept", () => {
  const sorter = new EntrySorter();
  sorter.add({ key: "a", seq: 1, remove: false, value: "v" });
  for (const wrong of [{ key: "€" }, { value: "€" }, { seq: -1 }, { seq: 0.5 }, { key: "k".repeat(65_536) }])
    expect(() => sorter.add({ key: "b", seq: 1, remove: false, value: "", ...wrong })).toThrow(RangeError);
  expect(merged(sorter.takeSources())).toEqual([{ key: "a", seq: 1, remove: false, value: "v" }]);
  expect(sorter.takeSources()).toEqual([]);
});

function sorted(entries: readonly IndexEntry[]): readonly EntrySource[] {
  const sorter = new EntrySorter();
  for (const entry of entries) sorter.add(entry);
  return sorter.takeSources();
}

function merged(sources: readonly EntrySource[]): IndexEntry[] {
  return [...mergedEntries(sources)];
}
