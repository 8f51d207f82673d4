import { expect, test } from "vitest";
import type { Disk } from "../disk.ts";
import { readWholeFile } from "../read-whole-file.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { ProcessKilledError } from "./memory-machine.ts";
import type { DiskOperation } from "./operations.ts";

function write(disk: Disk, path: string, content: string): void {
  const file = disk.open(path, "open-or-create");
  file.write(Buffer.from(content), 0);
  file.close();
}

function writeDurably(disk: Disk, path: string, content: string): void {
  const file = disk.open(path, "open-or-create");
  file.write(Buffer.from(content), 0);
  file.syncData();
  file.close();
  disk.syncDirectory("/");
}

function contents(memory: MemoryDisk): Record<string, string> {
  return Object.fromEntries([...memory.files()].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]));
}

test("a killed process loses its locks and nothing it wrote", () => {
  const memory = new MemoryDisk();
  const a = memory.process("a");
  const file = a.open("/file", "create-new");
  file.write(Buffer.from("written"), 0);
  expect(file.tryLock("exclusive")).toBe(true);
  const b = memory.process("b").open("/file", "read");
  expect(b.tryLock("exclusive")).toBe(false);
  memory.kill("a");
  expect(b.tryLock("exclusive")).toBe(true);
  expect(contents(memory)).toEqual({ "/file": "written" });
});

test("every call of a killed process, and of its open files, throws, and changes nothing", async () => {
  const memory = new MemoryDisk();
  const a = memory.process("a");
  const file = a.open("/file", "create-new");
  memory.kill("a");
  expect(() => a.stat("/file")).toThrow(ProcessKilledError);
  expect(() => file.write(Buffer.from("late"), 0)).toThrow(ProcessKilledError);
  expect(() => file.close()).toThrow(ProcessKilledError);
  await expect(file.syncDataAsync()).rejects.toThrow(ProcessKilledError);
  expect(contents(memory)).toEqual({ "/file": "" });
  expect(memory.process("a").stat("/file")?.kind).toBe("file");
});

test("the hook sees every change before it happens, and can end the process just then", () => {
  const memory = new MemoryDisk();
  const seen: string[] = [];
  memory.onOperation = ({ process, call, path }) => seen.push(`${process} ${call} ${path}`);
  const a = memory.process("a");
  a.makeDirectory("/dir");
  const file = a.open("/dir/file", "open-or-create");
  file.write(Buffer.from("x"), 0);
  file.truncate(0);
  file.syncData();
  file.close();
  a.syncDirectory("/dir");
  a.rename("/dir/file", "/dir/other");
  a.unlink("/dir/other");
  a.removeDirectory("/dir");
  expect(seen).toEqual([
    "a makeDirectory /dir",
    "a create /dir/file",
    "a write /dir/file",
    "a truncate /dir/file",
    "a syncData /dir/file",
    "a syncDirectory /dir",
    "a rename /dir/file",
    "a unlink /dir/other",
    "a removeDirectory /dir",
  ]);
  memory.onOperation = ({ process }) => memory.kill(process);
  expect(() => a.makeDirectory("/dir")).toThrow(ProcessKilledError);
  expect(memory.process("b").list("/")).toEqual([]);
});

test("another process may run inside the hook: what it did is seen by the call that follows", () => {
  const memory = new MemoryDisk();
  const other = memory.process("b");
  const once = (operation: DiskOperation): void => {
    memory.onOperation = undefined;
    write(other, operation.path, "from b");
  };
  memory.onOperation = once;
  expect(() => memory.process("a").open("/file", "create-new")).toThrow(expect.objectContaining({ code: "EEXIST" }));
  memory.onOperation = once;
  const opened = memory.process("a").open("/second", "open-or-create");
  expect(opened.stat().sizeBytes).toBe(6);
});

