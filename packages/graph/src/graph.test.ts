import { expect, test } from "vitest";
import type { Graph } from "./graph.ts";
import type { EdgesOptions } from "./graph-reads.ts";
import { openGraph } from "./open-graph.ts";
import { MemoryEngine } from "./testing/memory-engine.ts";
import { MemoryStore } from "./testing/memory-store.ts";

test("what a transaction creates, links and updates is there after the commit", async () => {
  const graph = await openGraph({ engine: new MemoryEngine(), author: "ada" });
  const { value, seq } = await graph.transact(async (tx) => {
    const a = await tx.create("task", { title: "a" });
    const b = await tx.create("task", { title: "b" }, { id: "b" });
    await tx.link(a.id, "DEPENDS_ON", "b", { weight: 1 });
    await tx.update("b", { done: true });
    expect((await tx.get("b"))?.props).toEqual({ title: "b", done: true });
    expect(await tx.query("task").ids()).toEqual([a.id, b.id].sort());
    return a.id;
  });
  expect(seq).toBe(1);
  expect(await graph.get(value)).toMatchObject({ id: value, type: "task", version: 1, seq: 1, author: "ada" });
  expect(await graph.get("b")).toMatchObject({ version: 1, props: { title: "b", done: true } });
  expect(await graph.walk(value).out("DEPENDS_ON").ids()).toEqual(["b"]);
  expect(await graph.path(value, "b")).toEqual([value, "b"]);
  expect(await graph.edges({ to: "b" })).toMatchObject([
    { from: value, type: "DEPENDS_ON", to: "b", props: { weight: 1 } },
  ]);
});

async function openThree(): Promise<Graph> {
  const graph = await openGraph({ engine: new MemoryEngine() });
  for (let n = 1; n <= 3; n++) {
    await graph.transact(async (tx) => {
      if (n === 1) await tx.create("item", { n }, { id: "a" });
      else await tx.update("a", { n });
    });
  }
  return graph;
}

test("asOf reads any moment: by seq, by time, through queries and walks", async () => {
  const graph = await openThree();
  expect(await graph.asOf(0).get("a")).toBeUndefined();
  for (let seq = 1; seq <= 3; seq++) expect((await graph.asOf(seq).get("a"))?.props).toEqual({ n: seq });
  const past = graph.asOf(2);
  expect(await past.query("item").where("n", "=", 2).ids()).toEqual(["a"]);
  expect(await past.history("a")).toHaveLength(2);
  expect((await past.getMany(["a", "b"])).map((entity) => entity?.version)).toEqual([2, undefined]);
  past.release();
  expect((await graph.asOf(new Date("2999-01-01")).get("a"))?.version).toBe(3);
  expect(await graph.asOf(new Date(0)).get("a")).toBeUndefined();
  await expect(graph.asOf(4).get("a")).rejects.toThrow(RangeError);
  expect(() => graph.asOf(-1)).toThrow(RangeError);
  expect(() => graph.asOf(new Date("never"))).toThrow(RangeError);
});

test("asOf a time stays at the commit it found, though later ones bear the same time", async () => {
  const clock = {
    nowMs: () => 1_000,
    monotonicMs: () => 0,
    bootId: () => "boot",
    sleepMs: async () => {},
    pauseMs: () => {},
  };
  const graph = await openGraph({ engine: new MemoryEngine({ clock }) });
  await graph.transact((tx) => tx.create("item", {}, { id: "a" }));
  const then = graph.asOf(new Date(1_000));
  expect(await then.query("item").count()).toBe(1);
  await graph.transact((tx) => tx.create("item", {}, { id: "b" }));
  expect(await then.query("item").count()).toBe(1);
  expect(await graph.asOf(new Date(1_000)).query("item").count()).toBe(2);
});

test("a function that reads sees one state, whatever is committed meanwhile, and nothing once it has ended", async () => {
  const store = new MemoryStore();
  const graph = await openGraph({ engine: new MemoryEngine({ store }) });
  const other = await openGraph({ engine: new MemoryEngine({ store }) });
  await other.load(["a", "b"].map((id) => ({ id, type: "item", props: { n: 1 } })));
  let kept: { get: (id: string) => Promise<unknown> } | undefined;
  const seen = await graph.read(async (view) => {
    kept = view;
    const first = await view.get("a");
    await other.transact(async (tx) => {
      await tx.update("a", { n: 2 });
      await tx.update("b", { n: 2 });
    });
    await graph.get("a");
    const rows = await view.query("item").all();
    return [view.seq, first, await view.get("a"), ...rows].map((each) =>
      typeof each === "object" ? each.props["n"] : each,
    );
  });
  expect(seen).toEqual([1, 1, 1, 1, 1]);
  expect((await graph.get("b"))?.props["n"]).toBe(2);
  await expect(kept?.get("a")).rejects.toThrow(TypeError);
  await expect(graph.read(() => Promise.reject(new RangeError("no")))).rejects.toThrow(RangeError);
  // Whoever throws before there is a promise leaves no view behind that is held by nobody.
  const failed = graph.read((view) => {
    kept = view;
    throw new RangeError("no");
  });
  await expect(failed).rejects.toThrow(RangeError);
  await expect(kept?.get("a")).rejects.toThrow(TypeError);
});

