/** When a log is too long: who holds it up, and whom that keeps from committing. */
import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import type { CommitRequest, Engine } from "../engine.ts";
import { commit } from "../testing/conformance/subject.ts";
import { CheckpointRunner } from "./checkpoint-runner.ts";
import type { CheckpointRunnerOptions } from "./checkpoint-runner.ts";
import { openLocalEngine } from "./open-local-engine.ts";
import { storePaths } from "./store-names.ts";

const THRESHOLD = 4096;
const TEXT = "x".repeat(1000);

async function openOn(memory: MemoryDisk, clock = new TestClock(), name = "writer"): Promise<Engine> {
  return openLocalEngine({
    dir: "/store",
    disk: memory.process(name),
    clock,
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
  const [first, second] = [await openOn(memory, clock, "first"), await openOn(memory, clock, "second")];
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
  const engine = await openOn(memory, clock);
  const lock = await memory.process("stuck").lockDirectory("/store/history.lock", { onLost: () => undefined });
  let written = 0;
  const writeUntil = async (times: number): Promise<number> => {
    const startMs = clock.monotonicMs();
    while (Number((await engine.stats())["logBytes"]) <= times * THRESHOLD)
      await clock.advanceWhileAsleep(commit(engine, async (tx) => tx.put(`n${(written += 1)}`, { text: TEXT })));
    return clock.monotonicMs() - startMs;
  };
  return { memory, clock, engine, release: async () => lock?.release(), writeUntil };
}

test("while another process checkpoints, none does the same work, and commits wait a moment when the log is four times too long", async () => {
  const { memory, clock, engine, release, writeUntil } = await withStuckHolder();
  expect(await writeUntil(3.9)).toBe(0);
  await clock.advance(600);
  // One finds the lock taken; it and those behind it owe a millisecond each, and pay when it is worth while.
  await writeUntil(5);
  expect(await writeUntil(6)).toBe(0);
  expect(await writeUntil(14)).toBeGreaterThanOrEqual(2 * 32);
  await clock.advance(600);
  await writeUntil(15);
  const names = [...memory.files().keys()];
  expect(names.filter((name) => /\/(history|index)\/./.test(name))).toEqual([]);
  expect(await engine.stats()).toMatchObject({ generation: 0, lastCheckpointError: null });
  await release();
  await clock.advance(600);
  await writeUntil(15.2);
  await settle();
  expect(await engine.stats()).toMatchObject({ generation: 1 });
  await engine.close();
});

test("many callers pause together, for 32 ms, and closing ends their pause", async () => {
  const { clock, engine, writeUntil } = await withStuckHolder();
  await writeUntil(8.5);
  const startMs = clock.monotonicMs();
  let over = 0;
  const waiting = Array.from({ length: 24 }, async (_, at) => {
    await commit(engine, async (tx) => tx.put(`caller${at}`, { text: "short" }));
    over += 1;
  });
  await settle();
  // Those before the eighth owed too little yet.
  expect(over).toBeLessThan(8);
  await clock.advance(32);
  await settle();
  expect(over).toBe(24);
  await Promise.all(waiting);
  expect(clock.monotonicMs() - startMs).toBe(32);
  const more = Array.from({ length: 8 }, async (_, at) => commit(engine, async (tx) => tx.put(`more${at}`, {})));
  await settle();
  await engine.close();
  await Promise.all(more);
  expect(clock.monotonicMs() - startMs).toBe(32);
});

/** Every look at it takes as long as a turn. */
class SlowedClock extends TestClock {
  isSlow = false;

  override monotonicMs(): number {
    const nowMs = super.monotonicMs();
    if (this.isSlow) this.pauseMs(16);
    return nowMs;
  }
}

test("a checkpoint of a log six times too long rests while its process commits, and only then", async () => {
  const memory = new MemoryDisk();
  const clock = new SlowedClock();
  const options = { dir: "/store", disk: memory.process("writer"), clock, random: seededRandom(3), create: true };
  const engine = await openLocalEngine({ ...options, checkpointBytes: 16 * 1024 });
  const write = async (id: string): Promise<unknown> =>
    commit(engine, async (tx) => tx.put(id, { text: "x".repeat(8 * 1024) }));
  const lock = await memory.process("other").lockDirectory("/store/history.lock", { onLost: () => undefined });
  for (let at = 0; at < 14; at += 1) await clock.advanceWhileAsleep(write(`n${at}`));
  await lock?.release();
  await clock.advance(600);
  const written = write("late");
  clock.isSlow = true;
  await written;
  await settle();
  expect(await engine.stats()).toMatchObject({ generation: 0 });
  await clock.advance(600);
  await settle();
  expect(await engine.stats()).toMatchObject({ generation: 1 });
  clock.isSlow = false;
  const again = await memory.process("other").lockDirectory("/store/history.lock", { onLost: () => undefined });
  for (let at = 0; at < 14; at += 1) await clock.advanceWhileAsleep(write(`m${at}`));
  await again?.release();
  await clock.advance(1_000);
  clock.isSlow = true;
  // Nobody moves the clock on: a rest would not end.
  await engine.checkpoint();
  expect(await engine.stats()).toMatchObject({ generation: 2 });
  await engine.close();
});

test("a directory lock whose holder gets on is respected however long it takes, and 10 to 20 s after that no more", async () => {
  const { memory, clock, engine, writeUntil } = await withStuckHolder();
  const file = memory.process("stuck").open("/store/history/under-construction", "create-new");
  await writeUntil(5);
  for (let at = 0; at < 4; at += 1) {
    await clock.advance(9_000);
    file.write(Buffer.from("a line"), at * 6);
    await writeUntil(5.5 + at * 0.25);
    await settle();
  }
  expect(await engine.stats()).toMatchObject({ generation: 0 });
  // Nobody looked for an hour: what stood still meanwhile is not known.
  await clock.advance(3_600_000);
  await writeUntil(6.5);
  await settle();
  expect(await engine.stats()).toMatchObject({ generation: 0 });
  for (const times of [6.75, 7, 7.25]) {
    await clock.advance(7_000);
    await writeUntil(times);
    await settle();
  }
  expect(await engine.stats()).toMatchObject({ generation: 1 });
  await engine.close();
});

test("at sixteen times the threshold a commit waits 3 to 6 s for a holder that does not get on", async () => {
  const { clock, engine, writeUntil } = await withStuckHolder();
  await writeUntil(16);
  let isOver = false;
  const waiting = commit(engine, async (tx) => tx.put("late", { text: TEXT })).then(() => (isOver = true));
  await clock.advance(2_900);
  await settle();
  expect(isOver).toBe(false);
  await clock.advance(3_200);
  await settle();
  expect(isOver).toBe(true);
  await waiting;
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
  await clock.advanceWhileAsleep(all);
  // Once, for the three of them.
  expect(await engine.stats()).toMatchObject({ generation: 1 });
  expect(Number((await engine.stats())["logBytes"])).toBeLessThan(THRESHOLD);
  await engine.close();
});

test("who waited for a log that others shortened goes on with its transaction, though they committed meanwhile", async () => {
  const { memory, clock, engine, release, writeUntil } = await withStuckHolder();
  await writeUntil(16);
  const other = await openLocalEngine({
    dir: "/store",
    disk: memory.process("other"),
    clock,
    random: seededRandom(4),
    checkpointBytes: 1000 * THRESHOLD,
  });
  const waiting = commit(engine, async (tx) => tx.put("mine", { text: TEXT }));
  await settle();
  await commit(other, async (tx) => tx.put("theirs", { text: TEXT }));
  await clock.advance(40);
  await release();
  await other.checkpoint();
  // A conflict would fail it.
  await clock.advanceWhileAsleep(waiting);
  await engine.close();
  await other.close();
});

test("a commit that waits for a shorter log ends with its signal, and is done when the engine is closed meanwhile", async () => {
  const { clock, engine, writeUntil } = await withStuckHolder();
  await writeUntil(16);
  const abort = new AbortController();
  const request = { snapshotSeq: 0, reads: [], ranges: [], writes: [], author: "me", durability: "balanced" } as const;
  const write = { op: "put", id: "x", type: "item", version: 1, fields: {}, props: {} } as const;
  const aborted = engine.commit({ ...request, writes: [write], signal: abort.signal } as unknown as CommitRequest);
  const waiting = commit(engine, async (tx) => tx.put("late", { text: TEXT }));
  await settle();
  abort.abort(new Error("enough"));
  await expect(aborted).rejects.toThrow("enough");
  const closedAtMs = clock.monotonicMs();
  const closed = engine.close();
  await clock.advanceWhileAsleep(Promise.all([waiting, closed]));
  expect(clock.monotonicMs() - closedAtMs).toBeLessThan(100);
});

test("damage that takes long to be found is looked for once, not by every commit", async () => {
  const memory = new MemoryDisk();
  const clock = new TestClock();
  const engine = await openOn(memory, clock);
  await commit(engine, async (tx) => tx.put("a", { text: "as it was" }));
  await engine.checkpoint();
  await commit(engine, async (tx) => tx.put("a", { text: "as it is" }));
  damageHistory(memory, "as it was");
  let attempts = 0;
  memory.onCall = ({ call }) => {
    if (call !== "lockDirectory") return;
    attempts += 1;
    clock.pauseMs(3_000);
  };
  for (let at = 0; at < 100; at += 1) await commit(engine, async (tx) => tx.put(`n${at}`, { text: TEXT }));
  await settle();
  // Time passes by attempts alone: all commits behind the first fall into the half second in which none is made again.
  expect(attempts).toBe(1);
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
