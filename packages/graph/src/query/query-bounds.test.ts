import type { Clock } from "@knotwork/disk";
import { machineClock } from "@knotwork/disk";
import { expect, test } from "vitest";
import type { Graph } from "../graph.ts";
import type { GraphError } from "../graph-error.ts";
import { openGraph } from "../open-graph.ts";
import type { QueryBounds } from "../query-bounds.ts";
import { MemoryEngine } from "../testing/memory-engine.ts";
import { openTwo } from "../testing/open-memory-graphs.ts";

/** Goes on by 1 ms whenever it is looked at. */
function tickingClock(): Clock {
  let ms = 0;
  return { ...machineClock(), nowMs: () => 1, monotonicMs: () => ms++ };
}

/** Every node leads to every other one: the number of paths is beyond counting. */
async function openDense(nodes: number, clock: Clock = machineClock()): Promise<Graph> {
  const graph = await openGraph({ engine: new MemoryEngine(), clock });
  await graph.transact(async (tx) => {
    for (let i = 0; i < nodes; i++) await tx.create("item", { i }, { id: `n${i}` });
    for (let i = 0; i < nodes; i++) for (let j = 0; j < nodes; j++) if (i !== j) await tx.link(`n${i}`, "TO", `n${j}`);
  });
  return graph;
}

/** Everything that reads, in need of more than any bound given to it. */
const readers: Readonly<Record<string, (graph: Graph, bounds: QueryBounds) => Promise<unknown>>> = {
  all: (graph, bounds) => graph.query("item").where("i", ">=", 0).within(bounds).all(),
  ids: (graph, bounds) => graph.query("item").within(bounds).ids(),
  count: (graph, bounds) => graph.query("item").where("i", ">", 1000).within(bounds).count(),
  alternatives: (graph, bounds) =>
    graph
      .query("item")
      .where((on) => on.any(on.is("i", ">", 1000), on.is("i", "<", 0)))
      .within(bounds)
      .all(),
  explain: (graph, bounds) => graph.query("item").orderBy("i").within(bounds).explain(),
  iterate: async (graph, bounds) => {
    for await (const _ of graph.query("item").where("i", ">=", 0).within(bounds)) continue;
  },
  group: (graph, bounds) => graph.query("item").within(bounds).groupBy("i").count(),
  sum: (graph, bounds) => graph.query("item").within(bounds).sum("i"),
  pattern: (graph, bounds) => graph.match("a").out("TO", { to: "b" }).within(bounds).all(),
  path: (graph, bounds) => graph.match("a").out("TO", { to: "b", path: {} }).within(bounds).count(),
  "pattern one by one": async (graph, bounds) => {
    for await (const _ of graph.match("a").out("TO", { to: "b", path: {} }).within(bounds)) continue;
  },
  "pattern in groups": (graph, bounds) =>
    graph.match("a").out("TO", { to: "b" }).within(bounds).groupBy("a.id").count(),
};

test("[Q5] maxVisited ends every read with LIMIT_EXCEEDED", async () => {
  const graph = await openDense(20);
  for (const [name, read] of Object.entries(readers)) {
    await expect(read(graph, { maxVisited: 7 }), name).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
      context: { maxVisited: 7 },
    });
  }
});

test("[Q5] timeoutMs ends every read with TIMED_OUT", async () => {
  for (const [name, read] of Object.entries(readers)) {
    const graph = await openDense(10, tickingClock());
    await expect(read(graph, { timeoutMs: 0 }), name).rejects.toMatchObject({
      code: "TIMED_OUT",
      retryable: true,
      context: { timeoutMs: 0 },
    });
  }
});

test("[Q5] a signal ends every read with ABORTED, with its reason as the cause", async () => {
  const graph = await openDense(10);
  const signal = AbortSignal.abort(new Error("enough"));
  for (const [name, read] of Object.entries(readers)) {
    await expect(read(graph, { signal }), name).rejects.toMatchObject({
      code: "ABORTED",
      cause: { message: "enough" },
    });
  }
});

