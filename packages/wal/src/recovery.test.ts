import { enumerateCrashes } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import { crcHex, encodeObjectLine } from "./line-format.ts";
import { encodeRecord } from "./record-format.ts";
import { briefly, draft, LogWorld, QUARANTINE, segmentPath, WAL } from "./testing/log-world.ts";

const SEGMENT = segmentPath(1);

/** A log whose records were never synced, so that no `d` speaks for any of them. */
async function unsyncedLog(...texts: readonly string[]): Promise<LogWorld> {
  const world = LogWorld.create();
  const writer = world.open("writer");
  for (const text of texts) await writer.write(text);
  world.memory.kill("writer");
  return world;
}

/** Turns bytes in the middle of the record `text` to NULs. */
function damage(world: LogWorld, text: string): void {
  const file = world.stranger.open(SEGMENT, "read-write");
  file.write(Buffer.alloc(8), world.segmentBytes().indexOf(`"txid":"${text}"`));
  file.syncData();
  file.close();
}

async function expectDamage(world: LogWorld, durableSeq?: number): Promise<void> {
  const before = world.memory.files();
  const opened = world.open("r", durableSeq === undefined ? {} : { durableSeq });
  await expect(opened.write("x")).rejects.toMatchObject({ code: "LOG_DAMAGED", context: { path: SEGMENT } });
  await expect(opened.log.seal()).rejects.toMatchObject({ code: "LOG_DAMAGED" });
  expect(world.segmentBytes()).toEqual(Buffer.from(before.get(SEGMENT) ?? []));
  expect(world.names(QUARANTINE)).toEqual([]);
}

test("ENGINE R1: an unreadable record that no durable mark covers is cut, whole records behind it included", async () => {
  const world = await unsyncedLog("1", "2", "3");
  const offset = offsetOf(world, 2);
  damage(world, "2");
  const tail = world.segmentBytes().subarray(offset);
  const opened = world.open("r");
  await opened.write("another 2");
  expect(opened.texts).toEqual(["1", "another 2"]);
  expect(world.open("reader").readAll()).toEqual(["1", "another 2"]);
  const [name, ...others] = world.names(QUARANTINE);
  expect(name).toBe(`0000000000000001.jsonl.tail-${offset}-${crcHex(tail)}`);
  expect(others).toEqual([]);
  expect(world.bytes(`${QUARANTINE}/${name}`)).toEqual(tail);
});

function offsetOf(world: LogWorld, line: number): number {
  let offset = 0;
  for (let count = 0; count < line; count += 1) offset = world.segmentBytes().indexOf("\n", offset) + 1;
  return offset;
}

test("ENGINE R1: an unreadable record is damage when a later record says it was durable", async () => {
  const world = LogWorld.create();
  const writer = world.open("writer");
  await writer.commit("1", "2");
  await writer.write("3");
  world.memory.kill("writer");
  world.stranger.unlink(`${WAL}/durable`);
  damage(world, "2");
  await expectDamage(world);
});

test("ENGINE R1: an unreadable record is damage when a mark of wal/durable covers it", async () => {
  const world = LogWorld.create();
  await world.open("writer").commit("1", "2");
  damage(world, "2");
  await expectDamage(world);
});

test("ENGINE R1: an unreadable record is damage when the manifest says it was durable", async () => {
  const world = await unsyncedLog("1", "2");
  damage(world, "2");
  await expectDamage(world, 2);
});

test("ENGINE R1: an unreadable record is damage when the judging process itself knows it durable", async () => {
  const world = await unsyncedLog("1", "2");
  const opened = world.open("r");
  opened.readAll();
  await opened.log.waitDurable(2);
  world.overwrite(`${WAL}/durable`, Buffer.alloc(4096));
  const whole = world.segmentBytes();
  const file = world.stranger.open(SEGMENT, "read-write");
  file.truncate(whole.length - 5);
  await expect(opened.write("x")).rejects.toMatchObject({ code: "LOG_DAMAGED" });
  expect(world.segmentBytes()).toEqual(whole.subarray(0, whole.length - 5));
});

test("ENGINE R1: a log that ends before what is known durable is damage too", async () => {
  const world = LogWorld.create();
  await world.open("writer").commit("1", "2");
  const bytes = world.segmentBytes();
  world.overwrite(SEGMENT, bytes.subarray(0, offsetOf(world, 2)));
  await expectDamage(world);
});

