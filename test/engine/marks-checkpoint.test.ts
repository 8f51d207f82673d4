/** Checkpoints that race, stall and are read across (ENGINE K1 to K4). */
import { expect, test } from "vitest";
import { put, STORE, World } from "./engine-world.ts";

const files = (world: World, part: string): readonly string[] => world.shell.list(`${STORE}/${part}`);

test("ENGINE K1: a checkpointer that wakes after another has published writes to no file that a manifest names, and removes only its own", async () => {
  const world = new World();
  const [a, b] = [await world.graph("a"), await world.graph("b")];
  await put(a, "x", "1");
  let during: readonly string[] = [];
  let published: ReadonlyMap<string, Uint8Array> = new Map();
  let isFirst = true;
  world.memory.onAsyncSync = async ({ process, path }) => {
    if (process !== "a" || !path.includes("/history/") || !isFirst) return;
    isFirst = false;
    during = files(world, "history");
    world.memory.stealDirectoryLock(`${STORE}/history.lock`);
    await put(b, "x", "2");
    await b.checkpoint();
    published = new Map([...world.memory.files()].filter(([name]) => /\/(history|index)\//u.test(name)));
  };
  await a.checkpoint();
  world.memory.onAsyncSync = undefined;
  expect(during).toHaveLength(1);
  const [stalled = ""] = during;
  expect(files(world, "history")).not.toContain(stalled);
  const after = world.memory.files();
  for (const [name, bytes] of published) if (!name.endsWith(stalled)) expect(after.get(name)).toEqual(bytes);
  expect((await a.history("x")).map(({ props }) => props["text"])).toEqual(["1", "2"]);
  expect((await a.check()).problems).toEqual([]);
  await Promise.all([a.close(), b.close()]);
});

test("ENGINE K2: the collector of one process leaves the files that another is constructing", async () => {
  const world = new World();
  const [a, b] = [await world.graph("a"), await world.graph("b")];
  await put(a, "x", "1");
  await a.checkpoint();
  await put(a, "x", "2");
  const survived: boolean[] = [];
  world.memory.onAsyncSync = async ({ process, path }) => {
    if (process !== "a" || !path.includes("/history/") || survived.length > 0) return;
    world.memory.stealDirectoryLock(`${STORE}/history.lock`);
    await put(b, "y", "1");
    await b.checkpoint();
    survived.push(world.shell.stat(path) !== undefined);
  };
  await a.checkpoint();
  world.memory.onAsyncSync = undefined;
  expect(survived).toEqual([true]);
  expect((await b.check()).problems).toEqual([]);
  await Promise.all([a.close(), b.close()]);
});

test("ENGINE K2: a file under construction that somebody removed is noticed before the manifest that names it is published", async () => {
  const world = new World();
  const a = await world.graph("a");
  await put(a, "x", "1");
  world.memory.onAsyncSync = async ({ path }) => {
    if (path.includes("/history/")) world.shell.unlink(path);
  };
  await a.checkpoint();
  world.memory.onAsyncSync = undefined;
  expect(files(world, "history")).toEqual([]);
  expect((await a.check()).problems).toEqual([]);
  await a.checkpoint();
  expect(files(world, "history")).toHaveLength(1);
  expect((await a.get("x"))?.props["text"]).toBe("1");
  await a.close();
});

test("ENGINE K3: what the new manifest names is durable before the pointer is renamed, and the pointer before anything is removed", async () => {
  const world = new World();
  const a = await world.graph("a");
  for (const text of ["1", "2", "3"]) await put(a, "x", text);
  const seen: string[] = [];
  let beforeRename: World | undefined;
  let beforeUnlink: World | undefined;
  world.memory.onOperation = ({ call, path }) => {
    if (call === "rename" && path.includes("MANIFEST.json")) {
      seen.push("publish");
      beforeRename = new World(world.memory.crash());
    }
    if (call === "unlink" && path.endsWith(".jsonl")) {
      seen.push("remove");
      beforeUnlink ??= new World(world.memory.crash());
    }
  };
  await a.checkpoint();
  world.memory.onOperation = undefined;
  expect(seen).toEqual(["publish", "remove"]);
  const named = world.memory.files();
  for (const [name] of named)
    if (/\/(history|index|manifest)\//u.test(name) && !name.includes("00000000-"))
      expect(beforeRename?.memory.files().get(name)).toEqual(named.get(name));
  const after = await (beforeUnlink ?? world).graph("b", { create: false });
  expect(await after.stats()).toMatchObject({ engine: { generation: 1, checkpointSeq: 3 } });
  expect((await after.history("x")).map(({ props }) => props["text"])).toEqual(["1", "2", "3"]);
  await Promise.all([a.close(), after.close()]);
});

test("ENGINE K4: a snapshot held over ten checkpoints of another process gives the same answers, and its files are collected afterwards", async () => {
  const world = new World();
  const [a, b] = [await world.graph("a", { cacheBytesMax: 0 }), await world.graph("b")];
  for (const id of ["x", "y"]) await put(b, id, "0");
  await b.checkpoint();
  await a.get("x");
  const snapshot = await a.snapshot();
  for (let round = 1; round <= 10; round += 1) {
    for (const id of ["x", "y"]) await put(b, id, String(round));
    await put(b, `new-${round}`, String(round));
    await b.checkpoint();
    expect((await snapshot.getMany(["x", "y", `new-${round}`])).map((entity) => entity?.props["text"])).toEqual([
      "0",
      "0",
      undefined,
    ]);
    expect(await snapshot.query("thing").ids()).toEqual(["x", "y"]);
    expect(await snapshot.history("x")).toHaveLength(1);
  }
  expect(files(world, "manifest").length).toBeGreaterThan(1);
  snapshot.release();
  await a.get("x");
  await a.close();
  await put(b, "x", "last");
  await b.checkpoint();
  expect(files(world, "manifest")).toHaveLength(1);
  expect((await b.check()).problems).toEqual([]);
  await b.close();
});

test("ENGINE K4: a reader that had opened no file yet finds its way when all of its generation's files are gone", async () => {
  const world = new World();
  const b = await world.graph("b");
  await put(b, "x", "1");
  await b.checkpoint();
  const reader = await world.graph("reader", { readOnly: true });
  for (let round = 2; round <= 12; round += 1) {
    await put(b, "x", String(round));
    await b.checkpoint();
  }
  expect((await reader.get("x"))?.props["text"]).toBe("12");
  expect(await reader.query("thing").count()).toBe(1);
  expect(await reader.history("x")).toHaveLength(12);
  await Promise.all([reader.close(), b.close()]);
});

test("ENGINE K4: whoever reads the new pointer, even before its publisher gave up the kernel lock, can hold that generation", async () => {
  const world = new World();
  const a = await world.graph("a");
  await put(a, "x", "1");
  let isPublished = false;
  let isHeld: boolean | undefined;
  world.memory.onCall = ({ process, call, path }) => {
    if (process !== "a") return;
    isPublished ||= call === "rename" && path.includes("MANIFEST");
    if (!isPublished || isHeld !== undefined || call !== "unlock" || !path.endsWith("/wal/lock")) return;
    const pointer = world.shell.open(`${STORE}/MANIFEST.json`, "read");
    const bytes = Buffer.alloc(1000);
    const text = bytes.toString("utf8", 0, pointer.read(bytes, 0, bytes.length, 0));
    const { file } = JSON.parse(text) as { readonly file: string };
    const manifest = world.shell.open(`${STORE}/manifest/${file}`, "read");
    isHeld = manifest.tryLock("shared");
    for (const open of [pointer, manifest]) open.close();
  };
  await a.checkpoint();
  world.memory.onCall = undefined;
  expect(isHeld).toBe(true);
  await a.close();
});
