/** When a log is too long: who holds it up, and whom that keeps from committing. */
import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import type { Engine } from "../engine.ts";
import { commit } from "../testing/conformance/subject.ts";
import { openLocalEngine } from "./open-local-engine.ts";

const THRESHOLD = 4096;
const TEXT = "x".repeat(1000);

async function openOn(memory: MemoryDisk): Promise<Engine> {
  return openLocalEngine({
    dir: "/store",
    disk: memory.process("writer"),
    clock: new TestClock(),
    random: seededRandom(3),
    create: true,
    checkpointBytes: THRESHOLD,
  });
}

function damageHistory(memory: MemoryDisk, text: string): void {
  const disk = memory.process("vandal");
  for (const name of disk.list("/store/history")) {
    const path = `/store/history/${name}`;
    const bytes = Buffer.from(memory.files().get(path) ?? []);
    const at = bytes.indexOf(text);
    if (at === -1) continue;
    const file = disk.open(path, "read-write");
    file.write(Buffer.from("?"), at);
    file.close();
    return;
  }
  throw new Error(`no run of history holds "${text}"`);
}

test("a pinned snapshot keeps the tail, and makes no commit pay for a checkpoint of what was moved before", async () => {
  const engine = await openOn(new MemoryDisk());
  const pinned = await engine.pin();
  for (let at = 0; at < 100; at += 1) await commit(engine, async (tx) => tx.put(`n${at}`, { text: TEXT }));
  await engine.checkpoint();
  const { generation, checkpointSeq } = await engine.stats();
  expect(checkpointSeq).toBe(100);
  // Fewer bytes than the threshold.
  for (let at = 0; at < 3; at += 1) await commit(engine, async (tx) => tx.put(`m${at}`, { text: TEXT }));
  expect(await engine.stats()).toMatchObject({ generation, checkpointSeq });
  expect(pinned.get("n1")).toBeUndefined();
  pinned.release();
  await engine.close();
});

test("damage to a version in history keeps nobody from committing, however long the log becomes", async () => {
  const memory = new MemoryDisk();
  const engine = await openOn(memory);
  await commit(engine, async (tx) => tx.put("a", { text: "as it was" }));
  await engine.checkpoint();
  await commit(engine, async (tx) => tx.put("a", { text: "as it is" }));
  damageHistory(memory, "as it was");
  for (let at = 0; at < 100; at += 1) await commit(engine, async (tx) => tx.put(`n${at}`, { text: TEXT }));
  expect(await engine.stats()).toMatchObject({
    checkpointSeq: 1,
    lastCheckpointError: expect.stringContaining("Cannot read a version in history") as unknown,
  });
  expect(Number((await engine.stats())["logBytes"])).toBeGreaterThan(16 * THRESHOLD);
  await engine.close();
});

test("who checkpointed leaves the next one to others that write, and takes it when nobody else does", async () => {
  const memory = new MemoryDisk();
  const clock = new TestClock();
  const open = async (name: string): Promise<Engine> =>
    openLocalEngine({
      dir: "/store",
      disk: memory.process(name),
      clock,
      random: seededRandom(3),
      create: true,
      checkpointBytes: THRESHOLD,
    });
  const [first, second] = [await open("first"), await open("second")];
  let written = 0;
  const write = async (engine: Engine, text: string): Promise<unknown> =>
    commit(engine, async (tx) => tx.put(`n${(written += 1)}`, { text }));
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  /** Whether a checkpoint begins, and ends, while one passes the threshold; `helper` wrote a little before. */
  const checkpoints = async (engine: Engine, helper?: Engine): Promise<boolean> => {
    if (helper !== undefined) await write(helper, "short");
    const { generation: before } = await engine.stats();
    for (let at = 0; at < 6; at += 1) await write(engine, TEXT);
    await settle();
    await clock.advance(600);
    return (await engine.stats())["generation"] !== before;
  };
  expect(await checkpoints(first)).toBe(true);
  expect(await checkpoints(first)).toBe(true);
  await first.checkpoint();
  expect(await checkpoints(first, second)).toBe(true);
  // Too early for the first, which did the last one.
  expect(await checkpoints(first)).toBe(false);
  expect(await checkpoints(second)).toBe(true);
  await first.checkpoint();
  expect(await checkpoints(first, second)).toBe(true);
  // What it is asked for itself waits for nobody.
  await first.define([{ name: "late", type: "item", parts: [{ field: "text" }] }]);
  await settle();
  expect(await first.read((snapshot) => snapshot.hasIndex("late"))).toBe(true);
  await first.close();
  await second.close();
});
