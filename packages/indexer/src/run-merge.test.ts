import { join } from "node:path";
import { machineClock, nodeDisk } from "@knotwork/disk";
import { expect, test } from "vitest";

import { compareEntries } from "./entry-order.ts";
import { IndexRun } from "./index-run.ts";
import { writeIndexRun } from "./index-run-writer.ts";
import { chooseRunsToMerge, mergeRuns } from "./run-merge.ts";
import type { IndexEntry } from "./sorted-run.ts";
import { scratchDirectory } from "./testing/scratch.ts";
import { Turns } from "./turns.ts";

test("merging runs keeps every entry and gives the bytes of a run written at once", async () => {
  const disk = nodeDisk();
  const directory = scratchDirectory();
  const entries = Array.from({ length: 3_000 }, (_, i): IndexEntry => {
    const seq = i % 7;
    return { key: `k${String((i * 7_919) % 600).padStart(9, "0")}`, seq: i, remove: seq === 3, value: "v".repeat(seq) };
  });
  const common = { disk, storeId: "s", meta: { of: "test" } };
  const pathOf = (name: string): string => join(directory, name);
  const parts = [0, 1, 2].map((part) => {
    const some = entries.filter((_, i) => i % 3 === part || i % 50 === 0).sort(compareEntries);
    writeIndexRun({ ...common, path: pathOf(`part-${part}`), entries: some });
    return IndexRun.open({ disk, storeId: "s", path: pathOf(`part-${part}`) });
  });
  const merged = await mergeRuns({ ...common, path: pathOf("merged"), runs: parts, turns: new Turns(machineClock()) });
  const whole = writeIndexRun({ ...common, path: pathOf("whole"), entries: [...entries].sort(compareEntries) });
  expect(merged).toEqual(whole);
  expect(merged.entries).toBe(3_000);
  for (const part of parts) part.close();
});

test("equal runs are merged, much larger older ones are left alone", () => {
  const policy = { ratio: 1, max: 10 };
  expect(chooseRunsToMerge([], policy)).toBeUndefined();
  expect(chooseRunsToMerge([5], policy)).toBeUndefined();
  expect(chooseRunsToMerge([100, 1], policy)).toBeUndefined();
  expect(chooseRunsToMerge([1, 1], policy)).toEqual({ start: 0, end: 2 });
  expect(chooseRunsToMerge([100, 2, 1, 1], policy)).toEqual({ start: 1, end: 4 });
  expect(chooseRunsToMerge([100, 50, 1], { ratio: 2, max: 10 })).toEqual({ start: 0, end: 3 });
});

test("more runs than the limit are merged whatever their sizes", () => {
  expect(chooseRunsToMerge([64, 16, 4, 1], { ratio: 1, max: 2 })).toEqual({ start: 1, end: 4 });
  expect(chooseRunsToMerge([64, 1], { ratio: 1, max: 1 })).toEqual({ start: 0, end: 2 });
});

test("over 1,000 checkpoints of one size runs stay few and each byte is written a few times", () => {
  let sizes: readonly number[] = [];
  let written = 0;
  let most = 0;
  for (let i = 0; i < 1_000; i++) {
    sizes = [...sizes, 1];
    written++;
    const slice = chooseRunsToMerge(sizes, { ratio: 1, max: 8 });
    if (slice !== undefined) {
      const sum = sizes.slice(slice.start, slice.end).reduce((a, b) => a + b, 0);
      sizes = [...sizes.slice(0, slice.start), sum, ...sizes.slice(slice.end)];
      written += sum;
    }
    most = Math.max(most, sizes.length);
  }
  expect(sizes.reduce((a, b) => a + b, 0)).toBe(1_000);
  expect(most).toBeLessThanOrEqual(8);
  expect(written / 1_000).toBeLessThan(12);
});

test("a policy that makes no sense is refused", () => {
  expect(() => chooseRunsToMerge([1, 1], { ratio: 0, max: 8 })).toThrow(RangeError);
  expect(() => chooseRunsToMerge([1, 1], { ratio: 1, max: 0 })).toThrow(RangeError);
});
