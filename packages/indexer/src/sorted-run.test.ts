/** One contract for every kind of run: each answers as if it looked at all its entries. */
import { join } from "node:path";
import { nodeDisk } from "@knotwork/disk";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { BlockCache } from "./block-cache.ts";
import { IndexRun } from "./index-run.ts";
import { writeIndexRun } from "./index-run-writer.ts";
import { MemoryRun } from "./memory-run.ts";
import { SortedList } from "./sorted-list.ts";
import type { ByteString, IndexEntry, SortedRun } from "./sorted-run.ts";
import { anyEntries, anyKey, anyRange, anySeq, modelEntries, modelNewest } from "./testing/model.ts";
import { scratchDirectory } from "./testing/scratch.ts";

interface DiskRunOptions {
  readonly repeat: number;
  readonly blockCache?: BlockCache;
}

type MakeRun = (entries: readonly IndexEntry[]) => SortedRun;

const kinds: readonly (readonly [name: string, prepare: () => MakeRun])[] = [
  ["a memory run", () => (entries) => new MemoryRun(entries)],
  ["a sorted list", () => (entries) => new SortedList(entries)],
  ["a run on disk", () => makeDiskRun({ repeat: 1 })],
  ["a run on disk of several leaves", () => makeDiskRun({ repeat: 600 })],
  ["a cached run", () => makeDiskRun({ repeat: 600, blockCache: new BlockCache({ bytesMax: 60_000 }) })],
  ["a run with a cache too small", () => makeDiskRun({ repeat: 1, blockCache: new BlockCache({ bytesMax: 10 }) })],
];

test.each(kinds)("%s gives the newest entry of a key at every snapshot", (_name, prepare) => {
  const make = prepare();
  fc.assert(
    fc.property(anyEntries, fc.array(fc.tuple(anyKey, anySeq), { maxLength: 30 }), (entries, questions) => {
      const run = make(entries);
      for (const [key, seq] of questions) expect(run.get(key, seq)).toEqual(modelNewest(entries, key, seq));
      run.close();
    }),
  );
});

test.each(kinds)(
  "%s gives all entries of a range in order, keys up or down, newest first in each",
  (_name, prepare) => {
    const make = prepare();
    fc.assert(
      fc.property(anyEntries, fc.array(fc.tuple(anyRange, fc.boolean()), { maxLength: 8 }), (entries, questions) => {
        const run = make(entries);
        for (const [range, reverse] of questions) {
          expect([...run.entries(range, { reverse })]).toEqual(modelEntries(entries, range, reverse));
        }
        run.close();
      }),
    );
  },
);

test.each(kinds)("%s knows its smallest and largest seq, 0 when empty", (_name, prepare) => {
  const make = prepare();
  const entries = [7, 3, 9].map((seq) => ({ key: `k${seq}`, seq, remove: false, value: "" }));
  expect(make(entries)).toMatchObject({ minSeq: 3, maxSeq: 9 });
  expect(make([])).toMatchObject({ minSeq: 0, maxSeq: 0 });
});

/** With every byte of a key 600 times and values of 700 bytes even small runs have many blocks and several leaves. */
function makeDiskRun({ repeat, ...options }: DiskRunOptions): MakeRun {
  const directory = scratchDirectory();
  const disk = nodeDisk();
  let count = 0;
  return (entries) => {
    const path = join(directory, `run-${count++}`);
    const wide = entries.map((entry) => ({
      ...entry,
      key: widen(entry.key, repeat),
      value: entry.value.padEnd(700, "."),
    }));
    const sorted = modelEntries(wide, { lower: "", upper: undefined });
    writeIndexRun({ disk, path, storeId: "store", meta: {}, entries: sorted });
    const run = IndexRun.open({ disk, path, storeId: "store", ...options });
    run.check();
    return narrowed(run, repeat);
  };
}

/** The run seen with its narrow keys and values. */
function narrowed(run: SortedRun, repeat: number): SortedRun {
  const narrow = (entry: IndexEntry): IndexEntry => ({
    ...entry,
    key: entry.key
      .split("")
      .filter((_, i) => i % repeat === 0)
      .join(""),
    value: entry.value.replace(/\.+$/, ""),
  });
  return {
    minSeq: run.minSeq,
    maxSeq: run.maxSeq,
    get: (key, seq) => {
      const entry = run.get(widen(key, repeat), seq);
      return entry === undefined ? undefined : narrow(entry);
    },
    entries: function* ({ lower, upper }, options) {
      const range = { lower: widen(lower, repeat), upper: upper === undefined ? undefined : widen(upper, repeat) };
      for (const entry of run.entries(range, options)) yield narrow(entry);
    },
    close: () => run.close(),
  };
}

/** Keeps the order of keys, and which is a prefix of which. */
function widen(key: ByteString, repeat: number): ByteString {
  return key
    .split("")
    .map((byte) => byte.repeat(repeat))
    .join("");
}
