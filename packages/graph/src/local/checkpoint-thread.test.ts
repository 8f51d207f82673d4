/** A thread builds what a checkpoint publishes; whatever goes wrong there, nothing is lost and the work is done. */
import { expect, test } from "vitest";
import type { Engine } from "../engine.ts";
import { commit } from "../testing/conformance/subject.ts";
import { idle, put, TEXT, useThreadWorlds } from "../testing/thread-world.ts";

const newWorld = useThreadWorlds();

test("a checkpoint is built in the thread, and commits are made meanwhile", async () => {
  const world = newWorld();
  const { engine, thread } = await world.openWithThread();
  await put(engine, "a", "b");
  let whileItBuilt = 0;
  thread.beforeAnswer = async () => {
    expect(thread.isReferenced).toBe(true);
    await put(engine, "c", "a");
    whileItBuilt = await engine.head();
  };
  await idle(engine);
  expect(whileItBuilt).toBe(4);
  expect(await engine.stats()).toMatchObject({ seq: 4, generation: 1, checkpointSeq: 2, lastThreadError: null });
  expect(thread).toMatchObject({ said: ["create", "create", "built"], isReferenced: false });
  await put(engine, "d");
  thread.beforeAnswer = () => undefined;
  await engine.checkpoint();
  expect(await engine.stats()).toMatchObject({ generation: 2, checkpointSeq: 5 });
  const snapshot = await engine.pin();
  expect(snapshot.get("a")).toMatchObject({ version: 2, seq: 4 });
  snapshot.release();
});

test("closing waits for the thread, and ends it", async () => {
  const world = newWorld();
  const { engine, thread } = await world.openWithThread();
  await put(engine, "a", "b", "c", "d", "e", "f");
  await world.close(engine);
  expect(thread.said.at(-1)).toBe("built");
  expect(thread.isTerminated).toBe(true);
  const again = await world.open("reader", async () => thread);
  expect((await again.stats())["checkpointSeq"]).toBeGreaterThan(0);
});

test("a thread that cannot be begun is not asked again; the checkpoint is built here, and stats say why", async () => {
  const world = newWorld();
  let attempts = 0;
  const engine = await world.open("writer", async () => {
    attempts += 1;
    throw new Error("no more threads");
  });
  for (const ids of [
    ["a", "b"],
    ["c", "d"],
  ]) {
    await put(engine, ...ids);
    await idle(engine);
  }
  expect(attempts).toBe(1);
  expect(await engine.stats()).toMatchObject({
    generation: 2,
    lastCheckpointError: null,
    lastThreadError: "Error: no more threads",
  });
});

test("a thread that ends before it has answered costs time alone", async () => {
  const world = newWorld();
  const { engine, thread } = await world.openWithThread();
  await put(engine, "a", "b");
  thread.beforeAnswer = async () => {
    thread.emit("error", new Error("out of memory"));
    thread.emit("exit", 1);
    await new Promise(() => undefined);
  };
  await idle(engine);
  await put(engine, "c", "d");
  await idle(engine);
  expect(thread.told.filter((kind) => kind === "build")).toHaveLength(1);
  expect(await engine.stats()).toMatchObject({ generation: 2, lastThreadError: "Error: out of memory" });
});

test("what the thread could not build leaves no file of its own, and is built here", async () => {
  const world = newWorld();
  const { engine, thread } = await world.openWithThread();
  await put(engine, "a", "b");
  let filesAtMost = 0;
  world.memory.onOperation = ({ process, call, path }) => {
    if (process === "writer") filesAtMost = Math.max(filesAtMost, world.runFiles().length);
    if (process === "thread" && call === "syncData" && path.includes("/index/")) throw new Error("a bad sector");
  };
  await idle(engine);
  world.memory.onOperation = undefined;
  // On a full disk there would be no room for both.
  expect(filesAtMost).toBe(2);
  expect(thread.said.at(-1)).toBe("failed");
  expect(await engine.stats()).toMatchObject({
    generation: 1,
    lastCheckpointError: null,
    lastThreadError: "Error: a bad sector",
  });
  expect(world.runFiles()).toHaveLength(2);
});

