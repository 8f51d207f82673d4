import { expect, test } from "vitest";
import type { CommitRequest } from "../engine.ts";
import type { StoredVersion } from "../entity.ts";
import type { Graph } from "../graph.ts";
import { edgeId } from "../index-keys.ts";
import { openGraph } from "../open-graph.ts";
import { MemoryEngine } from "../testing/memory-engine.ts";
import { MemoryStore } from "../testing/memory-store.ts";
import { openTwo } from "../testing/open-memory-graphs.ts";

type Weights = Readonly<Record<string, number>>;

/** A graph of edges written like "a>b a>c:5", of type TO with weight; "a=b" are of type IS. `sizes` are props of nodes. */
async function graphOf(edges: string, sizes: Weights = {}): Promise<Graph> {
  const graph = await openGraph({ engine: new MemoryEngine() });
  await fill(graph, edges, sizes);
  return graph;
}

async function fill(graph: Graph, edges: string, sizes: Weights = {}): Promise<void> {
  const parsed = edges.split(" ").map((edge) => /^(\w+)([>=])(\w+)(?::(-?\d+))?$/.exec(edge) ?? [edge]);
  await graph.transact(async (tx) => {
    const ids = new Set([...Object.keys(sizes), ...parsed.flatMap(([, from = "", , to = ""]) => [from, to])]);
    for (const id of ids) await tx.create("node", id in sizes ? { size: sizes[id] } : {}, { id });
    for (const [, from = "", kind, to = "", weight] of parsed) {
      await tx.link(
        from,
        kind === ">" ? "TO" : "IS",
        to,
        weight === undefined ? undefined : { weight: Number(weight) },
      );
    }
  });
}

test("[Q2] neighbours are given once each, by direction, edge type and id, and never the node itself", async () => {
  const graph = await graphOf("a>c a>b a=b a=a x>a y=a");
  expect(await graph.neighbours("a", { out: [] })).toEqual(["b", "c"]);
  expect(await graph.neighbours("a", { out: ["TO"] })).toEqual(["b", "c"]);
  expect(await graph.neighbours("a", { in: [] })).toEqual(["y", "x"]);
  expect(await graph.neighbours("a", { both: ["TO"] })).toEqual(["b", "c", "x"]);
  expect(await graph.neighbours("a", { both: [], limit: 2 })).toEqual(["b", "c"]);
  expect(await graph.neighbours("nobody", { both: [] })).toEqual([]);
  await expect(graph.neighbours("a", {})).rejects.toThrow(TypeError);
});

test("[Q2] reach and connection follow the directions and types named", async () => {
  const graph = await graphOf("a>b b>c c=d");
  expect(await graph.reachable("a", { out: [] })).toEqual(["b", "c", "d"]);
  expect(await graph.reachable("a", { out: [], maxDepth: 1 })).toEqual(["b"]);
  expect(await graph.reachable("d", { in: ["IS"] })).toEqual(["c"]);
  expect(await graph.connected("a", "d", { out: [] })).toBe(true);
  expect(await graph.connected("a", "d", { out: ["TO"] })).toBe(false);
  expect(await graph.connected("d", "a", { both: [] })).toBe(true);
  await expect(graph.connected("a", "d", {})).rejects.toThrow(TypeError);
});

test("edge types that are no list of names are refused, and none is not taken for all", async () => {
  const graph = await graphOf("a>b:1");
  const wrong: readonly unknown[] = ["TO", true, null, [undefined], [["TO"]]];
  for (const types of wrong) {
    await expect(graph.neighbours("a", { out: types as readonly string[] })).rejects.toThrow("as a list of names");
    await expect(graph.path("a", "b", { both: types as readonly string[] })).rejects.toThrow(TypeError);
  }
  const nothing: readonly string[] = [undefined as unknown as string];
  expect(() => graph.walk("a").out(...nothing)).toThrow(TypeError);
  expect(() => graph.asOf("3" as unknown as number)).toThrow(RangeError);
});

