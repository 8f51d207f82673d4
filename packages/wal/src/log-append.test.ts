import { enumerateCrashes } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import { briefly, LogWorld, QUARANTINE, segmentPath } from "./testing/log-world.ts";

const SEGMENT = segmentPath(1);
const BIG = "x".repeat(1000);

test("records of a batch are chained, stamped with one time and what was durable before", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  await a.commit("1");
  world.clock.pass(1500);
  await a.write("2", "3");
  const [first, second, third] = a.heads;
  expect(a.heads.map((head) => head.seq)).toEqual([1, 2, 3]);
  expect(a.heads.map((head) => head.durable)).toEqual([0, 1, 1]);
  expect(first?.prev).toBe("00000000");
  expect(new Set([first?.prev, second?.prev, third?.prev]).size).toBe(3);
  expect(second?.time).toBe(third?.time);
  expect(Date.parse(second?.time ?? "") - Date.parse(first?.time ?? "")).toBeGreaterThanOrEqual(1500);
});

test("times in the log never decrease, whatever the clock does", async () => {
  const world = LogWorld.create();
  await world.open("a").write("1");
  world.clock.pass(-60_000);
  const b = world.open("b");
  await b.write("2");
  expect(b.heads.map((head) => head.time)).toEqual([b.heads[0]?.time, b.heads[0]?.time]);
});

test("a plan that gives nothing writes nothing", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  const operations = await world.operationsDuring(async () => a.log.append(() => []));
  expect(operations.filter(({ path }) => path === SEGMENT)).toEqual([]);
});

test("a log open read-only appends nothing", async () => {
  const world = LogWorld.create();
  await expect(world.open("a", { writable: false }).write("1")).rejects.toMatchObject({ code: "READ_ONLY" });
});

test("ENGINE F1: when the disk is full, whole records of a batch stay, the rest is cut durably, and the handle goes on", async () => {
  const world = LogWorld.create();
  const [a, b] = [world.open("a"), world.open("b")];
  await a.commit("1");
  const size = world.segmentBytes().length;
  const lineBytes = (await sizeOf(BIG)) + 100;
  world.memory.capacityBytes = world.memory.tree.usedBytes + lineBytes;
  const operations = await world.operationsDuring(async () => {
    const { records, noSpace } = await a.write(BIG, "3", BIG);
    expect(records.map((record) => record.seq)).toEqual([2]);
    expect(noSpace).toMatchObject({ code: "NO_SPACE", retryable: true });
  });
  expect(briefly(operations.filter(({ path }) => path === SEGMENT))).toEqual([
    "write 0000000000000001.jsonl",
    "truncate 0000000000000001.jsonl",
    "syncData 0000000000000001.jsonl",
  ]);
  expect(world.segmentBytes().length).toBeGreaterThan(size);
  expect(world.segmentBytes().at(-1)).toBe(0x0a);
  expect(b.readAll()).toEqual(["1", BIG]);
  expect(world.names(QUARANTINE)).toEqual([]);
  world.memory.capacityBytes = undefined;
  await a.commit("4");
  expect(b.readAll()).toEqual(["1", BIG, "4"]);
  for (const { disk } of enumerateCrashes(world.memory, { limit: 30 }))
    expect(new LogWorld(disk).open("r").readAll()).toEqual(["1", BIG, "4"]);
});

async function sizeOf(text: string): Promise<number> {
  const world = LogWorld.create();
  const before = world.segmentBytes().length;
  await world.open("a").write(text);
  return world.segmentBytes().length - before;
}

test("ENGINE F1: when not one byte fits, nothing happened: NO_SPACE, and the next append is good", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  await a.commit("1");
  const bytes = world.segmentBytes();
  world.memory.capacityBytes = world.memory.tree.usedBytes;
  expect((await a.write("2")).noSpace).toMatchObject({ code: "NO_SPACE" });
  expect(world.segmentBytes()).toEqual(bytes);
  world.memory.capacityBytes = undefined;
  await a.commit("2");
  expect(world.open("b").readAll()).toEqual(["1", "2"]);
});

test("ENGINE F1: a short write at every length leaves whole records only, and no hole for a power cut", async () => {
  const lineBytes = await sizeOf("2");
  for (let room = 1; room < lineBytes * 2; room += 11) {
    const world = LogWorld.create();
    const a = world.open("a");
    await a.commit("1");
    world.memory.capacityBytes = world.memory.tree.usedBytes + room;
    const { records } = await a.write("2", "3");
    expect(records.length).toBe(Math.floor(room / lineBytes));
    world.memory.capacityBytes = undefined;
    await a.commit("4");
    expect(world.afterPowerCut().open("r").readAll()).toEqual(["1", ...["2"].slice(0, records.length), "4"]);
  }
});

