import { expect, test } from "vitest";

import { compareEntries } from "./entry-order.ts";
import { SortedList } from "./sorted-list.ts";
import type { IndexEntry, KeyRange } from "./sorted-run.ts";
import { modelEntries } from "./testing/model.ts";

const ALL: KeyRange = { lower: "", upper: undefined };

test("an entry inserted again with the same key and seq takes the place of the first", () => {
  const list = new SortedList([entryOf("k", 1, "old")]);
  list.insert(entryOf("k", 1, "new"));
  expect(list.size).toBe(1);
  expect(list.get("k", 1)?.value).toBe("new");
});

test("many entries in random order come out sorted, forward and backward", () => {
  const entries = shuffled(5_000).map((i) => entryOf(`k${i % 1_700}`, i));
  const list = new SortedList(entries);
  expect(list.size).toBe(5_000);
  expect([...list.entries(ALL)]).toEqual([...entries].sort(compareEntries));
  expect([...list.entries(ALL, { reverse: true })]).toEqual(modelEntries(entries, ALL, true));
  expect(list.get("k3", 4_000)).toEqual(entryOf("k3", 3_403));
});

test.each([false, true])(
  "what was there comes once and in order while others are inserted (reverse: %s)",
  (reverse) => {
    const before = shuffled(2_000).map((i) => entryOf(`k${String(i % 900).padStart(4, "0")}`, i));
    const later = shuffled(2_000).map((i) => entryOf(`k${String(i % 900).padStart(4, "0")}`, i + 10_000));
    const list = new SortedList(before);
    const seen: IndexEntry[] = [];
    for (const entry of list.entries(ALL, { reverse })) {
      if (entry.seq < 10_000) seen.push(entry);
      const next = later.pop();
      if (next !== undefined) list.insert(next);
    }
    expect(seen).toEqual(modelEntries(before, ALL, reverse));
  },
);

test("an insert looks at few keys, however many there are: 50,000 entries are searched by halves", () => {
  let looks = 0;
  const countingKey = (text: string): string => {
    const key = {
      toString(): string {
        looks += 1;
        return text;
      },
    };
    return key as unknown as string;
  };
  const list = new SortedList();
  for (const i of shuffled(50_000)) list.insert(entryOf(countingKey(`T-01K${String(i).padStart(22, "0")}`), i));
  expect(list.size).toBe(50_000);
  // 16 halvings; to look at one chunk after the other would be more than 100 a time.
  expect(looks / 50_000).toBeLessThan(4 * 16);
});

function entryOf(key: string, seq: number, value = ""): IndexEntry {
  return { key, seq, remove: false, value };
}

/** 0 … count - 1 in a fixed order that jumps about: 7,919 is prime and shares no factor with the counts used. */
function shuffled(count: number): number[] {
  return Array.from({ length: count }, (_, i) => (i * 7_919 + 13) % count);
}