test("[W9] ENGINE K2: no collector takes what the thread has built before it is published", async () => {
  const world = newWorld();
  const { engine, thread } = await world.openWithThread();
  await put(engine, "a", "b");
  let built: readonly string[] = [];
  thread.beforeAnswer = async () => {
    built = world.runFiles();
    const other = await world.openOther();
    world.memory.stealDirectoryLock("/store/history.lock");
    await other.checkpoint();
    expect(world.runFiles()).toEqual(expect.arrayContaining([...built]));
    expect(world.runFiles().length).toBe(2 * built.length);
    await other.close();
  };
  await idle(engine);
  expect(built).toHaveLength(2);
  // The other published first: what was built here is gone, and what the other built is there.
  expect(world.runFiles()).toHaveLength(2);
  for (const path of built) expect(world.runFiles()).not.toContain(path);
  await put(engine, "c");
  world.clock.pauseMs(1000);
  expect(await engine.stats()).toMatchObject({ generation: 1, lastCheckpointError: null, lastThreadError: null });
});

test("ENGINE K2: what somebody removed behind the thread is not published", async () => {
  const world = newWorld();
  const { engine, thread } = await world.openWithThread();
  await put(engine, "a", "b");
  thread.beforeAnswer = () => {
    const [path = ""] = world.runFiles();
    world.memory.process("vandal").unlink(path);
  };
  await idle(engine);
  expect(await engine.stats()).toMatchObject({ generation: 0, seq: 2 });
  thread.beforeAnswer = () => undefined;
  await engine.checkpoint();
  expect(await engine.stats()).toMatchObject({ generation: 1, checkpointSeq: 2 });
  expect(world.runFiles()).toHaveLength(2);
});

test("who has a warm thread checkpoints, and the others begin none", async () => {
  const world = newWorld();
  const begun: string[] = [];
  const engines = await Promise.all(
    ["warm", "cold"].map(async (name) =>
      world.open(name, async () => {
        begun.push(name);
        return world.thread(name);
      }),
    ),
  );
  const [warm, cold] = engines as [Engine, Engine];
  await put(warm, "first", "second");
  await idle(warm);
  expect(begun).toEqual(["warm"]);
  for (let round = 1; round <= 3; round += 1) {
    world.clock.pauseMs(2000);
    // The log is too long then, but not by a quarter.
    await put(cold, "a");
    await commit(cold, async (tx) => tx.put("b", { text: TEXT.slice(0, 1000) }));
    await idle(cold);
    expect(cold.stats()).toMatchObject({ generation: round });
    await commit(warm, async (tx) => tx.put("c", {}));
    await idle(warm);
    expect(warm.stats()).toMatchObject({ generation: round + 1 });
  }
  expect(begun).toEqual(["warm"]);
  world.clock.pauseMs(2000);
  await put(cold, "a", "b");
  await idle(cold);
  expect(begun).toEqual(["warm", "cold"]);
});

test("commits owe the thread of their own process the time to catch up with a log four times too long", async () => {
  const world = newWorld();
  const { engine, thread } = await world.openWithThread();
  await put(engine, "first", "second");
  await idle(engine);
  let wake = (): void => undefined;
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  thread.beforeAnswer = () => woken;
  const startMs = world.clock.monotonicMs();
  // Up to four times the threshold nothing is owed, from there on a millisecond a commit, from eight times on four.
  await put(engine, ...Array.from({ length: 10 }, (_, at) => `n${at}`));
  expect(world.clock.monotonicMs()).toBe(startMs);
  const more = put(engine, ...Array.from({ length: 8 }, (_, at) => `m${at}`));
  let isPaused = true;
  void more.then(() => (isPaused = false));
  for (let turn = 1; turn <= 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(isPaused).toBe(true);
  await world.clock.advance(32);
  await more;
  wake();
});