test("ENGINE R1: a mark of another store says nothing", async () => {
  const world = await unsyncedLog("1", "2");
  const slot = Buffer.alloc(512);
  encodeObjectLine({ mark: 9, store: "another" }).bytes.copy(slot);
  world.overwrite(`${WAL}/durable`, slot);
  damage(world, "2");
  const opened = world.open("r");
  await opened.write("x");
  expect(opened.texts).toEqual(["1", "x"]);
});

test("ENGINE R1: bad bytes in a sealed segment are damage, whatever the marks say", async () => {
  for (const isFollowed of [false, true]) {
    const world = await unsyncedLog("1", "2");
    const sealer = world.open("sealer");
    await sealer.log.seal();
    if (isFollowed) await sealer.write("3");
    world.memory.kill("sealer");
    world.stranger.unlink(`${WAL}/durable`);
    damage(world, "1");
    await expectDamage(world);
  }
});

test("ENGINE R1: a sealed segment cut short is damage, since records stand behind it", async () => {
  const world = await unsyncedLog("1", "2");
  const sealer = world.open("sealer");
  await sealer.log.seal();
  await sealer.write("3");
  world.memory.kill("sealer");
  world.stranger.unlink(`${WAL}/durable`);
  const bytes = world.segmentBytes();
  for (const length of [offsetOf(world, 2), offsetOf(world, 3), offsetOf(world, 3) + 20]) {
    world.overwrite(SEGMENT, bytes.subarray(0, length));
    await expectDamage(world);
  }
});

test("ENGINE R1: NULs at the end, as a power cut leaves them, are cut", async () => {
  const world = await unsyncedLog("1");
  const whole = world.segmentBytes();
  world.overwrite(SEGMENT, Buffer.concat([whole, Buffer.alloc(5000)]));
  const opened = world.open("r");
  await opened.write("2");
  expect(opened.texts).toEqual(["1", "2"]);
  expect(world.segmentBytes().includes(0)).toBe(false);
});

test("ENGINE R1: a torn record at the end is cut", async () => {
  const world = await unsyncedLog("1", "2");
  const whole = world.segmentBytes();
  for (let length = offsetOf(world, 2); length < whole.length; length += 1) {
    world.overwrite(SEGMENT, whole.subarray(0, length));
    const opened = world.open(`r${length}`);
    await opened.write("3");
    expect(opened.texts).toEqual(["1", "3"]);
  }
});

test("ENGINE R2: without the lock nobody judges or cuts: a reader stops at bad bytes and looks again later", async () => {
  const world = await unsyncedLog("1", "2");
  const whole = world.segmentBytes();
  damage(world, "2");
  const reader = world.open("reader");
  const operations = await world.operationsDuring(async () => {
    expect(reader.log.advance()).toBe(false);
    reader.log.advance();
    reader.log.tailDamage();
  });
  expect(reader.texts).toEqual(["1"]);
  expect(operations.filter(({ path }) => !path.endsWith("/durable"))).toEqual([]);
  world.overwrite(SEGMENT, whole);
  expect(reader.readAll()).toEqual(["1", "2"]);
});

test("ENGINE R2: a tail that cannot be copied for lack of space is not cut", async () => {
  const world = await unsyncedLog("1");
  const torn = Buffer.concat([world.segmentBytes(), Buffer.from('{"crc":"torn'.padEnd(600))]);
  world.overwrite(SEGMENT, torn);
  const opened = world.open("r");
  world.memory.capacityBytes = world.memory.tree.usedBytes + 300;
  await expect(opened.write("2")).rejects.toMatchObject({ code: "NO_SPACE" });
  expect(world.segmentBytes()).toEqual(torn);
  expect(world.names(QUARANTINE)).toEqual([]);
  world.memory.capacityBytes = undefined;
  await opened.write("2");
  expect(opened.texts).toEqual(["1", "2"]);
});

