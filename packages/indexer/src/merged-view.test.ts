import { join } from "node:path";
import { nodeDisk } from "@knotwork/disk";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { compareEntries } from "./entry-order.ts";
import { IndexRun } from "./index-run.ts";
import { writeIndexRun } from "./index-run-writer.ts";
import { MemoryRun } from "./memory-run.ts";
import { mergeEntries, mergeGet, mergeScan } from "./merged-view.ts";
import { SortedList } from "./sorted-list.ts";
import type { IndexEntry, SortedRun } from "./sorted-run.ts";
import { CountingDisk } from "./testing/counting-disk.ts";
import { anyEntries, anyKey, anyRange, anySeq, modelNewest, modelScan } from "./testing/model.ts";
import { scratchDirectory } from "./testing/scratch.ts";

/** Entries dealt out to up to four runs of both kinds in memory; some entries are in two runs. */
const anyRuns = fc
  .tuple(anyEntries, fc.array(fc.nat({ max: 15 }), { minLength: 80, maxLength: 80 }))
  .map(([entries, deal]) => {
    const hands = [0, 1, 2, 3].map((hand) =>
      entries.filter((_, i) => {
        const dealt = deal[i] ?? 0;
        return dealt % 4 === hand || (dealt >= 12 && (dealt + 1) % 4 === hand);
      }),
    );
    return { entries, runs: hands.map((hand, i) => (i % 2 === 0 ? new MemoryRun(hand) : new SortedList(hand))) };
  });

test("a key's state at a snapshot is its newest entry in whichever run it is", () => {
  fc.assert(
    fc.property(anyRuns, fc.array(fc.tuple(anyKey, anySeq), { maxLength: 20 }), ({ entries, runs }, questions) => {
      for (const [key, seq] of questions) {
        const newest = modelNewest(entries, key, seq);
        expect(mergeGet(runs, key, seq)).toEqual(newest?.remove === false ? newest : undefined);
      }
    }),
    { numRuns: 300 },
  );
});

test("a scan at a snapshot gives each key that is there once, with its newest entry, up or down", () => {
  fc.assert(
    fc.property(anyRuns, anyRange, anySeq, fc.boolean(), ({ entries, runs }, range, seq, reverse) => {
      expect([...mergeScan(runs, { ...range, seq, reverse })]).toEqual(modelScan(entries, { ...range, seq, reverse }));
    }),
    { numRuns: 1_000 },
  );
});

test("a merge of all entries drops none and gives doubles once", () => {
  fc.assert(
    fc.property(anyRuns, ({ entries, runs }) => {
      expect([...mergeEntries(runs)]).toEqual([...entries].sort(compareEntries));
    }),
    { numRuns: 300 },
  );
});

test("two runs that disagree about one key and seq are not merged", () => {
  const entry = { key: "k", seq: 1, remove: false, value: "a" };
  const runs = [new MemoryRun([entry]), new MemoryRun([{ ...entry, value: "b" }])];
  expect(() => [...mergeEntries(runs)]).toThrow(expect.objectContaining({ code: "INDEX_DAMAGED" }));
});

test("a scan of no runs is empty", () => {
  expect([...mergeScan([], { lower: "", upper: undefined, seq: 1 })]).toEqual([]);
  expect(mergeGet([], "k", 1)).toBeUndefined();
});

test("runs that cannot hold a newer entry are not asked", () => {
  const newer = new MemoryRun([{ key: "k", seq: 5, remove: false, value: "" }]);
  const older: SortedRun = {
    minSeq: 1,
    maxSeq: 4,
    get: () => expect.unreachable("the older run was asked"),
    entries: () => expect.unreachable("the older run was asked"),
    close: () => undefined,
  };
  expect(mergeGet([newer, older], "k", 9)).toMatchObject({ seq: 5 });
  expect([...mergeScan([older], { lower: "", upper: undefined, seq: 0 })]).toEqual([]);
});

test("the newest entry is found whatever the order of the runs", () => {
  const runs = [4, 6, 5].map((seq) => new MemoryRun([{ key: "k", seq, remove: false, value: "" }]));
  expect(mergeGet(runs, "k", 9)?.seq).toBe(6);
  expect(mergeGet(runs, "k", 5)?.seq).toBe(5);
});

test.each([false, true])("the first ten of 100,000 read a leaf and a block of each run (reverse: %s)", (reverse) => {
  const directory = scratchDirectory();
  const counting = new CountingDisk(nodeDisk());
  const runs = [0, 1].map((part) => {
    const path = join(directory, `run-${part}`);
    writeIndexRun({ disk: counting.disk, path, storeId: "s", meta: {}, entries: entriesOfPart(part) });
    return IndexRun.open({ disk: counting.disk, path, storeId: "s" });
  });
  counting.reset();
  const found = [...firstTen(mergeScan(runs, { lower: "k", upper: undefined, seq: 1, reverse }))];
  expect(found).toHaveLength(10);
  expect(counting.count.reads).toBe(4);
  for (const run of runs) run.close();
});

function* entriesOfPart(part: number): Generator<IndexEntry> {
  for (let i = part; i < 100_000; i += 2)
    yield { key: `k${String(i).padStart(30, "0")}`, seq: 1, remove: false, value: "" };
}

function* firstTen<T>(items: Iterable<T>): Generator<T> {
  let count = 0;
  for (const item of items) {
    yield item;
    if (++count === 10) return;
  }
}
