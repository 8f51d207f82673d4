import { join } from "node:path";
import { nodeDisk } from "@knotwork/disk";
import { expect, test } from "vitest";

import { BlockCache } from "./block-cache.ts";
import { IndexRun } from "./index-run.ts";
import { writeIndexRun } from "./index-run-writer.ts";
import { CountingDisk } from "./testing/counting-disk.ts";
import { modelEntries } from "./testing/model.ts";
import { scratchDirectory } from "./testing/scratch.ts";
import { idEntries, STORE_ID, writeRun } from "./testing/write-run.ts";

const disk = nodeDisk();

test("opening a run of 1,000,000 entries reads 32 KiB at most, a look-up two blocks, a missing key no more", () => {
  const path = join(scratchDirectory(), "run");
  writeRun(path, idEntries(1_000_000));
  const counting = new CountingDisk(disk);
  const run = IndexRun.open({ disk: counting.disk, path, storeId: STORE_ID });
  expect(counting.count.bytes).toBeLessThanOrEqual(32_768);
  expect(counting.count.reads).toBeLessThanOrEqual(3);
  for (const [key, seq] of [
    [keyOf(0), 1],
    [keyOf(499_999), 1e9],
    [keyOf(999_999), 1e9],
    ["id:T-02K", 5],
    ["", 1],
  ] as const) {
    counting.reset();
    expect(run.get(key, seq)?.key).toBe(key.length > 10 ? key : undefined);
    expect(counting.count.reads).toBeLessThanOrEqual(2);
  }
  run.close();
});

test("a cached block is not read again, except by check", () => {
  const path = join(scratchDirectory(), "run");
  writeRun(path, idEntries(20_000));
  const counting = new CountingDisk(disk);
  const blockCache = new BlockCache({ bytesMax: 10_000_000 });
  const run = IndexRun.open({ disk: counting.disk, path, storeId: STORE_ID, blockCache });
  const all = [...run.entries({ lower: "", upper: undefined })];
  counting.reset();
  run.check();
  expect(counting.count.reads).toBeGreaterThan(10);
  counting.reset();
  expect([...run.entries({ lower: "", upper: undefined })]).toEqual(all);
  expect(run.get(keyOf(77), 1e9)).toEqual({ key: keyOf(77), seq: 79, remove: true, value: "" });
  expect(counting.count.reads).toBe(0);
  run.close();
  expect(blockCache.bytes).toBe(0);
});

test("without a cache a scan up reads each block once, one down some twice: where a key's versions cross the start", () => {
  const path = join(scratchDirectory(), "run");
  const { bytes } = writeRun(path, idEntries(50_000));
  const counting = new CountingDisk(disk);
  const run = IndexRun.open({ disk: counting.disk, path, storeId: STORE_ID });
  for (const reverse of [false, true]) {
    counting.reset();
    let count = 0;
    for (const _ of run.entries({ lower: "", upper: undefined }, { reverse })) count++;
    expect(count).toBe(run.summary.entries);
    expect(counting.count.bytes).toBeLessThan(reverse ? bytes * 1.5 : bytes);
  }
  run.close();
});

test("a run says what was written: meta and summary", () => {
  const path = join(scratchDirectory(), "run");
  const summary = writeRun(path, idEntries(1_000));
  const run = IndexRun.open({ disk, path, storeId: STORE_ID, expectedBytes: summary.bytes, expectedCrc: summary.crc });
  expect(run.summary).toEqual(summary);
  expect(run.meta).toEqual({ definition: 1 });
  expect(run.path).toBe(path);
  run.check();
  run.close();
});

test("a run of no entries answers with nothing", () => {
  const path = join(scratchDirectory(), "run");
  expect(writeRun(path, [])).toMatchObject({ entries: 0, minSeq: 0, maxSeq: 0 });
  const run = IndexRun.open({ disk, path, storeId: STORE_ID });
  run.check();
  expect(run.get("k", 1)).toBeUndefined();
  expect([...run.entries({ lower: "", upper: undefined })]).toEqual([]);
  expect([...run.entries({ lower: "", upper: "k" }, { reverse: true })]).toEqual([]);
  run.close();
});

test("a key with versions in many blocks and leaves comes newest first, and gets each of them", () => {
  const path = join(scratchDirectory(), "run");
  const versions = Array.from({ length: 4_000 }, (_, i) => ({
    key: "m",
    seq: 4_000 - i,
    remove: false,
    value: "v".repeat(999),
  }));
  const around = (key: string) => ({ key, seq: 9, remove: false, value: "" });
  writeRun(path, [around("a"), ...versions, around("z")]);
  const run = IndexRun.open({ disk, path, storeId: STORE_ID });
  expect([...run.entries({ lower: "", upper: undefined }, { reverse: true })]).toEqual([
    around("z"),
    ...versions,
    around("a"),
  ]);
  for (const seq of [1, 2, 1_999, 4_000]) expect(run.get("m", seq)?.seq).toBe(seq);
  expect(run.get("m", 0)).toBeUndefined();
  run.close();
});

test("a scan down gives the newest first wherever a key's versions cross from block to block and from leaf to leaf", () => {
  const directory = scratchDirectory();
  const version = (key: string, seq: number) => ({
    key: key.repeat(2_000),
    seq,
    remove: false,
    value: "v".repeat(700),
  });
  for (let before = 1; before <= 40; before++) {
    const fillers = Array.from({ length: before }, (_, i) => version(String.fromCharCode(i + 1), 1));
    const entries = [...fillers, version("m", 5), version("m", 4), version("m", 3), version("z", 1)];
    const path = join(directory, `run-${before}`);
    writeRun(path, entries);
    const run = IndexRun.open({ disk, path, storeId: STORE_ID });
    const range = { lower: "", upper: undefined };
    expect([...run.entries(range, { reverse: true })]).toEqual(modelEntries(entries, range, true));
    run.close();
  }
});

test("the name of a missing run surfaces as ENOENT", () => {
  const path = join(scratchDirectory(), "missing");
  expect(() => IndexRun.open({ disk, path, storeId: STORE_ID })).toThrow(expect.objectContaining({ code: "ENOENT" }));
});

test("a run of another store, another length or another content than expected is refused", () => {
  const path = join(scratchDirectory(), "run");
  const { bytes, crc } = writeRun(path, idEntries(10));
  const open = (options: object) => () => IndexRun.open({ disk, path, storeId: STORE_ID, ...options });
  expect(open({ storeId: "01K0OTHER" })).toThrow(
    expect.objectContaining({
      code: "STORE_REPLACED",
      context: { file: path, expected: "01K0OTHER", found: STORE_ID },
    }),
  );
  expect(open({ expectedBytes: bytes + 1 })).toThrow(expect.objectContaining({ code: "INDEX_DAMAGED" }));
  expect(open({ expectedCrc: crc === "00000000" ? "1" : "00000000" })).toThrow(
    expect.objectContaining({ code: "INDEX_DAMAGED" }),
  );
  open({ expectedBytes: bytes, expectedCrc: crc })().close();
});

test("reading or closing a closed run is a defect", () => {
  const path = join(scratchDirectory(), "run");
  writeIndexRun({ disk, path, storeId: STORE_ID, meta: {}, entries: idEntries(10) });
  const run = IndexRun.open({ disk, path, storeId: STORE_ID });
  run.close();
  expect(() => run.get(keyOf(1), 9)).toThrow("not read after it was closed");
  expect(() => run.close()).toThrow("closed once");
});

function keyOf(i: number): string {
  return `id:T-01K${String(i).padStart(22, "0")}`;
}