test("ENGINE R2: the copy in quarantine is durable before the tail is cut", async () => {
  const world = await unsyncedLog("1");
  world.overwrite(SEGMENT, Buffer.concat([world.segmentBytes(), Buffer.from("torn")]));
  const opened = world.open("r");
  const operations = await world.operationsDuring(async () => opened.log.underLock(() => undefined));
  expect(operations.filter(({ call }) => call === "truncate")).toEqual([]);
  const cut = briefly(await world.operationsDuring(async () => opened.write("2"))).filter(
    (operation) => !/holder|durable|lock$/u.test(operation),
  );
  expect(cut).toEqual([
    expect.stringMatching(/^create .*tail-/),
    expect.stringMatching(/^write .*tail-/),
    expect.stringMatching(/^syncData .*tail-/),
    "syncDirectory quarantine",
    "truncate 0000000000000001.jsonl",
    "syncData 0000000000000001.jsonl",
    "write 0000000000000001.jsonl",
  ]);
});

test("ENGINE R2: recovery may be cut short by a power cut at any step, and a second one changes no byte", async () => {
  const build = async (): Promise<LogWorld> => {
    const world = LogWorld.create();
    const writer = world.open("writer");
    await writer.commit("1");
    await writer.write("2", "3");
    world.memory.kill("writer");
    damage(world, "2");
    return world;
  };
  const recover = async (world: LogWorld): Promise<readonly string[]> => {
    const opened = world.open("r");
    await opened.log.append(() => []);
    return opened.texts;
  };
  const whole = await build();
  const steps = (await whole.operationsDuring(async () => recover(whole))).length;
  expect(steps).toBeGreaterThan(6);
  let states = 0;
  for (let step = 1; step <= steps; step += 1) {
    const world = await build();
    let count = 0;
    world.memory.onOperation = ({ process }) => {
      count += 1;
      if (count === step) world.memory.kill(process);
    };
    await recover(world).catch(() => undefined);
    world.memory.onOperation = undefined;
    for (const { disk } of enumerateCrashes(world.memory, { limit: 20 })) {
      states += 1;
      const again = new LogWorld(disk);
      expect(await recover(again)).toEqual(["1"]);
      const segment = again.segmentBytes();
      const kept = again.names(QUARANTINE);
      again.memory.kill("r");
      const operations = await again.operationsDuring(async () => recover(again));
      expect(operations.filter(({ path }) => path === SEGMENT || path.startsWith(QUARANTINE))).toEqual([]);
      expect(again.segmentBytes()).toEqual(segment);
      expect(again.names(QUARANTINE)).toEqual(kept);
    }
  }
  expect(states).toBeGreaterThan(steps);
});

test("ENGINE R2: a cut that fails poisons: what the file holds is not known then", async () => {
  for (const call of ["truncate", "syncData"] as const) {
    const world = await unsyncedLog("1");
    world.overwrite(SEGMENT, Buffer.concat([world.segmentBytes(), Buffer.from("torn")]));
    const opened = world.open("r");
    let isCut = false;
    world.memory.onOperation = (operation) => {
      if (operation.path !== SEGMENT) return;
      if (operation.call === call && (call === "truncate" || isCut)) {
        world.memory.onOperation = undefined;
        if (call === "truncate") world.memory.kill("r");
        else world.memory.failNextSync(SEGMENT, "EIO");
      }
      isCut ||= operation.call === "truncate";
    };
    await expect(opened.write("2")).rejects.toThrow();
    expect(opened.log.poison).toMatchObject({ code: "OUTCOME_UNKNOWN" });
  }
});

test("damage is told only for what stays unreadable: records that others append meanwhile are none", async () => {
  const world = LogWorld.create();
  const [a, b] = [world.open("a"), world.open("b")];
  await a.commit("1");
  b.readAll();
  await a.commit("2");
  await a.commit("3");
  expect(b.log.tailDamage()).toBeUndefined();
  await a.log.seal();
  await a.commit("4");
  expect(b.log.tailDamage()).toBeUndefined();
  damage(world, "2");
  expect(world.open("c").log.tailDamage()).toMatchObject({ code: "LOG_DAMAGED" });
});

test("a record of another chain is a tail, even with the right seq", async () => {
  const world = await unsyncedLog("1");
  const stamp = { seq: 2, durable: 0, prev: "deadbeef", time: "2026-01-01T00:00:00.000Z" };
  const foreign = encodeRecord(draft("foreign"), stamp).bytes;
  world.overwrite(SEGMENT, Buffer.concat([world.segmentBytes(), foreign]));
  const opened = world.open("r");
  await opened.write("2");
  expect(opened.texts).toEqual(["1", "2"]);
});
