import fc from "fast-check";
import { expect, test } from "vitest";
import type { Graph } from "./graph.ts";
import { openGraph } from "./open-graph.ts";
import { MemoryEngine } from "./testing/memory-engine.ts";

/** A graph of edges written like "a>b a>c", all of type TO; "a=b" are of type IS. */
async function graphOf(edges: string): Promise<Graph> {
  const graph = await openGraph({ engine: new MemoryEngine() });
  const pairs = edges.split(" ").map((edge) => edge.split(/[>=]/) as [string, string]);
  await graph.transact(async (tx) => {
    for (const id of new Set(pairs.flat())) await tx.create("node", { name: id }, { id });
    for (const [i, [from, to]] of pairs.entries())
      await tx.link(from, edges.split(" ")[i]?.includes(">") ? "TO" : "IS", to);
  });
  return graph;
}

test("a walk gives each node once, nearest first, and never its start", async () => {
  const graph = await graphOf("a>b a>c b>d c>d d>a d>e");
  expect(await graph.walk("a").out().ids()).toEqual(["b", "c", "d", "e"]);
  expect(await graph.walk("d").in("TO").ids()).toEqual(["b", "c", "a"]);
  expect((await graph.walk("a").out().all()).map((node) => node.props["name"])).toEqual(["b", "c", "d", "e"]);
});

test("a walk follows the types and directions asked for, up to the depth", async () => {
  const graph = await graphOf("a>b b=c c>d x>b");
  expect(await graph.walk("a").out("TO").ids()).toEqual(["b"]);
  expect(await graph.walk("a").out("TO", "IS").ids()).toEqual(["b", "c", "d"]);
  expect(await graph.walk("a").out().maxDepth(2).ids()).toEqual(["b", "c"]);
  expect(await graph.walk("a").out().maxDepth(0).ids()).toEqual([]);
  expect(await graph.walk("a").both("TO").ids()).toEqual(["b", "x"]);
  expect(await graph.walk("c").in("IS").out("TO").ids()).toEqual(["b", "d"]);
});

test("a filter leaves nodes out and does not walk through them", async () => {
  const graph = await graphOf("a>b b>c a>d d>c c>e");
  const ids = await graph
    .walk("a")
    .out()
    .filter((node) => node.id !== "b")
    .filter((node) => node.id !== "e")
    .ids();
  expect(ids).toEqual(["d", "c"]);
});

test("a walk without direction, or past its bound, is refused", async () => {
  const graph = await graphOf("a>b a>c a>d");
  await expect(graph.walk("a").ids()).rejects.toThrow(TypeError);
  await expect(graph.walk("a").out().maxVisited(2).ids()).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  await expect(graph.path("a", "d", { maxVisited: 1 })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  expect(await graph.walk("a").out().maxVisited(3).ids()).toHaveLength(3);
  expect(() => graph.walk("a").maxDepth(-1)).toThrow(RangeError);
});

test("walks and paths from nowhere lead nowhere", async () => {
  const graph = await graphOf("a>b");
  expect(await graph.walk("zzz").out().ids()).toEqual([]);
  expect(await graph.path("zzz", "b")).toBeUndefined();
  expect(await graph.path("a", "zzz")).toBeUndefined();
});

test("a path is a shortest one, both ends included, along the edges asked for", async () => {
  const graph = await graphOf("a>b b>c c>d a=d");
  expect(await graph.path("a", "d")).toEqual(["a", "d"]);
  expect(await graph.path("a", "d", { out: ["TO"] })).toEqual(["a", "b", "c", "d"]);
  expect(await graph.path("a", "d", { out: ["TO"], maxDepth: 2 })).toBeUndefined();
  expect(await graph.path("d", "a")).toBeUndefined();
  expect(await graph.path("d", "a", { in: ["IS"] })).toEqual(["d", "a"]);
  expect(await graph.path("c", "a", { both: ["IS"] })).toBeUndefined();
  expect(await graph.path("c", "a", { both: ["TO"] })).toEqual(["c", "b", "a"]);
  expect(await graph.path("a", "a")).toEqual(["a"]);
});

test("a chain of 5,000 nodes is walked without recursion", async () => {
  const graph = await openGraph({ engine: new MemoryEngine() });
  const id = (i: number) => `n${i}`;
  const items = Array.from({ length: 5_000 }, (_, i) => ({ id: id(i), type: "node", props: {} }));
  const edges = items.slice(1).map((_, i) => ({ from: id(i), type: "TO", to: id(i + 1) }));
  await graph.load([...items, ...edges]);
  expect((await graph.walk("n0").out().ids()).length).toBe(4_999);
  expect((await graph.path("n0", "n4999"))?.length).toBe(5_000);
});

test("distances and reach are those of a naive search, on random graphs", async () => {
  const pairs = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { minLength: 1, maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(pairs, async (edges) => {
      const graph = await graphOf(edges.map(([a, b]) => `n${a}>n${b}`).join(" "));
      const distance = naiveDistances(edges);
      for (let from = 0; from < 8; from++) {
        const reached = [...distance.keys()].filter((key) => key.startsWith(`${from} `) && key !== `${from} ${from}`);
        expect([...(await graph.walk(`n${from}`).out().ids())].sort()).toEqual(
          reached.map((key) => `n${key.split(" ")[1]}`).sort(),
        );
        for (let to = 0; to < 8; to++) {
          const path = await graph.path(`n${from}`, `n${to}`);
          const exists = edges.flat().includes(from);
          expect(path === undefined ? undefined : path.length - 1).toBe(
            exists ? distance.get(`${from} ${to}`) : undefined,
          );
        }
      }
    }),
    { numRuns: 25 },
  );
});

/** Floyd and Warshall; keys are "from to". */
function naiveDistances(edges: readonly (readonly [number, number])[]): ReadonlyMap<string, number> {
  const distance = new Map<string, number>();
  for (let i = 0; i < 8; i++) distance.set(`${i} ${i}`, 0);
  for (const [a, b] of edges) if (a !== b) distance.set(`${a} ${b}`, 1);
  for (let k = 0; k < 8; k++) {
    for (let i = 0; i < 8; i++) {
      for (let j = 0; j < 8; j++) {
        const through = (distance.get(`${i} ${k}`) ?? Infinity) + (distance.get(`${k} ${j}`) ?? Infinity);
        if (through < (distance.get(`${i} ${j}`) ?? Infinity)) distance.set(`${i} ${j}`, through);
      }
    }
  }
  return distance;
}