test("calls are counted by process, path and kind, reads and asynchronous syncs too", async () => {
  const memory = new MemoryDisk();
  const a = memory.process("a");
  const file = a.open("/file", "create-new");
  file.write(Buffer.from("abc"), 0);
  file.syncData();
  await file.syncDataAsync();
  a.syncDirectory("/");
  readWholeFile(memory.process("b"), "/file");
  expect(memory.counts.of({ call: "syncData" })).toBe(2);
  expect(memory.counts.of({ call: "syncData", process: "b" })).toBe(0);
  expect(memory.counts.of({ call: "syncData", path: "/file", process: "a" })).toBe(2);
  expect(memory.counts.of({ call: "read", process: "b" })).toBe(1);
  memory.counts.reset();
  expect(memory.counts.of({})).toBe(0);
});

test("after a crash only synced bytes under synced names are sure", () => {
  const memory = new MemoryDisk();
  const a = memory.process("a");
  writeDurably(a, "/durable", "old");
  write(a, "/durable", "new");
  const synced = a.open("/nameless", "create-new");
  synced.write(Buffer.from("bytes without a name"), 0);
  synced.syncData();
  write(a, "/never-synced", "x");
  a.syncDirectory("/");
  write(a, "/late", "y");
  expect(contents(memory.crash())).toEqual({
    "/durable": "old",
    "/nameless": "bytes without a name",
    "/never-synced": "",
  });
});

test("a synced file whose directory was not synced may have no name", () => {
  const memory = new MemoryDisk();
  const file = memory.process("a").open("/file", "create-new");
  file.write(Buffer.from("abc"), 0);
  file.syncData();
  expect(contents(memory.crash())).toEqual({});
});

test("a crash leaves the machine it was taken of untouched, and no process on the new one", () => {
  const memory = new MemoryDisk();
  const a = memory.process("a");
  writeDurably(a, "/file", "old");
  const file = a.open("/file", "append");
  file.tryLock("exclusive");
  file.write(Buffer.from("+new"));
  const after = memory.crash();
  expect(contents(memory)).toEqual({ "/file": "old+new" });
  const reopened = after.process("a").open("/file", "append");
  expect(reopened.tryLock("exclusive")).toBe(true);
  reopened.write(Buffer.from("+after"));
  expect(contents(after)).toEqual({ "/file": "old+after" });
  expect(contents(memory)).toEqual({ "/file": "old+new" });
});

test("a sync covers exactly what was written before it started", async () => {
  const memory = new MemoryDisk();
  const a = memory.process("a");
  writeDurably(a, "/log", "");
  const log = a.open("/log", "append");
  log.write(Buffer.from("1"));
  let endSync: () => void = () => undefined;
  memory.onAsyncSync = () => new Promise((resolve) => (endSync = resolve));
  const sync = log.syncDataAsync();
  log.write(Buffer.from("2"));
  expect(contents(memory.crash())).toEqual({ "/log": "" });
  endSync();
  await sync;
  expect(contents(memory.crash())).toEqual({ "/log": "1" });
  log.syncData();
  expect(contents(memory.crash())).toEqual({ "/log": "12" });
});

test("a failed sync is reported once; later ones succeed, and what was lost stays lost unless it is written again", () => {
  const memory = new MemoryDisk();
  const a = memory.process("a");
  writeDurably(a, "/log", "");
  const log = a.open("/log", "append");
  log.write(Buffer.from("lost!"));
  memory.failNextSync("/log", "EIO");
  expect(() => log.syncData()).toThrow(expect.objectContaining({ code: "EIO" }));
  log.syncData();
  log.write(Buffer.from("later"));
  log.syncData();
  expect(contents(memory)).toEqual({ "/log": "lost!later" });
  expect(contents(memory.crash())).toEqual({ "/log": "\0\0\0\0\0later" });
  const repair = a.open("/log", "read-write");
  repair.write(Buffer.from("again"), 0);
  repair.syncData();
  expect(contents(memory.crash())).toEqual({ "/log": "againlater" });
});

test("what a failed sync lost may have reached the device all the same", () => {
  const memory = new MemoryDisk();
  const a = memory.process("a");
  writeDurably(a, "/log", "");
  const log = a.open("/log", "append");
  log.write(Buffer.from("kept"));
  memory.failNextSync("/log", "EIO");
  expect(() => log.syncData()).toThrow();
  const everything = memory.crash({ choose: ({ options }) => options.length - 1 });
  expect(contents(everything)).toEqual({ "/log": "kept" });
});

