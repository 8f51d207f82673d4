import { expect, test } from "vitest";
import type { Entity } from "../entity.ts";
import type { Graph } from "../graph.ts";
import { openGraph } from "../open-graph.ts";
import { MemoryEngine } from "../testing/memory-engine.ts";
import { anySchema } from "../testing/any-schema.ts";
import { defineType } from "../type-definition.ts";

const item = defineType("item", { fields: anySchema, indexes: [["kind"]] });

/** `edges`: "a-TO->b" with spaces between them. */
async function openEdges(edges: string, options: { readonly kinds?: Readonly<Record<string, string>> } = {}) {
  const graph = await openGraph({ engine: new MemoryEngine(), types: [item] });
  const parsed = edges
    .split(" ")
    .map((text) => /^(\w+)-(\w+)->(\w+)$/.exec(text)?.slice(1) as [string, string, string]);
  const ids = new Set([...parsed.flatMap(([from, , to]) => [from, to]), ...Object.keys(options.kinds ?? {})]);
  await graph.transact(async (tx) => {
    for (const id of ids) await tx.create("item", { kind: options.kinds?.[id] ?? "plain" }, { id });
    for (const [i, [from, type, to]] of parsed.entries()) await tx.link(from, type, to, { i });
  });
  return graph as Graph;
}

/** Rows as "a b c", sorted: the ids of what the names stand for. */
function texts(rows: readonly object[]): readonly string[] {
  return rows
    .map((row) =>
      Object.values(row as Readonly<Record<string, Entity | readonly Entity[] | undefined>>)
        .map((bound) => (bound === undefined ? "-" : "length" in bound ? bound.length : bound.id))
        .join(" "),
    )
    .sort();
}

test("[Q3] a chain is matched in the direction that each step says, with conditions on nodes and edges", async () => {
  const graph = await openEdges("a-TO->b b-TO->c c-TO->d a-OTHER->c", { kinds: { c: "goal" } });
  const chain = graph.match("x").out("TO", { to: "y" }).out("TO", { to: "z" });
  expect(texts(await chain.all())).toEqual(["a b c", "b c d"]);
  expect(texts(await chain.where("z", "kind", "=", "goal").all())).toEqual(["a b c"]);
  expect(texts(await graph.match("x").in("TO", { to: "y" }).all())).toEqual(["b a", "c b", "d c"]);
  expect(
    texts(await graph.match("x", "item", { field: "id", op: "=", value: "b" }).both("TO", { to: "y" }).all()),
  ).toEqual(["b a", "b c"]);
  const late = graph.match("x").out([], { to: "y", edge: "e", edgeWhere: (on) => on.is("i", ">=", 2) });
  expect((await late.all()).map(({ x, e, y }) => [x.id, e.type, y.id]).sort()).toEqual([
    ["a", "OTHER", "c"],
    ["c", "TO", "d"],
  ]);
});

test("[Q3] by default an edge is in one step of a match, a node may have two names; both are a choice", async () => {
  const graph = await openEdges("a-TO->b c-TO->b");
  const pair = graph.match("x").out("TO", { to: "y" }).in("TO", { to: "z" });
  expect(texts(await pair.all())).toEqual(["a b c", "c b a"]);
  expect(texts(await pair.injective("none").all())).toEqual(["a b a", "a b c", "c b a", "c b c"]);
  const back = await openEdges("a-TO->b b-TO->a");
  const there = back.match("x").out("TO", { to: "y" }).out("TO", { to: "z" });
  expect(texts(await there.all())).toEqual(["a b a", "b a b"]);
  expect(texts(await there.injective("nodes").all())).toEqual([]);
});

test("[Q3] a name used again closes a cycle", async () => {
  const graph = await openEdges("a-TO->b b-TO->c c-TO->a c-TO->d");
  const triangle = graph.match("x").out("TO", { to: "y" }).out("TO", { to: "z" }).out("TO", { to: "x" });
  expect(texts(await triangle.all())).toEqual(["a b c", "b c a", "c a b"]);
});

test("[Q3] a path has a length and a policy for cycles: no edge twice, no node twice, or anything up to a length", async () => {
  const graph = await openEdges("a-TO->b b-TO->a b-TO->c");
  const from = (cycles: "trail" | "simple" | "walk", max?: number) =>
    graph
      .match("x", "item", { field: "id", op: "=", value: "a" })
      .out("TO", { to: "y", edge: "p", path: { cycles, ...(max === undefined ? {} : { max }) } });
  expect(texts(await from("trail").all())).toEqual(["a a 2", "a b 1", "a c 2"]);
  expect(texts(await from("simple").all())).toEqual(["a b 1", "a c 2"]);
  expect(texts(await from("walk", 4).all())).toEqual(["a a 2", "a a 4", "a b 1", "a b 3", "a c 2", "a c 4"]);
  expect(() => from("walk")).toThrow(TypeError);
  const none = graph.match("x").out("TO", { to: "y", path: { min: 0, max: 0 } });
  expect(texts(await none.all())).toEqual(["a a", "b b", "c c"]);
});

