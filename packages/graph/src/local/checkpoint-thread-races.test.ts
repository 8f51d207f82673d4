/** What meets a build in the thread: other builds, other processes, and what it cannot have. */
import { expect, test } from "vitest";
import { commit } from "../testing/conformance/subject.ts";
import { idle, put, TEXT, useThreadWorlds } from "../testing/thread-world.ts";

const newWorld = useThreadWorlds();

test("of two purges at once, with a log that neither has moved, both are done", async () => {
  const world = newWorld();
  const { engine, thread } = await world.openWithThread();
  await put(engine, "a", "b");
  await idle(engine);
  for (const id of ["a", "b"]) await commit(engine, async (tx) => tx.remove(id));
  const reports = await Promise.all(["a", "b"].map(async (id) => engine.files?.purge(id, {})));
  expect(reports).toMatchObject([
    { id: "a", versionsPurged: 1 },
    { id: "b", versionsPurged: 1 },
  ]);
  expect(thread.said.filter((kind) => kind === "built").length).toBeGreaterThan(1);
});

test("a thread hears that another process was first, and leaves no file", async () => {
  const world = newWorld();
  const { engine, thread } = await world.openWithThread();
  await commit(engine, async (tx) => tx.put("long", { text: TEXT.repeat(20) }));
  let published: readonly string[] = [];
  thread.beforeHearing = async ({ kind }) => {
    if (kind !== "created" || published.length > 0) return;
    const other = await world.openOther();
    world.memory.stealDirectoryLock("/store/history.lock");
    const before = world.runFiles();
    await other.checkpoint();
    await other.close();
    published = world.runFiles().filter((path) => !before.includes(path));
    world.clock.pauseMs(300);
    await engine.head();
    await world.clock.advance(100);
  };
  await idle(engine);
  expect(thread.said.at(-1)).toBe("lost");
  expect(world.runFiles()).toEqual(published);
  expect(await engine.stats()).toMatchObject({ generation: 1, lastCheckpointError: null, lastThreadError: null });
});

test("a thread hears that the directory lock was lost, and nothing is published", async () => {
  const world = newWorld();
  const { engine, thread } = await world.openWithThread();
  await commit(engine, async (tx) => tx.put("long", { text: TEXT.repeat(20) }));
  thread.beforeHearing = async ({ kind }) => {
    if (kind !== "created") return;
    world.memory.stealDirectoryLock("/store/history.lock");
    await world.clock.advance(100);
  };
  await idle(engine);
  expect(thread.said.at(-1)).toBe("lost");
  expect(world.runFiles()).toEqual([]);
  expect(await engine.stats()).toMatchObject({ generation: 0, lastCheckpointError: null, lastThreadError: null });
});

test("a thread that does not answer though its work is lost is given up", async () => {
  const world = newWorld();
  const { engine, thread } = await world.openWithThread();
  await put(engine, "a", "b");
  thread.beforeHearing = async ({ kind }) => {
    if (kind !== "build") return;
    const other = await world.openOther();
    world.memory.stealDirectoryLock("/store/history.lock");
    await other.checkpoint();
    await other.close();
    world.clock.pauseMs(300);
    await engine.head();
    await new Promise(() => undefined);
  };
  await world.clock.advanceWhileAsleep(idle(engine));
  expect(thread.isTerminated).toBe(true);
  expect(await engine.stats()).toMatchObject({ generation: 1, lastThreadError: "The thread does not answer" });
  await put(engine, "c", "d");
  await idle(engine);
  expect(await engine.stats()).toMatchObject({ generation: 2 });
});

test("a file that cannot be made fails the build in the thread, and the thread answers; the next is built here, the one behind it there", async () => {
  const world = newWorld();
  const { engine, thread } = await world.openWithThread();
  await put(engine, "a", "b");
  let failures = 0;
  world.memory.onOperation = ({ process, call, path }) => {
    if (process !== "writer" || call !== "create" || !path.includes("/index/") || failures > 0) return;
    failures += 1;
    throw new Error("too many open files");
  };
  await idle(engine);
  world.memory.onOperation = undefined;
  expect(failures).toBe(1);
  expect(thread.told).toEqual(["build", "created", "not created"]);
  expect(await engine.stats()).toMatchObject({ generation: 1, lastThreadError: expect.stringContaining("too many") });
  for (const [builds, ids] of [
    [1, ["c", "d"]],
    [2, ["e", "f"]],
  ] as const) {
    await put(engine, ...ids);
    await idle(engine);
    expect(thread.told.filter((kind) => kind === "build")).toHaveLength(builds);
  }
  expect(await engine.stats()).toMatchObject({ generation: 3, lastThreadError: null });
});

test("a thread that ended when it had nothing to do is begun again", async () => {
  const world = newWorld();
  const threads = [world.thread("one"), world.thread("two")];
  const engine = await world.open("writer", async () => threads.shift() as ReturnType<typeof world.thread>);
  const [first] = threads;
  await put(engine, "a", "b");
  await idle(engine);
  first?.emit("exit", 0);
  await put(engine, "c", "d");
  await idle(engine);
  expect(threads).toHaveLength(0);
  expect(await engine.stats()).toMatchObject({ generation: 2, lastThreadError: null });
});

test("a thread that ends just as it is asked costs one build, not the thread", async () => {
  const world = newWorld();
  const threads = [world.thread("one"), world.thread("two")];
  const [first, second] = threads;
  const engine = await world.open("writer", async () => threads.shift() as ReturnType<typeof world.thread>);
  if (first !== undefined)
    first.beforeHearing = async () => {
      first.emit("exit", 0);
      await new Promise(() => undefined);
    };
  for (const ids of [
    ["a", "b"],
    ["c", "d"],
    ["e", "f"],
  ]) {
    await put(engine, ...ids);
    await idle(engine);
  }
  expect(second?.said.at(-1)).toBe("built");
  expect(await engine.stats()).toMatchObject({ generation: 3, lastThreadError: null });
});

test("a process whose thread has died takes turns with the others, as one that never had any", async () => {
  const world = newWorld();
  const broken = await world.open("broken", async () => {
    throw new Error("no threads");
  });
  const other = await world.openOther();
  await put(other, "a", "b");
  await commit(broken, async (tx) => tx.put("c", {}));
  await idle(broken);
  await put(other, "d", "e");
  await commit(broken, async (tx) => tx.put("f", {}));
  await idle(broken);
  const { generation } = await broken.stats();
  await put(other, "g", "h");
  await commit(broken, async (tx) => tx.put("i", {}));
  await idle(broken);
  expect(await broken.stats()).toMatchObject({ generation });
  world.clock.pauseMs(1000);
  await commit(broken, async (tx) => tx.put("j", {}));
  await idle(broken);
  expect(await broken.stats()).toMatchObject({ generation: Number(generation) + 1 });
  await other.close();
});