test("a snapshot stays as it is until it is released", async () => {
  const graph = await openThree();
  const snapshot = await graph.snapshot();
  await graph.transact((tx) => tx.delete("a"));
  expect(snapshot.seq).toBe(3);
  expect((await snapshot.get("a"))?.version).toBe(3);
  expect(await graph.get("a")).toBeUndefined();
  snapshot.release();
  snapshot.release();
  await expect(snapshot.get("a")).rejects.toThrow(TypeError);
});

test("history gives every version, the deletion too; commits tell who changed what", async () => {
  const graph = await openThree();
  await graph.transact((tx) => tx.delete("a"), { author: "bob", session: "s" });
  const history = await graph.history("a");
  expect(history.map(({ version, deleted, seq }) => [version, deleted, seq])).toEqual([
    [1, false, 1],
    [2, false, 2],
    [3, false, 3],
    [4, true, 4],
  ]);
  expect(await graph.commits({ after: 3 })).toMatchObject([
    { seq: 4, author: "bob", session: "s", changes: [{ op: "delete", id: "a", version: 4 }] },
  ]);
  expect((await graph.commits({ reverse: true, limit: 2 })).map(({ seq }) => seq)).toEqual([4, 3]);
});

test("load writes many items per commit, edges after their ends, and tells how far it is", async () => {
  const graph = await openGraph({ engine: new MemoryEngine() });
  async function* items() {
    for (let i = 0; i < 1_500; i++) yield { id: `n${i}`, type: "item", props: { i } };
    for (let i = 1; i < 1_500; i++) yield { from: "n0", type: "TO", to: `n${i}` };
  }
  const progress: number[] = [];
  const report = await graph.load(items(), { onProgress: ({ nodes, edges }) => progress.push(nodes + edges) });
  expect(report).toEqual({ nodes: 1_500, edges: 1_499, commits: 3, seq: 3 });
  expect(progress).toEqual([1_000, 2_000, 2_999]);
  expect((await graph.edges({ from: "n0" })).length).toBe(1_499);
  expect(await graph.load([])).toEqual({ nodes: 0, edges: 0, commits: 0, seq: undefined });
  await expect(graph.load([{ id: "n0", type: "item", props: {} }])).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
  const text = "x".repeat(300_000);
  const large = Array.from({ length: 4 }, () => ({ type: "item", props: { text } }));
  expect((await graph.load(large)).commits).toBeGreaterThan(1);
});

test("a load refuses what contains itself, however often, as create does", async () => {
  const graph = await openGraph({ engine: new MemoryEngine() });
  const props: Record<string, unknown> = {};
  props["here"] = props;
  props["there"] = [props, props];
  await expect(graph.load([{ type: "item", props }])).rejects.toMatchObject({ code: "INVALID_VALUE" });
  await expect(graph.transact((tx) => tx.create("item", props))).rejects.toMatchObject({ code: "INVALID_VALUE" });
});

test("a closed graph says so, closing twice is harmless, misuse is refused without touching the store", async () => {
  const graph = await openThree();
  await expect(graph.get("../a")).rejects.toMatchObject({ code: "INVALID_ID" });
  await expect(graph.getMany(["a", ""])).rejects.toMatchObject({ code: "INVALID_ID" });
  await expect(graph.edges({})).rejects.toThrow(TypeError);
  await graph.close();
  await graph[Symbol.asyncDispose]();
  const closed = { code: "GRAPH_CLOSED" };
  await expect(graph.get("a")).rejects.toMatchObject(closed);
  await expect(graph.query("item").all()).rejects.toMatchObject(closed);
  await expect(graph.transact(() => 1)).rejects.toMatchObject(closed);
  await expect(graph.check()).rejects.toMatchObject(closed);
  await expect(openGraph({})).rejects.toThrow(TypeError);
});

test("edges are listed by their ends and types", async () => {
  const graph = await openGraph({ engine: new MemoryEngine() });
  await graph.transact(async (tx) => {
    for (const id of ["a", "b", "c"]) await tx.create("item", {}, { id });
    await tx.link("a", "TO", "b");
    await tx.link("a", "TO", "c");
    await tx.link("a", "NEAR", "b");
  });
  const list = async (options: EdgesOptions) =>
    (await graph.edges(options)).map(({ from, type, to }) => `${from} ${type} ${to}`);
  expect(await list({ from: "a" })).toEqual(["a NEAR b", "a TO b", "a TO c"]);
  expect(await list({ from: "a", type: "TO" })).toEqual(["a TO b", "a TO c"]);
  expect(await list({ to: "b" })).toEqual(["a NEAR b", "a TO b"]);
  expect(await list({ from: "a", to: "b" })).toEqual(["a NEAR b", "a TO b"]);
  expect(await list({ from: "a", type: "TO", to: "c" })).toEqual(["a TO c"]);
  expect(await list({ from: "b", type: "TO", to: "c" })).toEqual([]);
});
