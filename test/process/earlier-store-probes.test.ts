/** The probes on which the first store failed (research/got-original.md, section 8.1): here with the right outcome. */
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openKnot } from "@knotwork/domain";
import { type Graph, openGraph } from "@knotwork/graph";
import { expect, test } from "vitest";
import { startChild } from "./child-processes.ts";
import { runWriter } from "./entry-writer.ts";
import { useScratchDir } from "./scratch-dir.ts";

const scratch = useScratchDir();

test("[W20] a write based on what another process has changed meanwhile is run again: nothing is lost", async () => {
  const [ours, theirs] = await openTwice();
  await put(ours, "task", { n: 1 });
  let attempts = 0;
  await ours.transact(async (tx) => {
    attempts += 1;
    const seen = Number((await tx.get("task"))?.props["n"]);
    if (attempts === 1) await put(theirs, "task", { n: 100 });
    await tx.update("task", { n: seen + 1 });
  });
  expect({ attempts, n: (await theirs.get("task"))?.props["n"] }).toEqual({ attempts: 2, n: 101 });
  await closeAll(ours, theirs);
});

test("[W20] a transaction reads the same twice, whatever others commit between", async () => {
  const [ours, theirs] = await openTwice();
  await put(ours, "task", { title: "orig" });
  const { value } = await ours.transact(async (tx) => {
    const first = (await tx.get("task"))?.props["title"];
    await put(theirs, "task", { title: "changed" });
    return [first, (await tx.get("task"))?.props["title"]];
  });
  expect(value).toEqual(["orig", "orig"]);
  await closeAll(ours, theirs);
});

test("[W20] of two transactions that read both and write one each, the second runs again", async () => {
  const [ours, theirs] = await openTwice();
  await put(ours, "a", { on: true });
  await put(ours, "b", { on: true });
  // At least one must stay on: each turns its own off only while the other is on.
  const turnOff = async (graph: Graph, own: string, other: string, meanwhile: () => Promise<void>): Promise<void> => {
    await graph.transact(async (tx) => {
      const both = [await tx.get(own), await tx.get(other)];
      await meanwhile();
      if (both.every((one) => one?.props["on"] === true)) await tx.update(own, { on: false });
    });
  };
  let met = false;
  await turnOff(ours, "a", "b", async () => {
    if (met) return;
    met = true;
    await turnOff(theirs, "b", "a", async () => {});
  });
  expect([(await ours.get("a"))?.props["on"], (await ours.get("b"))?.props["on"]]).toEqual([true, false]);
  await closeAll(ours, theirs);
});

test("[W20] a second handle opened during a transaction does not end it", async () => {
  const [ours, theirs] = await openTwice();
  await ours.transact(async (tx) => {
    await tx.create("task", { title: "made" }, { id: "task" });
    const third = await openGraph({ dir: storeDir() });
    expect(await third.get("task")).toBeUndefined();
    await third.close();
  });
  expect(await theirs.get("task")).toMatchObject({ version: 1, props: { title: "made" } });
  expect(await theirs.commits()).toHaveLength(1);
  await closeAll(ours, theirs);
});

test("[W20] while another process holds the lock, and its note is blanked, nobody else gets it, and reads do not wait", async () => {
  const [ours, theirs] = await openTwice({ lockTimeoutMs: 300 });
  await put(ours, "task", { title: "there" });
  const lockPath = join(storeDir(), "wal/lock");
  const holder = startChild<{ readonly wasStillOurs: boolean }>("hold-lock.mjs", { lockPath });
  await holder.ready;
  writeFileSync(join(storeDir(), "wal/holder"), "");
  truncateSync(lockPath);
  await expect(put(theirs, "task", { title: "stolen" })).rejects.toMatchObject({ code: "LOCK_TIMEOUT" });
  expect(await theirs.get("task")).toMatchObject({ props: { title: "there" } });
  holder.start();
  expect(await holder.answer).toEqual({ wasStillOurs: true });
  await put(theirs, "task", { title: "later" });
  await closeAll(ours, theirs);
});

test("[W20] behind a torn last line of the log the next commits are all readable", async () => {
  const [ours, theirs] = await openTwice();
  await put(ours, "before", { n: 0 });
  await closeAll(ours, theirs);
  const [segment = ""] = readdirSync(join(storeDir(), "wal")).filter((name) => name.endsWith(".jsonl"));
  writeFileSync(join(storeDir(), "wal", segment), '{"crc":"12345678","head":  2', { flag: "a" });
  const report = await runWriter({ storeDir: storeDir(), writer: "w", count: 4, durability: "balanced" });
  expect(report.acknowledged).toHaveLength(4);
  const graph = await openGraph({ dir: storeDir() });
  expect(await graph.query("entry").count()).toBe(4);
  expect(await graph.get("before")).toBeDefined();
  expect((await graph.check()).problems).toEqual([]);
  await graph.close();
});

test("[W20] indexes know what another process added, also after they were deleted", async () => {
  const [ours, theirs] = await openTwice();
  await put(ours, "one", { n: 1 });
  await put(theirs, "two", { n: 2 });
  await ours.transact(async (tx) => void (await tx.link("one", "CONTAINS", "two")));
  await ours.checkpoint();
  const expectBoth = async (graph: Graph): Promise<void> => {
    expect([...(await graph.query("thing").ids())].sort()).toEqual(["one", "two"]);
    expect(await graph.walk("one").out("CONTAINS").ids()).toEqual(["two"]);
    expect(await graph.walk("two").in("CONTAINS").ids()).toEqual(["one"]);
  };
  await expectBoth(theirs);
  await closeAll(ours, theirs);
  for (const name of readdirSync(join(storeDir(), "index"))) truncateSync(join(storeDir(), "index", name), 10);
  const graph = await openGraph({ dir: storeDir() });
  await expectBoth(graph);
  await graph.close();
});

