/** The filter of a run on disk: what it saves, what it says, and that damage to it is noticed before it is believed. */
import { join } from "node:path";
import { nodeDisk, readWholeFile } from "@knotwork/disk";
import { expect, test } from "vitest";

import { BlockCache } from "./block-cache.ts";
import { IndexRun } from "./index-run.ts";
import { writeIndexRun } from "./index-run-writer.ts";
import { hashKey } from "./key-filter.ts";
import { mergeGet } from "./merged-view.ts";
import type { IndexEntry } from "./sorted-run.ts";
import { CountingDisk } from "./testing/counting-disk.ts";
import { scratchDirectory } from "./testing/scratch.ts";
import { idEntries, overwrite, STORE_ID } from "./testing/write-run.ts";

const disk = nodeDisk();
const SEQ = 1e9;

test("of 1,000 keys that no run holds, 980 cost no read once the filter is cached, and one page each before", () => {
  const counting = new CountingDisk(disk);
  const blockCache = new BlockCache({ bytesMax: 10_000_000 });
  const runs = [open(writeFiltered(), counting.disk, blockCache), open(writeFiltered(), counting.disk, blockCache)];
  const absent = Array.from({ length: 1_000 }, (_, i) => `id:T-absent-${i}`);
  counting.reset();
  expect(mergeGet(runs, absent[0] ?? "", SEQ)).toBeUndefined();
  expect(counting.count.reads).toBeLessThanOrEqual(4);
  for (const key of absent) mergeGet(runs, key, SEQ);
  counting.reset();
  const asked = absent.filter((key) => runs.some((run) => run.mayHold(key, hashKey(key))));
  expect(asked.length).toBeLessThan(40);
  expect(counting.count.reads).toBe(0);
  for (const run of runs) run.close();
});

test("every key of a run passes its filter, and every key of a table that is not in it", () => {
  const entries = [...idEntries(5_000)];
  const run = open(writeFiltered(entries), disk);
  for (const { key } of entries) expect(run.mayHold(key, hashKey(key))).toBe(true);
  for (const key of ["", "other", "x"]) expect(run.mayHold(key, hashKey(key))).toBe(true);
  run.check();
  run.close();
});

test("a filter without keys denies all of its tables", () => {
  const run = open(writeFiltered([{ key: "other", seq: 1, remove: false, value: "" }]), disk);
  expect(run.mayHold("id:T", hashKey("id:T"))).toBe(false);
  expect(mergeGet([run], "other", SEQ)).toBeDefined();
  run.close();
});

test("a changed bit of a page, or of the directory, is INDEX_DAMAGED when a key is looked for there, never a denial", () => {
  const entries = [...idEntries(5_000)];
  const path = writeFiltered(entries);
  const bytes = readWholeFile(disk, path) ?? Buffer.alloc(0);
  const directoryBytes = bytes.readUInt32BE(bytes.length - 84 + 64);
  const directoryAt = Number(bytes.readBigUInt64BE(bytes.length - 84 + 40)) - directoryBytes;
  const pagesBytes = bytes.readUInt16BE(directoryAt + 2) * bytes.readUInt32BE(directoryAt + 4);
  let noticed = 0;
  for (let at = directoryAt - pagesBytes; at < directoryAt + directoryBytes; at += 97) {
    overwrite(path, Uint8Array.of((bytes[at] ?? 0) ^ 0x10), at);
    const run = open(path, disk);
    for (const { key } of entries.slice(0, 40)) {
      try {
        expect(run.mayHold(key, hashKey(key))).toBe(true);
      } catch (error) {
        expect(error).toMatchObject({ code: "INDEX_DAMAGED" });
        noticed += 1;
      }
    }
    run.close();
    overwrite(path, bytes.subarray(at, at + 1), at);
  }
  expect(noticed).toBeGreaterThan(100);
});

function writeFiltered(entries: Iterable<IndexEntry> = idEntries(20_000)): string {
  const path = join(scratchDirectory(), "run");
  writeIndexRun({ disk, path, storeId: STORE_ID, meta: {}, entries, filtered: "i" });
  return path;
}

function open(path: string, on: typeof disk, blockCache?: BlockCache): IndexRun {
  return IndexRun.open({ disk: on, path, storeId: STORE_ID, ...(blockCache === undefined ? {} : { blockCache }) });
}