test("[Q2] depth first goes on before siblings are met, and misses nothing within the depth", async () => {
  const graph = await graphOf("a>b a>c b>d d>e c>e e>f");
  expect(await graph.walk("a").out().depthFirst().ids()).toEqual(["b", "d", "e", "f", "c"]);
  expect(await graph.walk("a").out().breadthFirst().ids()).toEqual(["b", "c", "d", "e", "f"]);
  // f is 3 edges away through c, but e is met first, as its third, through d.
  expect((await graph.walk("a").out().depthFirst().maxDepth(3).ids()).toSorted()).toEqual(["b", "c", "d", "e", "f"]);
});

test("[Q2] a walk tells how it met each node, and may be ended or kept from going on", async () => {
  const graph = await graphOf("a>b a=c b>d c>e d>f");
  expect(await graph.walk("a").out().limit(3).steps()).toEqual([
    { id: "c", depth: 1, via: { id: "a", type: "IS", direction: "out" } },
    { id: "b", depth: 1, via: { id: "a", type: "TO", direction: "out" } },
    { id: "e", depth: 2, via: { id: "c", type: "TO", direction: "out" } },
  ]);
  const met: string[] = [];
  const stopAt = async (walk: ReturnType<Graph["walk"]>): Promise<number> =>
    await walk.visit((node, { depth }) => {
      met.push(`${node.id}${depth}`);
      return node.id === "c" ? "skip" : node.id === "d" ? "stop" : undefined;
    });
  expect(await stopAt(graph.walk("a").out())).toBe(3);
  expect(met.splice(0)).toEqual(["c1", "b1", "d2"]);
  expect(await stopAt(graph.walk("a").out().depthFirst())).toBe(3);
  expect(met).toEqual(["c1", "b1", "d2"]);
  const ids: string[] = [];
  for await (const node of graph.walk("a").out()) ids.push(node.id);
  expect(ids).toEqual(["c", "b", "e", "d", "f"]);
});

test("[Q2] filters of edges and nodes keep a walk from what they refuse", async () => {
  const graph = await graphOf("a>b:1 b>c:9 a>c:9 c>d:1", { c: 5 });
  const light = graph
    .walk("a")
    .both()
    .filterEdges((edge) => Number(edge.props["weight"]) < 5);
  expect(await light.ids()).toEqual(["b"]);
  expect(
    await graph
      .walk("d")
      .both()
      .filterEdges((edge) => edge.from === "c")
      .ids(),
  ).toEqual(["c"]);
  expect(
    await graph
      .walk("a")
      .out()
      .filter((node) => node.props["size"] !== 5)
      .ids(),
  ).toEqual(["b"]);
  expect(await graph.path("a", "d", { filter: (node) => node.props["size"] !== 5 })).toBeUndefined();
  expect(await graph.path("a", "c", { filterEdges: (edge) => edge.from !== "a" || edge.to !== "c" })).toEqual([
    "a",
    "b",
    "c",
  ]);
});

test("a walk that visits sees one state, whatever its visitor and others commit meanwhile", async () => {
  const { one, two } = await openTwo();
  await fill(one, "a>b b>c c>d");
  expect(await one.walk("a").out().ids()).toEqual(["b", "c", "d"]);
  const met: string[] = [];
  await one
    .walk("a")
    .out()
    .visit(async (node) => {
      met.push(node.id);
      if (node.id !== "b") return;
      await two.transact(async (tx) => {
        await tx.unlink("b", "TO", "c");
        await tx.create("node", {}, { id: "new" });
        await tx.link("b", "TO", "new");
      });
      expect(await one.walk("a").out().ids()).toEqual(["b", "new"]);
    });
  expect(met).toEqual(["b", "c", "d"]);
});