test("[Q5] a read that answers from memory alone still lets the signal be given", async () => {
  const graph = await openDense(14);
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);
  const endless = graph.match("a").out("TO", { to: "b", path: {} });
  await expect(endless.within({ signal: controller.signal, maxVisited: Infinity }).count()).rejects.toMatchObject({
    code: "ABORTED",
  });
});

test("[Q5] a signal that was given before ends a read that finds nothing, too", async () => {
  const graph = await openDense(2);
  const bounds = { signal: AbortSignal.abort() };
  const reads: readonly (() => Promise<unknown>)[] = [
    () => graph.query("none").within(bounds).ids(),
    () => graph.query("item").limit(0).within(bounds).all(),
    () => graph.match("a").limit(0).within(bounds).all(),
    () => graph.match("a").limit(0).within(bounds).count(),
    () => graph.path("n0", "n0", bounds),
    () => graph.path("n7", "n8", bounds),
    () => graph.components({ kind: "weak", ids: [], ...bounds }),
  ];
  for (const [i, read] of reads.entries()) await expect(read(), `${i}`).rejects.toMatchObject({ code: "ABORTED" });
});

test("[Q5] reads that look at much and find nothing, and slow filters, let the signal be given in time", async () => {
  const graph = await openDense(40);
  const slow = (): boolean => {
    for (const end = performance.now() + 2; performance.now() < end;) continue;
    return true;
  };
  const never = { where: { field: "none", op: "=", value: 1 } } as const;
  const runs: Readonly<Record<string, (bounds: QueryBounds) => Promise<unknown>>> = {
    "a path to nothing": (bounds) =>
      graph
        .match("a")
        .out("TO", { to: "b", path: {}, ...never })
        .within({ ...bounds, maxVisited: 3_000_000 })
        .count(),
    "a filter of rows": (bounds) => graph.query("TO").filter(slow).within(bounds).ids(),
    "a filter of a walk": (bounds) =>
      graph
        .walk("n0")
        .out()
        .filter(slow)
        .filter(slow)
        .within(bounds)
        .visit(slow as () => void),
    "a filter of a path": (bounds) => graph.path("n0", "n50", { filter: slow, filterEdges: slow, ...bounds }),
    "a filter of all nodes": (bounds) => graph.components({ kind: "weak", filter: slow, ...bounds }),
    "a filter of nodes of a type": (bounds) => graph.waves({ first: "to", types: ["item"], filter: slow, ...bounds }),
    "weights by a function": (bounds) =>
      graph.criticalPath({ first: "to", edges: ["NONE"], weight: () => Number(slow()), ...bounds }),
  };
  for (const [name, run] of Object.entries(runs)) {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    await expect(run({ signal: AbortSignal.timeout(20) }), name).rejects.toMatchObject({ code: "ABORTED" });
    clearInterval(timer);
    expect(turns, name).toBeGreaterThan(0);
  }
});

test("[Q5] paths without a longest length on a dense graph of 200 nodes stop within 1.1 times maxVisited", async () => {
  const graph = await openGraph({ engine: new MemoryEngine() });
  const nodes = 200;
  await graph.transact(async (tx) => {
    for (let i = 0; i < nodes; i++) await tx.create("item", {}, { id: `n${i}` });
    for (let i = 0; i < nodes; i++) for (let j = 1; j <= 20; j++) await tx.link(`n${i}`, "TO", `n${(i + j) % nodes}`);
  });
  const paths = graph.match("a").out("TO", { to: "b", path: { cycles: "trail" } });
  const error: unknown = await paths
    .within({ maxVisited: 20_000 })
    .count()
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "LIMIT_EXCEEDED", context: { maxVisited: 20_000 } });
  expect((error as GraphError).context["visited"]).toBeLessThanOrEqual(1.1 * 20_000);
});

test("[Q5] limit leaves out what is more, and that is no error", async () => {
  const graph = await openDense(10);
  expect((await graph.query("item").within({ limit: 3 }).all()).length).toBe(3);
  expect((await graph.match("a").out("TO", { to: "b" }).within({ limit: 3 }).all()).length).toBe(3);
  expect(await graph.query("item").groupBy("i").limit(3).all()).toHaveLength(3);
  expect(() => graph.query("item").within({ limit: -1 })).toThrow(RangeError);
  await expect(graph.query("item").within({ timeoutMs: Number.NaN }).all()).rejects.toThrow(RangeError);
});

