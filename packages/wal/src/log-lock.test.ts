import { expect, test } from "vitest";
import { encodeSeal } from "./segment-format.ts";
import { segmentName } from "./segment-names.ts";
import { LogWorld, segmentPath, WAL } from "./testing/log-world.ts";

const LOCK = `${WAL}/lock`;

test("ENGINE L1: a process whose lock file was removed while it was idle locks the file that is there now", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  const b = world.open("b");
  await a.write("1");
  world.stranger.unlink(LOCK);
  await b.write("2");
  let isLockedByPath = false;
  world.before({ process: "a", call: "write", path: segmentPath(1) }, () => {
    const probe = world.stranger.open(LOCK, "read");
    isLockedByPath = !probe.tryLock("exclusive");
    probe.close();
  });
  await a.write("3");
  expect(isLockedByPath).toBe(true);
  expect(b.readAll()).toEqual(["1", "2", "3"]);
});

test("ENGINE L1: a lock file removed while it is held is noticed right before the append, and locking starts again", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  await a.write("1");
  let plans = 0;
  let lockAtWrite: bigint | undefined;
  world.before({ process: "a", call: "write", path: segmentPath(1) }, () => {
    const probe = world.stranger.open(LOCK, "read");
    lockAtWrite = probe.tryLock("exclusive") ? undefined : probe.stat().ino;
    probe.close();
  });
  await a.log.append(() => {
    plans += 1;
    if (plans === 1) world.stranger.unlink(LOCK);
    return [{ txid: "2", author: "a", rows: [["put", "2"]], bodies: ["{}"] }];
  });
  expect(plans).toBe(2);
  expect(lockAtWrite).toBe(world.stranger.stat(LOCK)?.ino);
  expect(world.open("b").readAll()).toEqual(["1", "2"]);
});

test("ENGINE L2: when the lock file vanishes during the write, nobody else appends until the writer is done", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  const b = world.open("b");
  await a.write("1");
  let intruder: Promise<unknown> = Promise.resolve();
  world.before({ process: "a", call: "write", path: segmentPath(1) }, () => {
    world.stranger.unlink(LOCK);
    intruder = b.log
      .append(() => [{ txid: "b", author: "b", rows: [["put", "b"]], bodies: ["{}"] }], { timeoutMs: 0 })
      .catch((error: unknown) => error);
  });
  await a.write("2");
  expect(await intruder).toMatchObject({ code: "LOCK_TIMEOUT" });
  await b.write("3");
  expect(a.readAll()).toEqual(["1", "2", "3"]);
  expect(a.log.poison).toBeUndefined();
});

test("ENGINE L2: sealing holds the successor locked from its creation on", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  await a.write("1");
  let isFree: boolean | undefined;
  world.before({ process: "a", call: "syncDirectory", path: WAL }, () => {
    const probe = world.stranger.open(segmentPath(2), "read");
    isFree = probe.tryLock("exclusive");
    probe.close();
  });
  await a.log.seal();
  expect(isFree).toBe(false);
});

test("a failure while the segment is locked frees it again", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  await a.write("1");
  const { crc } = a.log.last;
  // The segment is sealed at the last moment, and its successor is damaged: process a has to follow under the lock.
  world.before({ process: "a", call: "tryLock", path: segmentPath(1) }, () => {
    const file = world.stranger.open(segmentPath(1), "append");
    file.write(encodeSeal({ next: segmentName(2), last: 1, prev: crc }).bytes);
    file.close();
    world.overwrite(segmentPath(2), Buffer.from("garbage\n"));
  });
  await expect(a.write("2")).rejects.toMatchObject({ code: "LOG_DAMAGED" });
  const probe = world.stranger.open(segmentPath(1), "read");
  expect(probe.tryLock("exclusive")).toBe(true);
});

test("a lock that stays busy ends in LOCK_TIMEOUT, and nothing was appended", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  await a.write("1");
  const holder = world.stranger.open(LOCK, "read");
  holder.tryLock("exclusive");
  await expect(a.log.append(() => [], { timeoutMs: 50 })).rejects.toMatchObject({
    code: "LOCK_TIMEOUT",
    retryable: true,
  });
  holder.close();
  expect(world.open("b").readAll()).toEqual(["1"]);
});
