import { enumerateCrashes } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import { decodeObjectLine, encodeLine, NO_CRC } from "./line-format.ts";
import { encodeRecord } from "./record-format.ts";
import { encodeSegmentHeader } from "./segment-format.ts";
import { segmentName } from "./segment-names.ts";
import { briefly, draft, LogWorld, segmentPath, STORE, WAL } from "./testing/log-world.ts";

const SEGMENT = segmentPath(1);

function linesOf(world: LogWorld, firstSeq: number): readonly Readonly<Record<string, unknown>>[] {
  return world
    .segmentBytes(firstSeq)
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => decodeObjectLine(Buffer.from(line)) ?? {});
}

test("ENGINE S1: a segment begins with a header and ends with a seal that names its successor", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  await a.write("1", "2");
  const { crc } = a.log.last;
  const start = await a.log.seal();
  expect(start).toMatchObject({ segment: segmentName(3), seq: 2, crc });
  const lines = linesOf(world, 1);
  expect(lines[0]).toMatchObject({ log: 1, store: STORE, first: 1, prev: NO_CRC, required: [], optional: [] });
  expect(lines.at(-1)).toMatchObject({ seal: { next: segmentName(3), last: 2, prev: crc } });
  expect(linesOf(world, 3)).toMatchObject([{ log: 1, store: STORE, first: 3, prev: crc }]);
  const sealed = world.segmentBytes();
  await a.write("3");
  expect(world.segmentBytes()).toEqual(sealed);
  expect(world.open("b").readAll()).toEqual(["1", "2", "3"]);
});

test("ENGINE S1: a segment of another store, of a newer format or with an unknown feature is not read", async () => {
  const header = { store: STORE, first: 1, prev: NO_CRC };
  const newer = JSON.stringify({ ...header, log: 2, required: [], optional: [] });
  const feature = JSON.stringify({ ...header, log: 1, required: ["secret"], optional: [] });
  const world = LogWorld.create();
  const lines = [
    [encodeSegmentHeader({ ...header, store: "another" }).bytes, "STORE_REPLACED"],
    [encodeObject(newer), "FORMAT_UNKNOWN"],
    [encodeObject(feature), "FORMAT_UNKNOWN"],
    [Buffer.from("garbage\n"), "LOG_DAMAGED"],
    [Buffer.alloc(0), "LOG_DAMAGED"],
  ] as const;
  for (const [bytes, code] of lines) {
    world.overwrite(SEGMENT, bytes);
    expect(() => world.open("a")).toThrow(expect.objectContaining({ code }));
  }
});

function encodeObject(text: string): Buffer {
  return encodeLine(text.slice(1)).bytes;
}

test("ENGINE S1: what follows a seal is not part of the log", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  await a.write("1");
  const { seq, crc } = a.log.last;
  await a.log.seal();
  const stamp = { seq: seq + 1, durable: 0, prev: crc, time: "2026-01-01T00:00:00.000Z" };
  world.overwrite(SEGMENT, Buffer.concat([world.segmentBytes(), encodeRecord(draft("ghost"), stamp).bytes]));
  await a.write("2");
  expect(world.open("b").readAll()).toEqual(["1", "2"]);
});

test("ENGINE S2: a process that was idle while others sealed follows the seals, also through dropped segments", async () => {
  const world = LogWorld.create();
  const [idle, busy] = [world.open("idle"), world.open("busy")];
  await idle.write("1");
  await busy.write("2");
  await busy.log.seal();
  world.stranger.unlink(SEGMENT);
  await idle.write("3");
  expect(busy.readAll()).toEqual(["1", "2", "3"]);
  expect(world.segmentBytes(3).includes('"txid":"3"')).toBe(true);
});