test("[Q4] queries, groups and patterns see one state of the store, and any earlier one", async () => {
  const graph = await openDense(3);
  await graph.transact((tx) => tx.delete("n0"));
  const answers = async (reads: Pick<Graph, "query" | "match">): Promise<readonly unknown[]> => [
    await reads.query("item").count(),
    await reads.query("item").sum("i"),
    await reads.match("a").out("TO", { to: "b" }).count(),
  ];
  expect(await answers(graph)).toEqual([2, 3, 2]);
  expect(await answers(graph.asOf(1))).toEqual([3, 3, 6]);
  expect(await answers(graph.asOf(new Date()))).toEqual([2, 3, 2]);
  const snapshot = await graph.snapshot();
  await graph.transact((tx) => tx.delete("n1"));
  expect(await answers(snapshot)).toEqual([2, 3, 2]);
  snapshot.release();
  const pattern = graph.match("a").out("TO", { to: "b" });
  for await (const { a } of graph.asOf(1).match("a").out("TO", { to: "b" })) expect(a.seq).toBe(1);
  expect(await pattern.count()).toBe(0);
});

test("[Q4] inside a transaction alternatives, groups and patterns are recorded reads: what would answer otherwise conflicts", async () => {
  type Read = (reads: Pick<Graph, "query" | "match">) => Promise<unknown>;
  type Write = (graph: Graph) => Promise<unknown>;
  const link: Write = (graph) => graph.transact((tx) => tx.link("b", "TO", "c"));
  const create: Write = (graph) => graph.transact((tx) => tx.create("item", { i: 5 }));
  const update: Write = (graph) => graph.transact((tx) => tx.update("c", { i: 9 }));
  const cases: readonly (readonly [string, Read, Write])[] = [
    [
      "alternatives",
      (reads) =>
        reads
          .query("item")
          .where((on) => on.any(on.is("i", "=", 5), on.is("id", "=", "z")))
          .count(),
      create,
    ],
    ["groups", (reads) => reads.query("item").groupBy("i").all(), create],
    ["a sum", (reads) => reads.query("item").sum("i"), update],
    ["exists", (reads) => reads.query("item").where("i", "=", 5).exists(), create],
    ["a pattern", (reads) => reads.match("x", "item").out("TO", { to: "y" }).out("TO", { to: "z" }).all(), link],
    [
      "a path",
      (reads) =>
        reads.match("x", "item", { field: "id", op: "=", value: "a" }).out("TO", { to: "y", path: {} }).count(),
      link,
    ],
    [
      "a pattern that closes",
      (reads) => reads.match("x", "item").out("TO", { to: "y" }).out("TO", { to: "x" }).count(),
      (graph) => graph.transact((tx) => tx.link("b", "TO", "a")),
    ],
    [
      "an optional part",
      (reads) =>
        reads
          .match("x", "item")
          .optional((part) => part.out("TO", { to: "y" }))
          .all(),
      link,
    ],
    [
      "a condition of a pattern",
      (reads) => reads.match("x").out("TO", { to: "y" }).where("y", "i", "=", 9).exists(),
      (graph) => graph.transact((tx) => tx.update("b", { i: 9 })),
    ],
  ];
  for (const [name, read, write] of cases) {
    const { one, two } = await openTwo();
    await one.transact(async (tx) => {
      for (const id of ["a", "b", "c"]) await tx.create("item", { i: 0 }, { id });
      await tx.link("a", "TO", "b");
    });
    let runs = 0;
    const answers: unknown[] = [];
    await one.transact(async (tx) => {
      answers.push(await read(tx));
      if (runs++ === 0) await write(two);
      await tx.create("note", {});
    });
    expect(runs, name).toBe(2);
    expect(answers[1], name).not.toEqual(answers[0]);
    expect((await two.check()).problems).toEqual([]);
  }
});