test("[Q3] an optional part gives its rows, or one row without its names", async () => {
  const graph = await openEdges("a-TO->b a-TO->c b-NEXT->d");
  const rows = graph
    .match("x", "item", { field: "id", op: "=", value: "a" })
    .out("TO", { to: "y" })
    .optional((part) => part.out("NEXT", { to: "z" }));
  expect(texts(await rows.all())).toEqual(["a b d", "a c -"]);
  const [first] = await rows.orderBy("z.id").all();
  expect(first?.z).toBeUndefined();
});

test("[Q3] a path that is 12,000 edges long is followed without recursion", async () => {
  const graph = await openGraph({ engine: new MemoryEngine() });
  const length = 12_000;
  await graph.load(
    (function* items() {
      for (let i = 0; i <= length; i++) yield { id: `n${i}`, type: "item", props: {} };
      for (let i = 0; i < length; i++) yield { from: `n${i}`, type: "TO", to: `n${i + 1}`, props: {} };
    })(),
  );
  const end = graph
    .match("x", "item", { field: "id", op: "=", value: "n0" })
    .out("TO", { to: "y", path: { min: length } });
  expect((await end.all()).map(({ y }) => y.id)).toEqual([`n${length}`]);
});

test("[Q3] the pattern begins with the node that an index finds", async () => {
  const graph = await openEdges("a-TO->b b-TO->c c-TO->d", { kinds: { d: "goal" } });
  const pattern = graph.match("x", "item").out("TO", { to: "y", type: "item" }).where("y", "kind", "=", "goal");
  expect(await pattern.explain()).toMatchObject({ start: "y", steps: ["y <- x"], rows: 1 });
  expect(texts(await pattern.all())).toEqual(["c d"]);
  const path = graph
    .match("x", "item")
    .out("TO", { to: "y", type: "item", edge: "p", path: {} })
    .where("y", "kind", "=", "goal");
  const [longest] = await path.orderBy("x.id").all();
  expect(longest?.p.map(({ from, to }) => from + to)).toEqual(["ab", "bc", "cd"]);
});

test("[Q3] matches are counted, grouped, sorted, taken one by one, and there are any or none", async () => {
  const graph = await openEdges("a-TO->b a-TO->c b-TO->c", { kinds: { c: "goal" } });
  const pattern = graph.match("x", "item").out("TO", { to: "y", type: "item" });
  expect(await pattern.count()).toBe(3);
  expect(await pattern.exists()).toBe(true);
  expect(await pattern.where("x", "id", "=", "c").exists()).toBe(false);
  expect(
    await pattern
      .groupBy("y.id")
      .aggregate((of) => ({ n: of.count(), from: of.min("x.id") }))
      .all(),
  ).toEqual([
    { "y.id": "b", n: 1, from: "a" },
    { "y.id": "c", n: 2, from: "a" },
  ]);
  expect((await pattern.orderBy("y.kind").orderBy("x.id", "desc").all()).map(({ x, y }) => x.id + y.id)).toEqual([
    "bc",
    "ac",
    "ab",
  ]);
  expect(await pattern.orderBy("x.id", "desc").first()).toMatchObject({ x: { id: "b" } });
  const last = await pattern.orderBy("x.id").orderBy("y.id").offset(1).limit(1).all();
  expect(last).toMatchObject([{ x: { id: "a" }, y: { id: "c" } }]);
  const seen: string[] = [];
  for await (const { x } of pattern.limit(2)) seen.push(x.id);
  expect(seen.length).toBe(2);
});

test("[Q3] a pattern that makes no sense is refused", async () => {
  const graph = await openEdges("a-TO->b");
  const pattern = graph.match("x").out("TO", { to: "y", edge: "e" });
  expect(() => pattern.orderBy("z.id" as "x.id")).toThrow(TypeError);
  expect(() => pattern.groupBy("x.id", "z.id" as "x.id")).toThrow(TypeError);
  expect(await pattern.orderBy("e.id").groupBy("e.from").all()).toEqual([{ "e.from": "a" }]);
  expect(() => graph.match("x.y")).toThrow(TypeError);
  expect(() => pattern.out("TO", { to: "e" })).toThrow(/names an edge/);
  expect(() => pattern.out("TO", { to: "z", edge: "x" })).toThrow(/taken/);
  expect(() => pattern.out("TO", { to: "z", path: { min: 3, max: 2 } })).toThrow(/3 to 2/);
  expect(() => pattern.from("q" as "x")).toThrow(/no node is named q/);
  expect(() => pattern.optional((part) => part)).toThrow(/must add steps/);
  expect(() => pattern.optional((part) => part.where("x", "id", "=", "a").out("TO", { to: "z" }))).toThrow(/outside/);
  const missing = pattern.optional((part) => part.out("TO", { to: "z" })).from("z");
  await expect(missing.out("TO", { to: "w" }).all()).rejects.toThrow(/may be missing/);
  await expect(graph.match("x", "nothing").all()).rejects.toMatchObject({ code: "UNKNOWN_TYPE" });
});
