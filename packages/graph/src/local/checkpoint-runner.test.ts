/** When a log is too long: who holds it up, and whom that keeps from committing. */
import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import type { Engine } from "../engine.ts";
import { commit } from "../testing/conformance/subject.ts";
import { CheckpointRunner } from "./checkpoint-runner.ts";
import type { CheckpointRunnerOptions } from "./checkpoint-runner.ts";
import { openLocalEngine } from "./open-local-engine.ts";
import { storePaths } from "./store-names.ts";

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

/** What runs in the background comes to its end. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

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

/** Lets time pass only while somebody sleeps. */
async function untilSettled(clock: TestClock, promise: Promise<unknown>): Promise<void> {
  let isSettled = false;
  const settled = promise.finally(() => (isSettled = true));
  while (!isSettled) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!isSettled && clock.sleeperCount > 0) await clock.advance(1);
  }
  await settled;
}

/** A store whose directory lock somebody holds who does not get on, and a process that writes 1 KB at a time. */
async function withStuckHolder(): Promise<{
  readonly memory: MemoryDisk;
  readonly clock: TestClock;
  readonly engine: Engine;
  readonly release: () => Promise<void>;
  /** Writes until the log is so many times as long as the threshold; gives how many milliseconds that took. */
  readonly writeUntil: (times: number) => Promise<number>;
}> {
  const memory = new MemoryDisk();
  const clock = new TestClock();
  const engine = await openLocalEngine({
    dir: "/store",
    disk: memory.process("writer"),
    clock,
    random: seededRandom(3),
    create: true,
    checkpointBytes: THRESHOLD,
  });
  const lock = await memory.process("stuck").lockDirectory("/store/history.lock", { onLost: () => undefined });
  let written = 0;
  const writeUntil = async (times: number): Promise<number> => {
    const startMs = clock.monotonicMs();
    while (Number((await engine.stats())["logBytes"]) <= times * THRESHOLD)
      await untilSettled(
        clock,
        commit(engine, async (tx) => tx.put(`n${(written += 1)}`, { text: TEXT })),
      );
    return clock.monotonicMs() - startMs;
  };
  return { memory, clock, engine, release: async () => lock?.release(), writeUntil };
}

test("while another process checkpoints, none does the same work, and commits wait a moment when the log is four times too long", async () => {
  const { memory, clock, engine, release, writeUntil } = await withStuckHolder();
  expect(await writeUntil(4)).toBe(0);
  await clock.advance(600);
  // One finds the lock taken; those behind it wait.
  await writeUntil(5);
  expect(await writeUntil(8)).toBeGreaterThanOrEqual(10);
  await clock.advance(600);
  await writeUntil(9);
  const names = [...memory.files().keys()];
  expect(names.filter((name) => /\/(history|index)\/./.test(name))).toEqual([]);
  expect(await engine.stats()).toMatchObject({ generation: 0, lastCheckpointError: null });
  await release();
  await clock.advance(600);
  await writeUntil(10);
  await settle();
  expect(await engine.stats()).toMatchObject({ generation: 1 });
  await engine.close();
});

test("a directory lock whose holder published nothing for 10 to 20 s, while a checkpoint was due, is ignored", async () => {
  const { clock, engine, writeUntil } = await withStuckHolder();
  await writeUntil(5);
  await clock.advance(9_000);
  await writeUntil(6);
  await settle();
  expect(await engine.stats()).toMatchObject({ generation: 0 });
  await clock.advance(11_000);
  await writeUntil(7);
  await settle();
  expect(await engine.stats()).toMatchObject({ generation: 1 });
  await engine.close();
});

test("at sixteen times the threshold a commit waits until the log is shorter, and shortens it itself when nobody does", async () => {
  const { clock, engine, release, writeUntil } = await withStuckHolder();
  await writeUntil(16);
  const waiting = [1, 2, 3].map(async (at) => commit(engine, async (tx) => tx.put(`late${at}`, { text: TEXT })));
  let isOver = false;
  const all = Promise.all(waiting).then(() => (isOver = true));
  await clock.advance(2_000);
  expect(isOver).toBe(false);
  await release();
  await untilSettled(clock, all);
  // Once, for the three of them.
  expect(await engine.stats()).toMatchObject({ generation: 1 });
  expect(Number((await engine.stats())["logBytes"])).toBeLessThan(THRESHOLD);
  await engine.close();
});

test("who builds a generation learns that another process published one", async () => {
  const disk = new MemoryDisk().process("writer");
  disk.makeDirectory("/store");
  let generation = 7;
  const runner = new CheckpointRunner({
    machine: { disk, clock: new TestClock(), random: seededRandom(3), paths: storePaths("/store") },
    log: { readCount: 0 },
    thresholdBytes: () => THRESHOLD,
    state: () => ({ generation: { manifest: { generation } }, unmovedBytes: 0 }),
    hold: () => () => undefined,
    adopt: () => undefined,
    refresh: () => undefined,
  } as unknown as CheckpointRunnerOptions);
  const answers: boolean[] = [];
  await runner.rewrite(async (_, isLost) => {
    answers.push(isLost());
    generation += 1;
    answers.push(isLost());
    return undefined;
  });
  expect(answers).toEqual([false, true]);
});