test("ENGINE S2: nothing is appended to a segment that has no name any more", async () => {
  const world = LogWorld.create();
  const idle = world.open("idle");
  await idle.write("1");
  const file = world.stranger.open(SEGMENT, "read");
  world.stranger.unlink(SEGMENT);
  await expect(idle.write("2")).rejects.toMatchObject({ code: "LOG_GAP" });
  expect(file.stat().sizeBytes).toBe(idle.log.activeSegmentBytes);
});

test("ENGINE S2: nothing is appended when the path names another file: the store was replaced", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  await a.write("1");
  const bytes = world.segmentBytes();
  world.stranger.rename(SEGMENT, "/store/elsewhere");
  world.overwrite(SEGMENT, bytes);
  await expect(a.write("2")).rejects.toMatchObject({ code: "STORE_REPLACED" });
  expect(world.bytes("/store/elsewhere")).toEqual(bytes);
  expect(world.segmentBytes()).toEqual(bytes);
});

test("ENGINE S2: when the successor is gone too, the reader must start from the manifest", async () => {
  const world = LogWorld.create();
  const [idle, busy] = [world.open("idle"), world.open("busy")];
  await busy.write("1");
  idle.readAll();
  await busy.log.seal();
  await busy.write("2");
  const start = await busy.log.seal();
  world.stranger.unlink(segmentPath(1));
  world.stranger.unlink(segmentPath(2));
  expect(() => idle.log.advance()).toThrow(expect.objectContaining({ code: "LOG_GAP", retryable: true }));
  idle.log.restart(start, start.seq);
  await idle.write("3");
  expect(busy.readAll()).toEqual(["1", "2", "3"]);
  expect(idle.log.durableSeq).toBe(2);
});

test("ENGINE S3: every record is durable before the seal, the successor and its name before it, the seal before the unlock", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  await a.commit("1");
  await a.write("2");
  const operations = briefly(await world.operationsDuring(async () => a.log.seal()));
  const [first, next] = [segmentName(1), segmentName(3)];
  const sealing = operations.slice(operations.indexOf(`create ${next}`) - 1).filter((name) => !/durable/u.test(name));
  expect(sealing).toEqual([
    `syncData ${first}`,
    `create ${next}`,
    `write ${next}`,
    `syncData ${next}`,
    "syncDirectory wal",
    `write ${first}`,
    `syncData ${first}`,
  ]);
});

test("ENGINE S3: a power cut at any step of sealing loses no acknowledged record, and sealing starts again", async () => {
  const build = async (): Promise<LogWorld> => {
    const world = LogWorld.create();
    await world.open("a").commit("1", "2");
    await world.open("a").write("3");
    world.memory.kill("a");
    return world;
  };
  const whole = await build();
  const steps = (await whole.operationsDuring(async () => whole.open("b").log.seal())).length;
  for (let step = 1; step <= steps; step += 1) {
    const world = await build();
    let count = 0;
    world.memory.onOperation = ({ process }) => {
      count += 1;
      if (count === step) world.memory.kill(process);
    };
    await world
      .open("b")
      .log.seal()
      .catch(() => undefined);
    world.memory.onOperation = undefined;
    for (const { disk } of enumerateCrashes(world.memory, { limit: 25 })) {
      const after = new LogWorld(disk).open("c");
      await after.log.seal();
      await after.commit("4");
      expect([
        ["1", "2", "4"],
        ["1", "2", "3", "4"],
      ]).toContainEqual(after.texts);
    }
  }
});

test("ENGINE S3: whoever appends first behind a seal makes the seal durable before", async () => {
  const world = LogWorld.create();
  const [a, b] = [world.open("a"), world.open("b")];
  await a.write("1");
  // Process a dies between writing the seal and syncing it.
  let seals = 0;
  world.memory.onOperation = ({ process, call, path }) => {
    if (process !== "a" || path !== SEGMENT) return;
    if (call === "write") seals += 1;
    if (call === "syncData" && seals === 1) world.memory.kill("a");
  };
  await expect(a.log.seal()).rejects.toThrow();
  world.memory.onOperation = undefined;
  await b.commit("2");
  expect(world.segmentBytes(2).includes('"txid":"2"')).toBe(true);
  expect(world.afterPowerCut().open("r").readAll()).toEqual(["1", "2"]);
});

