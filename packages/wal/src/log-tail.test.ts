import { expect, test } from "vitest";
import { LogWorld, segmentPath } from "./testing/log-world.ts";

const SEGMENT = segmentPath(1);

test("lines end at the line feed only: other separators in a text split nothing", async () => {
  const world = LogWorld.create();
  const texts = ["\u2028", "a\u2029b", "\u0085", "\r\n", "\v\f", "\u0000", "plain"];
  await world.open("a").write(...texts);
  expect(world.open("b").readAll()).toEqual(texts);
  expect(world.segmentBytes().toString().split("\n").length).toBe(texts.length + 2);
});

test("ENGINE F2: a NUL at a record boundary ends the log for readers, until a writer has cut it", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  await a.write("1");
  const file = world.stranger.open(SEGMENT, "append");
  file.write(Buffer.alloc(3000));
  const reader = world.open("reader", { writable: false });
  expect(reader.log.advance()).toBe(false);
  expect(reader.texts).toEqual(["1"]);
  await a.write("2");
  expect(reader.readAll()).toEqual(["1", "2"]);
});

test("a record longer than a chunk is read whole", async () => {
  const world = LogWorld.create();
  const long = "x".repeat(3 * 1024 * 1024);
  await world.open("a").write("before", long, "after");
  expect(world.open("b").readAll()).toEqual(["before", long, "after"]);
});

test("each record is handed on once, in order, however often one looks", async () => {
  const world = LogWorld.create();
  const [a, b] = [world.open("a"), world.open("b")];
  for (let count = 1; count <= 5; count += 1) {
    await a.write(`${count}`);
    b.readAll();
    b.readAll();
  }
  expect(b.heads.map((head) => head.seq)).toEqual([1, 2, 3, 4, 5]);
});

test("a seal that does not fit the last record is not followed", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  await a.write("1", "2");
  await a.log.seal();
  const sealed = world.segmentBytes();
  const second = sealed.indexOf("\n", sealed.indexOf("\n") + 1) + 1;
  const sealStart = sealed.lastIndexOf("\n", sealed.length - 2) + 1;
  // Record 2 is missing, and the seal speaks of it.
  world.overwrite(SEGMENT, Buffer.concat([sealed.subarray(0, second), sealed.subarray(sealStart)]));
  const reader = world.open("reader", { writable: false });
  expect(reader.log.advance()).toBe(false);
  expect(reader.texts).toEqual(["1"]);
  expect(reader.log.activeSegment).toBe("0000000000000001.jsonl");
});