test("a failed sync of a directory loses its names in the same way", () => {
  const memory = new MemoryDisk();
  const a = memory.process("a");
  write(a, "/file", "abc");
  memory.failNextSync("/", "EIO");
  expect(() => a.syncDirectory("/")).toThrow(expect.objectContaining({ code: "EIO" }));
  a.syncDirectory("/");
  expect(contents(memory.crash())).toEqual({});
});

test("a rename within a directory is whole or absent; nobody ever finds neither name", () => {
  const memory = new MemoryDisk();
  const a = memory.process("a");
  writeDurably(a, "/file", "old");
  writeDurably(a, "/file.tmp", "new");
  a.rename("/file.tmp", "/file");
  expect(contents(memory.crash())).toEqual({ "/file": "old", "/file.tmp": "new" });
  a.syncDirectory("/");
  expect(contents(memory.crash())).toEqual({ "/file": "new" });
  expect(memory.crash().process("b").stat("/file")?.linkCount).toBe(1);
});

test("a rename to another directory is durable when both are synced, and never half done", () => {
  const memory = new MemoryDisk();
  const a = memory.process("a");
  a.makeDirectory("/to");
  writeDurably(a, "/file", "abc");
  a.rename("/file", "/to/file");
  expect(contents(memory.crash())).toEqual({ "/file": "abc" });
  a.syncDirectory("/to");
  expect(contents(memory.crash())).toEqual({ "/file": "abc" });
  a.syncDirectory("/");
  expect(contents(memory.crash())).toEqual({ "/to/file": "abc" });
});

test("room on the disk is counted by the bytes of files that have a name or are open", () => {
  const memory = new MemoryDisk({ capacityBytes: 10 });
  const a = memory.process("a");
  const file = a.open("/file", "create-new");
  expect(file.write(new Uint8Array(8), 0)).toBe(8);
  a.unlink("/file");
  const second = a.open("/second", "create-new");
  expect(second.write(new Uint8Array(8), 0)).toBe(2);
  file.close();
  expect(second.write(new Uint8Array(8), 2)).toBe(8);
  expect(() => second.write(new Uint8Array(1), 10)).toThrow(expect.objectContaining({ code: "ENOSPC" }));
  expect(() => memory.crash().process("b").open("/new", "create-new").write(new Uint8Array(11), 0)).not.toThrow();
});

test("a stolen directory lock is reported to its holder and free for others", async () => {
  const memory = new MemoryDisk();
  const losses: Error[] = [];
  const onLost = (cause: Error): void => void losses.push(cause);
  const lock = await memory.process("a").lockDirectory("/history.lock", { onLost });
  memory.stealDirectoryLock("/history.lock");
  expect(lock?.held).toBe(false);
  expect(losses).toMatchObject([{ code: "LOCK_LOST" }]);
  const next = await memory.process("b").lockDirectory("/history.lock", { onLost });
  expect(next?.held).toBe(true);
  await lock?.release();
  expect(await memory.process("a").lockDirectory("/history.lock", { onLost })).toBeUndefined();
});

test("the directory lock of a dead process, or of before a power cut, can be taken over", async () => {
  const memory = new MemoryDisk();
  const onLost = (): void => undefined;
  await memory.process("a").lockDirectory("/history.lock", { onLost });
  memory.kill("a");
  expect(memory.process("b").stat("/history.lock")).toBeDefined();
  expect((await memory.process("b").lockDirectory("/history.lock", { onLost }))?.held).toBe(true);
  const after = memory.crash();
  expect((await after.process("c").lockDirectory("/history.lock", { onLost }))?.held).toBe(true);
});

test("hints may be lost, and end with the process that watches", async () => {
  const memory = new MemoryDisk();
  const told: string[] = [];
  const shell = memory.process("shell");
  for (const name of ["lives", "dies"]) memory.process(name).watchDirectory("/", () => told.push(name));
  memory.watches.deliver = false;
  shell.makeDirectory("/a");
  memory.watches.deliver = true;
  shell.makeDirectory("/b");
  memory.kill("dies");
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual(["lives"]);
  expect(memory.watches.count).toBe(1);
});
