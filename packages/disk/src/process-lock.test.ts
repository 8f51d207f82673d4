import { expect, test } from "vitest";
import { ProcessLock } from "./process-lock.ts";
import { FaultyDisk } from "./testing/faulty-disk.ts";
import { MemoryDisk } from "./testing/memory-disk.ts";
import { TestClock } from "./testing/test-clock.ts";
import type { Disk } from "./disk.ts";

const PATH = "/wal/lock";

function memoryWithWal(): MemoryDisk {
  const memory = new MemoryDisk();
  memory.process("setup").makeDirectory("/wal");
  return memory;
}

function lockOn(disk: Disk, pid: number): ProcessLock {
  return new ProcessLock({ disk, clock: new TestClock(), path: PATH, self: { pid, host: `host-${pid}` } });
}

test("of two processes one has the lock, and the other gets it after the release", () => {
  const memory = memoryWithWal();
  const a = lockOn(memory.process("a"), 1);
  const b = lockOn(memory.process("b"), 2);
  expect(a.tryAcquire()).toBe(true);
  expect([a.held, b.held]).toEqual([true, false]);
  expect(b.tryAcquire()).toBe(false);
  a.release();
  expect(b.tryAcquire()).toBe(true);
  expect(a.tryAcquire()).toBe(false);
});

test("a lock file that cannot be looked at is closed again, and opened anew by the next try", () => {
  const memory = memoryWithWal();
  const disk = new FaultyDisk(memory.process("a"));
  const lock = lockOn(disk, 1);
  disk.failAt({ call: ({ path }) => path === PATH, of: ["stat"], code: "EIO" });
  const calls: string[] = [];
  memory.onCall = ({ call, path }) => void (path === PATH && calls.push(call));
  expect(() => lock.tryAcquire()).toThrow(expect.objectContaining({ code: "EIO" }));
  expect(calls.filter((call) => call === "close")).toHaveLength(1);
  memory.onCall = undefined;
  disk.heal();
  expect(lock.tryAcquire()).toBe(true);
});

test("the death of the holder frees the lock", () => {
  const memory = memoryWithWal();
  const a = lockOn(memory.process("a"), 1);
  const b = lockOn(memory.process("b"), 2);
  expect(a.tryAcquire()).toBe(true);
  memory.kill("a");
  expect(b.tryAcquire()).toBe(true);
});

test("the holder is named by the last who took the lock, and nothing is ever synced", () => {
  const memory = memoryWithWal();
  const a = lockOn(memory.process("a"), 1);
  const b = lockOn(memory.process("b"), 2);
  expect(a.readHolder()).toBeUndefined();
  a.tryAcquire();
  expect(b.readHolder()).toEqual({ pid: 1, host: "host-1", since: "2026-01-01T00:00:00.000Z" });
  a.release();
  expect(b.readHolder()?.pid).toBe(1);
  b.tryAcquire();
  expect(a.readHolder()?.pid).toBe(2);
  expect(memory.counts.of({ call: "syncData" })).toBe(0);
  expect(memory.counts.of({ call: "syncDirectory" })).toBe(0);
});

test("a process that nobody takes the lock from says so ten times a second, and at once when it saw another holder", () => {
  const memory = memoryWithWal();
  const clock = new TestClock();
  const lock = new ProcessLock({ disk: memory.process("a"), clock, path: PATH, self: { pid: 1, host: "a" } });
  const notesIn = (ms: number): number => {
    const before = memory.counts.of({ call: "write", path: "/wal/holder" });
    for (let passed = 0; passed < ms; passed += 1) {
      expect(lock.tryAcquire()).toBe(true);
      lock.release();
      clock.pauseMs(1);
    }
    return memory.counts.of({ call: "write", path: "/wal/holder" }) - before;
  };
  expect(notesIn(1000)).toBe(10);
  lock.sawAnotherHolder();
  expect(notesIn(1)).toBe(1);
  expect(notesIn(1)).toBe(0);
});

test("a note of the holder that cannot be written keeps nobody from locking", () => {
  const memory = memoryWithWal();
  const disk = new FaultyDisk(memory.process("a"));
  disk.failAt({ call: ({ path }) => path === "/wal/holder", code: "ENOSPC", mode: "from-here-on" });
  const lock = lockOn(disk, 1);
  expect(lock.tryAcquire()).toBe(true);
  lock.release();
  disk.heal();
  disk.failAt({ call: ({ call }) => call === "write", code: "ENOSPC", mode: "from-here-on" });
  const other = lockOn(disk, 2);
  expect(other.tryAcquire()).toBe(true);
});