test("ENGINE S3: a torn seal is a tail: it is cut, the orphan successor goes, and sealing starts again", async () => {
  const world = LogWorld.create();
  const writer = world.open("writer");
  await writer.commit("1");
  const before = world.segmentBytes();
  await writer.log.seal();
  const sealed = world.segmentBytes();
  world.memory.kill("writer");
  for (let length = before.length + 1; length < sealed.length; length += 7) {
    world.overwrite(SEGMENT, sealed.subarray(0, length));
    const again = world.open(`again${length}`);
    await again.log.seal();
    expect(world.segmentBytes()).toEqual(sealed);
    again.log.close();
  }
});

test("ENGINE S3: a successor with a record, to which no seal points, means that the seal was lost: damage", async () => {
  const world = LogWorld.create();
  const writer = world.open("writer");
  await writer.commit("1");
  const before = world.segmentBytes();
  await writer.log.seal();
  await writer.write("2");
  world.memory.kill("writer");
  world.overwrite(SEGMENT, before);
  const opened = world.open("r");
  await expect(opened.write("x")).rejects.toMatchObject({ code: "LOG_DAMAGED" });
  await expect(opened.log.seal()).rejects.toMatchObject({ code: "LOG_DAMAGED" });
  expect(world.segmentBytes()).toEqual(before);
  expect(world.names(WAL)).toContain(segmentName(2));
});

test("a segment without a record is not sealed", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  expect(await a.log.seal()).toMatchObject({ segment: segmentName(1), seq: 0 });
  await a.write("1");
  await a.log.seal();
  expect(await a.log.seal()).toMatchObject({ segment: segmentName(2), seq: 1 });
});

test("sealing is put off when there is no room for the successor, and nothing has changed", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  await a.commit("1");
  const names = world.names(WAL);
  const bytes = world.segmentBytes();
  for (const room of [0, 60, 200]) {
    world.memory.capacityBytes = world.memory.tree.usedBytes + room;
    await expect(a.log.seal()).rejects.toMatchObject({ code: "NO_SPACE" });
    expect(world.names(WAL)).toEqual(names);
    expect(world.segmentBytes()).toEqual(bytes);
  }
  world.memory.capacityBytes = undefined;
  await a.commit("2");
  await a.log.seal();
  expect(world.open("b").readAll()).toEqual(["1", "2"]);
});

test("a failure after the seal was written keeps the successor it names", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  await a.commit("1");
  let isSealed = false;
  world.memory.onCall = ({ call, path }) => {
    if (isSealed && call === "stat" && path === SEGMENT) {
      world.memory.onCall = undefined;
      throw new Error("the disk failed");
    }
    isSealed ||= call === "write" && path === SEGMENT;
  };
  await expect(a.log.seal()).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
  await world.open("b").commit("2");
  expect(world.open("c").readAll()).toEqual(["1", "2"]);
});

test("the start of the successor is what the seal says, even when somebody appends to it at once", async () => {
  const world = LogWorld.create();
  const [a, b] = [world.open("a"), world.open("b")];
  await a.commit("1");
  let intruder: Promise<unknown> = Promise.resolve();
  // The lock file vanishes while a seals: only the locks on the segments keep b out.
  let isSealed = false;
  world.memory.onCall = ({ process, call, path }) => {
    if (process !== "a") return;
    isSealed ||= call === "write" && path === SEGMENT;
    if (!isSealed || call !== "close" || path !== segmentPath(2)) return;
    world.memory.onCall = undefined;
    world.stranger.unlink(`${WAL}/lock`);
    intruder = b.write("2").catch((error: unknown) => error);
  };
  expect(await a.log.seal()).toMatchObject({ segment: segmentName(2), seq: 1 });
  await intruder;
  expect(a.readAll()).toEqual(["1", "2"]);
});
