import { dirname, join } from "node:path";
import { type Clock, type Disk, type DiskFile, machineClock, nodeDisk } from "@knotwork/disk";
import { expect, test } from "vitest";

import { IndexRun } from "./index-run.ts";
import { writeIndexRun, writeIndexRunAsync } from "./index-run-writer.ts";
import { Turns } from "./turns.ts";
import { forward } from "./testing/forward.ts";
import { scratchDirectory } from "./testing/scratch.ts";
import { idEntries, STORE_ID } from "./testing/write-run.ts";

const disk = nodeDisk();
const common = { disk, storeId: STORE_ID, meta: {} };

test("both writers write the same bytes", async () => {
  const directory = scratchDirectory();
  const summary = writeIndexRun({ ...common, path: join(directory, "a"), entries: idEntries(5_000) });
  const turns = new Turns(machineClock());
  expect(await writeIndexRunAsync({ ...common, turns, path: join(directory, "b"), entries: idEntries(5_000) })).toEqual(
    summary,
  );
});

test("entries out of order, or two with one key and seq, are a defect and leave no file", () => {
  const path = join(scratchDirectory(), "run");
  const entryOf = (key: string, seq: number) => ({ key, seq, remove: false, value: "" });
  for (const entries of [
    [entryOf("b", 1), entryOf("a", 1)],
    [entryOf("a", 1), entryOf("a", 2)],
    [entryOf("a", 1), entryOf("a", 1)],
  ]) {
    expect(() => writeIndexRun({ ...common, path, entries })).toThrow("in order");
    expect(disk.stat(path)).toBeUndefined();
  }
});

test("a run is never written over a file that exists", () => {
  const path = join(scratchDirectory(), "run");
  writeIndexRun({ ...common, path, entries: idEntries(3) });
  expect(() => writeIndexRun({ ...common, path, entries: [] })).toThrow(expect.objectContaining({ code: "EEXIST" }));
  const run = IndexRun.open({ disk, path, storeId: STORE_ID });
  expect(run.summary.entries).toBe(4);
  run.close();
});

test("a header that does not fit is refused and leaves no file", () => {
  const path = join(scratchDirectory(), "run");
  const meta = { text: "x".repeat(65_536) };
  expect(() => writeIndexRun({ ...common, path, meta, entries: [] })).toThrow(RangeError);
  expect(disk.stat(path)).toBeUndefined();
});

test("a file that was given is locked while it grows, and stays open", () => {
  const path = join(scratchDirectory(), "run");
  const file = disk.open(path, "create-new");
  const summary = writeIndexRun({ ...common, path, file, entries: idEntries(100) });
  expect(file.stat().sizeBytes).toBe(summary.bytes);
  file.close();
  const other = disk.open(path, "read-write");
  expect(() => writeIndexRun({ ...common, path, file: other, entries: [] })).toThrow("empty file");
  expect(disk.stat(path)?.sizeBytes).toBe(summary.bytes);
  other.close();
});

test.each(["a full disk", "a failed sync"])("%s leaves no file, unless it was given", async (name) => {
  const path = join(scratchDirectory(), "run");
  const failing = name === "a full disk" ? diskOfBytes(300_000) : diskWithoutSync();
  const code = name === "a full disk" ? "ENOSPC" : "EIO";
  const failure = expect.objectContaining({ code }) as Error;
  const options = { ...common, disk: failing, path, turns: new Turns(machineClock()) };
  expect(() => writeIndexRun({ ...options, entries: idEntries(40_000) })).toThrow(failure);
  expect(disk.list(dirname(path))).toEqual([]);
  await expect(writeIndexRunAsync({ ...options, entries: idEntries(40_000) })).rejects.toThrow(failure);
  expect(disk.list(dirname(path))).toEqual([]);
  const file = failing.open(path, "create-new");
  expect(() => writeIndexRun({ ...options, file, entries: idEntries(40_000) })).toThrow(failure);
  expect(file.stat().linkCount).toBe(1);
  file.close();
});

test("the event loop gets a turn about every 8 ms of work", async () => {
  const path = join(scratchDirectory(), "run");
  let nowMs = 0;
  // One millisecond a look: one a block.
  const clock = clockOf(() => nowMs++);
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    turns++;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  const { bytes } = await writeIndexRunAsync({ ...common, turns: new Turns(clock), path, entries: idEntries(50_000) });
  isDone = true;
  expect(turns).toBeGreaterThanOrEqual(Math.floor(bytes / 4_200 / 9) - 1);
  expect(turns).toBeGreaterThan(15);
});

test("a write that is told between turns to stop leaves no file", async () => {
  const path = join(scratchDirectory(), "run");
  let isLost = false;
  let nowMs = 0;
  const clock = clockOf(() => (nowMs += 10));
  setImmediate(() => (isLost = true));
  const turns = new Turns(clock, () => {
    if (isLost) throw new Error("lock lost");
    return { workMs: 1, restMs: 0 };
  });
  await expect(writeIndexRunAsync({ ...common, turns, path, entries: idEntries(50_000) })).rejects.toThrow("lock lost");
  expect(disk.stat(path)).toBeUndefined();
});

function clockOf(monotonicMs: () => number): Clock {
  return forward(machineClock(), { monotonicMs });
}

/** A disk whose files take so many bytes; then writes are short, without an error. */
function diskOfBytes(bytesMax: number): Disk {
  return withFiles((file) => ({
    write: (bytes, position = 0) => {
      const room = Math.max(0, bytesMax - position);
      return file.write(bytes.subarray(0, Math.min(room, bytes.length)), position);
    },
  }));
}

function diskWithoutSync(): Disk {
  const fail = (): never => {
    throw Object.assign(new Error("the device failed"), { code: "EIO" });
  };
  return withFiles(() => ({ syncData: fail, syncDataAsync: async () => fail() }));
}

function withFiles(replace: (file: DiskFile) => Partial<DiskFile>): Disk {
  return forward(disk, {
    open: (path, mode, options) => {
      const file = disk.open(path, mode, options);
      return forward(file, replace(file));
    },
  });
}