test("ENGINE L1: a holder whose lock file was removed learns it before it appends", () => {
  const memory = memoryWithWal();
  const a = lockOn(memory.process("a"), 1);
  expect(a.tryAcquire()).toBe(true);
  expect(a.isStillOurs()).toBe(true);
  memory.process("git clean").unlink(PATH);
  expect(a.isStillOurs()).toBe(false);
  const b = lockOn(memory.process("b"), 2);
  expect(b.tryAcquire()).toBe(true);
  expect(a.isStillOurs()).toBe(false);
  expect(b.isStillOurs()).toBe(true);
});

test("ENGINE L1: a holder whose lock file was replaced learns it too", () => {
  const memory = memoryWithWal();
  const a = lockOn(memory.process("a"), 1);
  expect(a.tryAcquire()).toBe(true);
  const vandal = memory.process("vandal");
  vandal.open("/wal/other", "create-new").close();
  vandal.rename("/wal/other", PATH);
  expect(a.isStillOurs()).toBe(false);
});

test("ENGINE L1: a lock on a file that is no longer at its path is not granted; the next try opens the new one", () => {
  const memory = memoryWithWal();
  const a = lockOn(memory.process("a"), 1);
  const b = lockOn(memory.process("b"), 2);
  a.tryAcquire();
  a.release();
  memory.process("git clean").unlink(PATH);
  expect(b.tryAcquire()).toBe(true);
  expect(a.tryAcquire()).toBe(false);
  expect(a.tryAcquire()).toBe(false);
  b.release();
  expect(a.tryAcquire()).toBe(true);
  expect(b.tryAcquire()).toBe(false);
});

test("ENGINE L1: a waiter on a lock file that was removed under its holder comes to wait for the new file", () => {
  const memory = memoryWithWal();
  const a = lockOn(memory.process("a"), 1);
  const b = lockOn(memory.process("b"), 2);
  const c = lockOn(memory.process("c"), 3);
  a.tryAcquire();
  expect(b.tryAcquire()).toBe(false);
  memory.process("git clean").unlink(PATH);
  expect(c.tryAcquire()).toBe(true);
  // b still waits for the file of a, who holds it for long: it must find that this file decides nothing any more. It looks every
  // fourth time.
  const looks = (): number => memory.counts.of({ process: "b", call: "stat", path: PATH });
  const before = looks();
  for (let attempt = 2; attempt <= 4; attempt += 1) expect(b.tryAcquire()).toBe(false);
  expect(looks() - before).toBe(1);
  c.release();
  expect(b.tryAcquire()).toBe(true);
});

test("ENGINE L1: however the lock file is removed between any two calls, two processes are never both inside", () => {
  // Every call of a's attempt is once the moment at which the file goes and b tries.
  for (let step = 1; ; step += 1) {
    const memory = memoryWithWal();
    const a = lockOn(memory.process("a"), 1);
    const b = lockOn(memory.process("b"), 2);
    let count = 0;
    let bIsInside = false;
    memory.onCall = ({ process }) => {
      if (process !== "a") return;
      count += 1;
      if (count !== step) return;
      memory.onCall = undefined;
      const cleaner = memory.process("git clean");
      if (cleaner.stat(PATH) !== undefined) cleaner.unlink(PATH);
      bIsInside = b.tryAcquire();
    };
    const aIsInside = a.tryAcquire() && a.isStillOurs();
    if (memory.onCall !== undefined) {
      expect(step).toBeGreaterThan(5);
      return;
    }
    expect([aIsInside, bIsInside], `removed before call ${step}`).not.toEqual([true, true]);
  }
});

test("[W14] misuse is a defect, not a wait: taking twice, releasing without holding, using after close", () => {
  const memory = memoryWithWal();
  const lock = lockOn(memory.process("a"), 1);
  expect(() => lock.release()).toThrow("released without being held");
  lock.tryAcquire();
  expect(() => lock.tryAcquire()).toThrow("taken twice");
  lock.close();
  expect(() => lock.tryAcquire()).toThrow("used after close");
});

test("close frees the lock, and is harmless when nothing was opened", () => {
  const memory = memoryWithWal();
  const a = lockOn(memory.process("a"), 1);
  a.tryAcquire();
  a.close();
  a.close();
  expect(lockOn(memory.process("b"), 2).tryAcquire()).toBe(true);
  lockOn(memory.process("c"), 3).close();
});

test("a missing directory is an error that surfaces", () => {
  const lock = lockOn(new MemoryDisk().process("a"), 1);
  expect(() => lock.tryAcquire()).toThrow(expect.objectContaining({ code: "ENOENT" }));
});
