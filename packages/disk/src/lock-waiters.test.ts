import { expect, test } from "vitest";
import type { Disk } from "./disk.ts";
import { LockWaiters } from "./lock-waiters.ts";
import { FaultyDisk } from "./testing/faulty-disk.ts";
import { MemoryDisk } from "./testing/memory-disk.ts";

const PATH = "/waiters";

function waitersOn(disk: Disk): LockWaiters {
  return new LockWaiters({ disk, path: PATH, mode: 0o600 });
}

test("several processes wait at once, and it is known until the last of them leaves or dies", () => {
  const memory = new MemoryDisk();
  const [a, b, c] = ["a", "b", "c"].map((name) => waitersOn(memory.process(name)));
  expect(c?.exist()).toBe(false);
  a?.join();
  a?.join();
  b?.join();
  expect(c?.exist()).toBe(true);
  a?.leave();
  expect(c?.exist()).toBe(true);
  memory.kill("b");
  expect(c?.exist()).toBe(false);
  a?.leave();
  a?.join();
  a?.close();
  expect(c?.exist()).toBe(false);
});

test("a disk that refuses only means that nobody is known to wait", () => {
  const memory = new MemoryDisk();
  const disk = new FaultyDisk(memory.process("a"));
  disk.failAt({ call: ({ path }) => path === PATH, code: "EACCES", mode: "from-here-on" });
  const waiters = waitersOn(disk);
  waiters.join();
  expect(waiters.exist()).toBe(false);
  waiters.leave();
  waiters.close();
  expect(waitersOn(memory.process("b")).exist()).toBe(false);
});