test("ENGINE F1: when the size after the write is not what this process wrote, it cuts nothing and is poisoned", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  await a.commit("1");
  world.memory.capacityBytes = world.memory.tree.usedBytes + 60;
  let foreign = 0;
  world.before({ process: "a", call: "write", path: SEGMENT }, () => {
    // Somebody who does not take the lock.
    const file = world.stranger.open(SEGMENT, "append");
    foreign = file.write(Buffer.from("foreign bytes"));
  });
  const before = world.segmentBytes().length;
  await expect(a.write("2")).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
  expect(world.segmentBytes().length).toBe(before + 60);
  expect(foreign).toBe(13);
  await expect(a.write("3")).rejects.toMatchObject({ code: "HANDLE_POISONED" });
});

test("ENGINE F1: any other failed write poisons: the outcome is unknown", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  await a.commit("1");
  world.memory.onOperation = ({ call, path }) => {
    if (call === "write" && path === SEGMENT) throw new Error("EIO");
  };
  await expect(a.write("2")).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
  world.memory.onOperation = undefined;
  await expect(a.write("3")).rejects.toMatchObject({ code: "HANDLE_POISONED" });
  await world.open("b").commit("2");
  expect(a.readAll()).toEqual(["1", "2"]);
});

test("ENGINE F2: an unfinished line is not consumed, and not a byte of it is kept", async () => {
  const world = LogWorld.create();
  const [a, reader] = [world.open("a"), world.open("reader", { writable: false })];
  await a.write("1");
  const one = world.segmentBytes();
  await a.write("2");
  const two = world.segmentBytes();
  for (let length = one.length; length < two.length; length += 1) {
    world.overwrite(SEGMENT, two.subarray(0, length));
    expect(reader.log.advance()).toBe(length === one.length);
    expect(reader.texts).toEqual(["1"]);
  }
  // The holder cut it, and another record stands there now.
  world.overwrite(SEGMENT, one);
  world.memory.kill("a");
  await world.open("b").write("another 2");
  expect(reader.readAll()).toEqual(["1", "another 2"]);
});

test("ENGINE F2: a record whose seq or chain does not fit is not consumed", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  await a.write("1");
  const one = world.segmentBytes();
  await a.write("2");
  const two = world.segmentBytes();
  await a.write("3");
  const three = world.segmentBytes();
  const reader = world.open("reader", { writable: false });
  // Record 3 where 2 should be; then record 2 of another log.
  world.overwrite(SEGMENT, Buffer.concat([one, three.subarray(two.length)]));
  expect(reader.log.advance()).toBe(false);
  const other = LogWorld.create();
  await other.open("a").write("another 1", "2");
  const foreign = other.segmentBytes();
  world.overwrite(SEGMENT, Buffer.concat([one, foreign.subarray(foreign.lastIndexOf("\n", -2) + 1)]));
  expect(reader.log.advance()).toBe(false);
  expect(reader.texts).toEqual(["1"]);
  world.overwrite(SEGMENT, three);
  expect(reader.readAll()).toEqual(["1", "2", "3"]);
});

test("what others appended in bulk is read without the lock before this process appends", async () => {
  const world = LogWorld.create();
  const [a, b] = [world.open("a"), world.open("b")];
  b.readAll();
  // More than is read under the lock appears between b's last look and its lock.
  const bulk = Array.from({ length: 300 }, (_, index) => `${index}${BIG}`);
  await a.write(...bulk);
  const all = world.segmentBytes();
  world.overwrite(SEGMENT, all.subarray(0, all.indexOf("\n") + 1));
  let lockedReads = 0;
  let isLocked = false;
  let locks = 0;
  world.memory.onCall = ({ process, call, path }) => {
    if (process !== "b" || path !== SEGMENT) return;
    if (call === "tryLock") {
      isLocked = true;
      locks += 1;
      if (locks === 1) world.overwrite(SEGMENT, all);
    }
    if (call === "unlock") isLocked = false;
    if (call === "read" && isLocked) lockedReads += 1;
  };
  await b.write("mine");
  expect(b.texts.length).toBe(301);
  expect(lockedReads).toBe(0);
  expect(locks).toBe(2);
});

test("many processes append one after the other, and each sees all records in one order", async () => {
  const world = LogWorld.create();
  const logs = ["a", "b", "c", "d"].map((name) => world.open(name));
  await Promise.all(
    logs.map(async (opened, process) => {
      for (let count = 0; count < 20; count += 1) await opened.write(`${process}-${count}`);
    }),
  );
  const [first, ...others] = logs.map((opened) => opened.readAll());
  expect(first?.length).toBe(80);
  expect(new Set(first).size).toBe(80);
  for (const other of others) expect(other).toEqual(first);
});