test("[W20] one entity of a type that nobody declared, or with an odd status, breaks no list", async () => {
  const knot = await openKnot({ dir: storeDir(), create: true, as: "agent" });
  const task = await knot.tasks.create({ title: "a task" });
  const graph = await openGraph({ dir: storeDir() });
  await graph.transact(async (tx) => {
    await tx.create("unheard-of", { status: "deferred", nothing: null }, { id: "odd" });
    await tx.link(task.id, "SIMILAR", "odd");
  });
  await graph.close();
  expect((await knot.tasks.list({})).items.map(({ id }) => id)).toEqual([task.id]);
  expect((await knot.edges.list({ of: task.id })).map(({ type }) => type)).toEqual(["SIMILAR"]);
  await knot.close();
});

test("[W20] a text changed on disk is never given out: every way to read it says that it is damaged", async () => {
  const [ours, theirs] = await openTwice();
  await put(ours, "kept", { title: "kept" });
  await put(ours, "edited", { title: "original" });
  await ours.checkpoint();
  await closeAll(ours, theirs);
  const [run = ""] = readdirSync(join(storeDir(), "history"));
  const path = join(storeDir(), "history", run);
  const text = readFileSync(path, "utf8").replace("original", "ORIGINAL");
  writeFileSync(path, text);
  const sizes = readdirSync(storeDir(), { recursive: true }).length;
  const graph = await openGraph({ dir: storeDir() });
  await expect(graph.get("edited")).rejects.toMatchObject({ code: "VERSION_DAMAGED" });
  await expect(graph.query("thing").all()).rejects.toMatchObject({ code: "VERSION_DAMAGED" });
  expect(await graph.get("kept")).toMatchObject({ props: { title: "kept" } });
  expect((await graph.check()).ok).toBe(false);
  await graph.close();
  // Opening deletes nothing, least of all what it cannot read.
  expect(readFileSync(path, "utf8")).toBe(text);
  expect(readdirSync(storeDir(), { recursive: true }).length).toBe(sizes);
});

test("[W20] conflict markers in the log are damage: reported, kept, nothing deleted", async () => {
  const [ours, theirs] = await openTwice();
  for (const id of ["a", "b", "c"]) await put(ours, id, { title: id });
  await closeAll(ours, theirs);
  const [segment = ""] = readdirSync(join(storeDir(), "wal")).filter((name) => name.endsWith(".jsonl"));
  const path = join(storeDir(), "wal", segment);
  const lines = readFileSync(path, "utf8").split("\n");
  const conflicted = [
    ...lines.slice(0, 2),
    "<<<<<<< HEAD",
    lines[2],
    "=======",
    lines[2],
    ">>>>>>> other",
    ...lines.slice(3),
  ].join("\n");
  writeFileSync(path, conflicted);
  const graph = await openGraph({ dir: storeDir() });
  await expect(put(graph, "d", { title: "d" })).rejects.toMatchObject({
    code: expect.stringMatching(/DAMAGED/u) as string,
  });
  expect((await graph.check()).ok).toBe(false);
  await graph.close();
  expect(readFileSync(path, "utf8")).toBe(conflicted);
});

test("[W20] an id that is a path is refused, and nothing is written outside the store", async () => {
  const [ours, theirs] = await openTwice();
  for (const id of ["../../x", "..", "/etc/x", "a/b", ""]) {
    await expect(put(ours, id, {})).rejects.toMatchObject({ code: "INVALID_ID" });
  }
  expect(await ours.head()).toBe(0);
  await closeAll(ours, theirs);
});

test("[W20] 50 updates of one entity of 900 bytes and 50 reads: the log grows by what was written, reads write nothing, a checkpoint empties it", async () => {
  const [ours, theirs] = await openTwice();
  const walBytes = (): number =>
    readdirSync(join(storeDir(), "wal"))
      .filter((name) => name.endsWith(".jsonl"))
      .reduce((sum, name) => sum + statSync(join(storeDir(), "wal", name)).size, 0);
  for (let n = 0; n < 50; n += 1) await put(ours, "task", { n, text: "x".repeat(880) });
  const written = walBytes();
  expect(written).toBeLessThan(50 * 1250);
  for (let n = 0; n < 50; n += 1) await theirs.get("task");
  expect(walBytes()).toBe(written);
  await ours.checkpoint();
  await closeAll(ours, theirs);
  expect(walBytes()).toBeLessThan(1000);
  const graph = await openGraph({ dir: storeDir() });
  expect(await graph.history("task")).toHaveLength(50);
  await graph.close();
});

function storeDir(): string {
  return join(scratch.path, "store");
}

/** Two handles behave as two processes do. */
async function openTwice(options: { readonly lockTimeoutMs?: number } = {}): Promise<readonly [Graph, Graph]> {
  const ours = await openGraph({ dir: storeDir(), create: true, ...options });
  return [ours, await openGraph({ dir: storeDir(), ...options })];
}

async function put(graph: Graph, id: string, props: Record<string, boolean | number | string>): Promise<void> {
  await graph.transact(async (tx) => {
    if ((await tx.get(id)) === undefined) await tx.create("thing", props, { id });
    else await tx.update(id, props);
  });
}

async function closeAll(...graphs: readonly Graph[]): Promise<void> {
  for (const graph of graphs) {
    expect((await graph.check()).problems).toEqual([]);
    await graph.close();
  }
}
