import { expect, test } from "vitest";
import { DurableMarks } from "./durable-marks.ts";
import { encodeLine, encodeObjectLine } from "./line-format.ts";
import { LogWorld, STORE, WAL } from "./testing/log-world.ts";

const PATH = `${WAL}/durable`;
const SUSPECT = { segment: "0000000000000001.jsonl", dev: "1", ino: "7", seq: 3 };

function marksOf(world: LogWorld, process: string, writable = true): DurableMarks {
  return new DurableMarks({ disk: world.memory.process(process), path: PATH, store: STORE, writable });
}

test("the mark is the highest that any process raised, and is written to two slots in turn", () => {
  const world = LogWorld.create();
  const [a, b] = [marksOf(world, "a"), marksOf(world, "b")];
  expect(a.read().mark).toBe(0);
  a.raise(3);
  a.raise(5);
  expect(b.read().mark).toBe(5);
  b.raise(4);
  expect(a.read().mark).toBe(5);
  // Losing the newer slot leaves the older one.
  const bytes = world.bytes(PATH);
  world.overwrite(PATH, Buffer.concat([bytes.subarray(0, 512), Buffer.alloc(512), bytes.subarray(1024)]));
  expect([3, 5]).toContain(marksOf(world, "c").read().mark);
});

test("a mark is the line that the format says, whatever stood in its slot before", () => {
  const world = LogWorld.create();
  const a = marksOf(world, "a");
  const lines: string[] = [];
  for (const seq of [7, 1234567890123, 1234567890124, 1234567890125]) {
    a.raise(seq);
    lines.push(...world.bytes(PATH).toString("latin1", 0, 1024).split("\0").filter(Boolean));
  }
  expect(new Set(lines)).toEqual(
    new Set(
      [7, 1234567890123, 1234567890124, 1234567890125].map((mark) =>
        encodeObjectLine({ mark, store: STORE }).bytes.toString("latin1"),
      ),
    ),
  );
  world.overwrite(PATH, Buffer.concat([encodeObjectLine({ mark: 12, store: STORE }).bytes]));
  // A store that was restored has lower marks.
  expect(a.read().mark).toBe(12);
  a.raise(13);
  a.raise(14);
  const slots = [13, 14].map((mark) => {
    const slot = Buffer.alloc(512);
    encodeObjectLine({ mark, store: STORE }).bytes.copy(slot);
    return slot.toString("latin1");
  });
  const bytes = world.bytes(PATH).toString("latin1", 0, 1024);
  expect([bytes.slice(0, 512), bytes.slice(512)].sort()).toEqual(slots.sort());
});

test("a sound line that is no mark counts as empty, whatever stands where the number would", () => {
  const world = LogWorld.create();
  const reader = marksOf(world, "reader");
  world.overwrite(PATH, encodeObjectLine({ mark: 17, store: STORE }).bytes);
  expect(reader.read().mark).toBe(17);
  for (const content of [
    { next: 17, store: STORE },
    { mark: 17, store: STORE, more: 1 },
    { mark: "17", store: STORE },
  ]) {
    world.overwrite(PATH, encodeObjectLine(content).bytes);
    expect(reader.read().mark).toBe(0);
  }
});

test("a sound slot that is no JSON is a defect that every read tells, however many suspects stand beside it", () => {
  const world = LogWorld.create();
  const [a, reader] = [marksOf(world, "a"), marksOf(world, "reader")];
  a.addSuspect(SUSPECT);
  expect(reader.read().suspects).toEqual([SUSPECT]);
  const bytes = world.bytes(PATH);
  const odd = Buffer.alloc(512);
  encodeLine("odd}").bytes.copy(odd);
  world.overwrite(PATH, Buffer.concat([bytes.subarray(0, 3 * 512), odd, bytes.subarray(4 * 512)]));
  expect(() => reader.read()).toThrow(SyntaxError);
  expect(() => reader.read()).toThrow(SyntaxError);
});

test("a torn or changed slot counts as empty, byte by byte, and so does one of another store", () => {
  const world = LogWorld.create();
  marksOf(world, "a").raise(5);
  const bytes = world.bytes(PATH);
  const end = bytes.indexOf("\n");
  for (let position = 0; position < end; position += 1) {
    const changed = Buffer.from(bytes);
    changed[position] = (changed[position] ?? 0) ^ 0x01;
    world.overwrite(PATH, changed);
    expect(marksOf(world, `p${position}`).read().mark, `byte ${position}`).toBe(0);
  }
  // Whoever read it before sees each change too, and the change back.
  const reader = marksOf(world, "reader");
  for (let position = 0; position < end; position += 1) {
    world.overwrite(PATH, bytes);
    expect(reader.read().mark).toBe(5);
    const changed = Buffer.from(bytes);
    changed[position] = (changed[position] ?? 0) ^ 0x01;
    world.overwrite(PATH, changed);
    expect(reader.read().mark, `byte ${position}`).toBe(0);
  }
  world.overwrite(PATH, bytes);
  const other = new DurableMarks({ disk: world.memory.process("o"), path: PATH, store: "other", writable: false });
  expect(other.read().mark).toBe(0);
});

test("a suspect slot is seen by every process, keeps the lowest bound, and goes when it is cleared", () => {
  const world = LogWorld.create();
  const [a, b] = [marksOf(world, "a"), marksOf(world, "b")];
  expect(a.addSuspect(SUSPECT)).toBe(true);
  expect(b.read().suspects).toEqual([SUSPECT]);
  expect(b.addSuspect({ ...SUSPECT, seq: 9 })).toBe(true);
  expect(a.read().suspects).toEqual([SUSPECT]);
  expect(b.addSuspect({ ...SUSPECT, seq: 2 })).toBe(true);
  expect(a.read().suspects).toEqual([{ ...SUSPECT, seq: 2 }]);
  const other = { ...SUSPECT, segment: "0000000000000009.jsonl" };
  a.addSuspect(other);
  b.clearSuspect(SUSPECT);
  expect(a.read().suspects).toEqual([other]);
});

test("marks do not disturb suspects, nor suspects marks", () => {
  const world = LogWorld.create();
  const a = marksOf(world, "a");
  a.addSuspect(SUSPECT);
  for (let seq = 1; seq < 10; seq += 1) a.raise(seq);
  expect(marksOf(world, "b").read()).toEqual({ mark: 9, suspects: [SUSPECT] });
});

test("a read-only process creates no file, and reads what others wrote", () => {
  const world = LogWorld.create();
  const reader = marksOf(world, "reader", false);
  expect(reader.read().mark).toBe(0);
  expect(world.names(WAL)).not.toContain("durable");
  marksOf(world, "a").raise(4);
  expect(reader.read().mark).toBe(4);
});