test("[Q2] all simple paths come shortest first, none passes a node twice, and more than asked for is told", async () => {
  const graph = await graphOf("a>b b>d a>c c>d a>d b>c c>b d>a a=d");
  const all = ["a d", "a b d", "a c d", "a b c d", "a c b d"];
  const { paths, truncated } = await graph.paths("a", "d");
  expect(paths.map((path) => path.join(" "))).toEqual(all);
  expect(truncated).toBe(false);
  expect(await graph.paths("a", "d", { limit: 2 })).toEqual({
    paths: [
      ["a", "d"],
      ["a", "b", "d"],
    ],
    truncated: true,
  });
  expect((await graph.paths("a", "d", { limit: 5 })).truncated).toBe(false);
  expect((await graph.paths("a", "d", { maxDepth: 2 })).paths).toHaveLength(3);
  expect(await graph.paths("a", "a")).toEqual({ paths: [["a"]], truncated: false });
  expect(await graph.paths("d", "zzz")).toEqual({ paths: [], truncated: false });
  await expect(graph.paths("a", "d", { maxVisited: 3 })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
});

test("[Q2] a weighted path has the least sum of weights, not the fewest edges", async () => {
  const graph = await graphOf("a>b:1 b>c:1 c>d:1 a>d:9 a=d");
  expect(await graph.weightedPath("a", "d", { weight: "weight", out: ["TO"] })).toEqual({
    ids: ["a", "b", "c", "d"],
    weight: 3,
  });
  const byType = { weight: () => undefined, otherwise: 2 };
  expect(await graph.weightedPath("a", "d", byType)).toEqual({ ids: ["a", "d"], weight: 2 });
  expect(await graph.weightedPath("d", "a", { ...byType, in: [] })).toEqual({ ids: ["d", "a"], weight: 2 });
  expect(await graph.weightedPath("d", "a", byType)).toBeUndefined();
});

test("[Q2] a weight that is missing, negative or no number is refused and named", async () => {
  const graph = await graphOf("a>b:1 b>c a>d:-1");
  for (const to of ["c", "d"]) {
    await expect(graph.weightedPath("a", to, { weight: "weight" })).rejects.toMatchObject({ code: "INVALID_WEIGHT" });
  }
  const filterEdges = (edge: { readonly to: string }): boolean => edge.to !== "d";
  expect(await graph.weightedPath("a", "c", { weight: "weight", otherwise: 5, filterEdges })).toMatchObject({
    weight: 6,
  });
  await expect(graph.criticalPath({ first: "from", weight: "size" })).rejects.toMatchObject({ code: "INVALID_WEIGHT" });
});

test("[Q2] components are weak or strong, the largest first, and keep to their scope", async () => {
  const graph = await graphOf("a>b b>a c>a x=y", { lone: 1 });
  expect(await graph.components({ kind: "weak" })).toEqual([["a", "b", "c"], ["x", "y"], ["lone"]]);
  expect(await graph.components({ kind: "strong" })).toEqual([["a", "b"], ["c"], ["lone"], ["x"], ["y"]]);
  expect(await graph.components({ kind: "weak", edges: ["TO"], ids: ["x", "y", "c", "gone", "x"] })).toEqual([
    ["x"],
    ["y"],
    ["c"],
  ]);
  expect(await graph.components({ kind: "weak", types: ["node"], filter: (node) => node.id < "c" })).toEqual([
    ["a", "b"],
  ]);
});

test("[Q2] nodes are told from edges even when both have types of one name", async () => {
  const graph = await graphOf("a>b");
  await graph.transact(async (tx) => {
    await tx.create("TO", {}, { id: "strange" });
    await tx.create("node", {}, { id: "E-00000000000000000000000000" });
  });
  const parts = await graph.components({ kind: "weak" });
  expect(parts.flat().toSorted()).toEqual(["E-00000000000000000000000000", "a", "b", "strange"]);
});

test("[Q2] a topological order puts the end named first before the other, wave by wave", async () => {
  const graph = await graphOf("ship>test test>build docs>build build>plan", { lone: 1 });
  expect(await graph.waves({ first: "to" })).toEqual([["lone", "plan"], ["build"], ["docs", "test"], ["ship"]]);
  expect(await graph.topological({ first: "from", edges: ["TO"] })).toEqual([
    "docs",
    "lone",
    "ship",
    "test",
    "build",
    "plan",
  ]);
  expect(await graph.topological({ first: "from", edges: ["IS"], ids: ["test", "build"] })).toEqual(["test", "build"]);
});

test("[Q2] the critical path is the heaviest chain", async () => {
  const graph = await graphOf("ship>test test>build docs>build build>plan", {
    plan: 1,
    build: 5,
    test: 3,
    docs: 4,
    ship: 0,
  });
  const critical = await graph.criticalPath({ first: "to", weight: "size" });
  expect(critical).toEqual({ ids: ["plan", "build", "docs"], weight: 10 });
  const path = await graph.criticalPath({
    first: "to",
    weight: (node) => (node.id === "ship" ? 7 : undefined),
    otherwise: 1,
  });
  expect(path).toEqual({ ids: ["plan", "build", "test", "ship"], weight: 10 });
  expect(await graph.criticalPath({ first: "to", weight: "size", ids: [] })).toEqual({ ids: [], weight: 0 });
});

test("[Q2] an order of nodes that have a cycle is refused, and the cycle shown", async () => {
  const graph = await graphOf("p>a a>b b>c c>a c>q");
  await expect(graph.topological({ first: "from" })).rejects.toMatchObject({
    code: "CYCLE",
    message: expect.stringMatching(/a → b → c → a|b → c → a → b|c → a → b → c/),
  });
  await expect(graph.criticalPath({ first: "to", weight: () => 1 })).rejects.toMatchObject({ code: "CYCLE" });
  const self = await graphOf("a>a");
  await expect(self.waves({ first: "from" })).rejects.toMatchObject({ code: "CYCLE", context: { path: "a → a" } });
  await expect(self.topological({} as never)).rejects.toThrow(TypeError);
});

test("[Q2] cycles are given once each, from their first node, and more than asked for is told", async () => {
  const graph = await graphOf("a>b b>a b>c c>a c>c x=y y=x");
  const { cycles, truncated } = await graph.cycles();
  expect(cycles.map((cycle) => cycle.join(" "))).toEqual(["a b", "a b c", "c", "x y"]);
  expect(truncated).toBe(false);
  expect(await graph.cycles({ limit: 1, edges: ["TO"] })).toEqual({ cycles: [["a", "b"]], truncated: true });
  expect((await graph.cycles({ maxDepth: 2 })).cycles).toHaveLength(3);
  expect((await graph.cycles({ edges: ["IS"] })).cycles).toEqual([["x", "y"]]);
});

test("[Q5] every traversal keeps its bounds: visits, time, signal", async () => {
  const names = Array.from({ length: 12 }, (_, i) => `n${i}`);
  const graph = await graphOf(names.flatMap((a) => names.filter((b) => b !== a).map((b) => `${a}>${b}:1`)).join(" "));
  const aborted = AbortSignal.abort();
  const runs: ((bounds: object) => Promise<unknown>)[] = [
    (bounds) => graph.walk("n0").out().within(bounds).ids(),
    (bounds) =>
      graph
        .walk("n0")
        .out()
        .depthFirst()
        .within(bounds)
        .visit(() => undefined),
    (bounds) => graph.neighbours("n0", { out: [], ...bounds }),
    (bounds) => graph.reachable("n0", { out: [], ...bounds }),
    (bounds) =>
      graph.connected("n0", "n1", { in: ["IS", "TO"], filter: () => true, filterEdges: () => true, ...bounds }),
    (bounds) => graph.paths("n0", "n1", { maxDepth: 11, ...bounds }),
    (bounds) => graph.weightedPath("n0", "n1", { weight: "weight", ...bounds }),
    (bounds) => graph.components({ kind: "strong", ...bounds }),
    (bounds) => graph.waves({ first: "from", ...bounds }),
    (bounds) => graph.criticalPath({ first: "from", weight: () => 1, ...bounds }),
    (bounds) => graph.cycles({ limit: 1e9, ...bounds }),
  ];
  for (const run of runs) {
    await expect(run({ maxVisited: 1 })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    await expect(run({ signal: aborted })).rejects.toMatchObject({ code: "ABORTED" });
    await expect((async () => await run({ timeoutMs: -1 }))()).rejects.toThrow(RangeError);
  }
  // Twelve nodes have millions of cycles and paths: the search ends in time, and lets the signal be given.
  await expect(graph.cycles({ limit: 1e9, timeoutMs: 20 })).rejects.toMatchObject({ code: "TIMED_OUT" });
  await expect(graph.cycles({ limit: 1e9, signal: AbortSignal.timeout(20), timeoutMs: 10_000 })).rejects.toMatchObject({
    code: "ABORTED",
  });
  await expect(
    graph.paths("n0", "n1", { limit: 1e9, maxDepth: 11, maxVisited: Infinity, signal: AbortSignal.timeout(20) }),
  ).rejects.toMatchObject({ code: "ABORTED" });
});

test("a chain of 100,000 edges is walked, searched and ordered without recursion", async () => {
  const length = 100_000;
  const id = (i: number): string => `n${String(i).padStart(6, "0")}`;
  const graph = await openGraph({ engine: new MemoryEngine({ store: storeOfChain(length, id) }) });
  const [first, last] = [id(0), id(length)];
  expect(await graph.walk(first).out().ids()).toHaveLength(length);
  expect(await graph.walk(first).out().ids()).toHaveLength(length);
  expect(await graph.walk(first).out().depthFirst().ids()).toHaveLength(length);
  expect(await graph.path(first, last)).toHaveLength(length + 1);
  expect((await graph.waves({ first: "from" })).length).toBe(length + 1);
  await graph.transact((tx) => tx.link(last, "TO", first));
  expect((await graph.cycles()).cycles[0]).toHaveLength(length + 1);
}, 60_000);

test("inside a transaction traversals see its own writes and are reads: who is overtaken runs again", async () => {
  const { one, two, requests } = await openTwo();
  await fill(one, "a>b b>c");
  const seen: string[] = [];
  await one.transact(async (tx) => {
    await tx.link("c", "TO", "a");
    seen.push(`${await tx.connected("a", "c", { out: ["TO"] })} ${(await tx.cycles()).cycles.length}`);
    if (seen.length === 1) await two.transact((other) => other.unlink("a", "TO", "b"));
    await tx.update("c", { connected: seen.at(-1) });
  });
  expect(seen).toEqual(["true 1", "false 0"]);
  expect((await one.get("c"))?.props["connected"]).toBe("false 0");
  const { ranges } = requests.at(-1) as CommitRequest;
  expect(ranges.length).toBeGreaterThan(0);
});

/** As `load` would leave it, in one commit and without its checks: there are faster ways to make a chain. */
function storeOfChain(length: number, id: (i: number) => string): MemoryStore {
  const store = new MemoryStore();
  const time = "2026-01-01T00:00:00.000Z";
  const rest = { version: 1, seq: 1, createdAt: time, updatedAt: time, author: "a", deleted: false, props: {} };
  const versions: StoredVersion[] = [];
  for (let i = 0; i <= length; i += 1) versions.push({ id: id(i), type: "node", ...rest });
  for (let i = 0; i < length; i += 1) {
    const [from, to] = [id(i), id(i + 1)];
    versions.push({ id: edgeId(from, "TO", to), type: "TO", from, to, ...rest });
  }
  store.apply({ seq: 1, txid: "T", time, author: "a", changes: [] }, versions);
  return store;
}
