/**
 * The behaviours that the query tests of the earlier Graph-of-Thought store asked for, on its own kind of data (the table:
 * docs/earlier-queries.md). Where the earlier behaviour was a defect, the test holds what is right instead.
 */
import { defineType, type Entity, type Graph, openGraph } from "@knotwork/graph";
import { MemoryEngine } from "@knotwork/graph/testing";
import { beforeEach, describe, expect, test } from "vitest";

type Props = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

const anything = {
  "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value: value as Props }) },
} as const;

const types = [
  defineType("task", {
    fields: anything,
    enums: { status: ["pending", "in_progress", "completed"], priority: ["critical", "high", "medium", "low"] },
    indexes: [["status", "priority"]],
  }),
  defineType("sprint", { fields: anything }),
  defineType("decision", { fields: anything }),
];

let graph: Graph;

beforeEach(async () => {
  graph = await openGraph({ engine: new MemoryEngine(), types });
});

async function fill(
  nodes: Readonly<Record<string, readonly [type: string, props: Props]>>,
  edges: string,
): Promise<void> {
  await graph.transact(async (tx) => {
    for (const [id, [type, props]] of Object.entries(nodes)) await tx.create(type, props, { id });
    for (const edge of edges.split(" ").filter((text) => text !== "")) {
      const [from = "", kind = "", to = ""] = edge.split("/");
      await tx.link(from, kind, to);
    }
  });
}

function task(title: string, status: string, priority: string): readonly [string, Props] {
  return ["task", { title, status, priority }];
}

const ids = (entities: readonly Entity[]): readonly string[] => entities.map(({ id }) => id);

describe("the builder", () => {
  beforeEach(() =>
    fill(
      {
        t1: task("High priority pending", "pending", "high"),
        t2: task("Low priority pending", "pending", "low"),
        t3: task("High priority completed", "completed", "high"),
        t4: task("Critical in progress", "in_progress", "critical"),
        s1: ["sprint", { title: "Sprint 1", number: 1 }],
        d1: ["decision", { title: "Use builder pattern" }],
      },
      "s1/CONTAINS/t1 s1/CONTAINS/t2 t2/DEPENDS_ON/t1 t1/JUSTIFIED_BY/d1",
    ),
  );

  test("a query of a type gives all of it: tasks, sprints, decisions, and edges of a type", async () => {
    expect(await graph.query("task").count()).toBe(4);
    expect(await graph.query("sprint").ids()).toEqual(["s1"]);
    expect(await graph.query("decision").ids()).toEqual(["d1"]);
    const contained = await graph.query("CONTAINS").all();
    expect(contained.map(({ type }) => type)).toEqual(["CONTAINS", "CONTAINS"]);
    expect((await graph.countTypes()).get("DEPENDS_ON")).toBe(1);
  });

  test("conditions given together or one after the other must all be met", async () => {
    const pending = graph.query("task").where("status", "=", "pending");
    expect(await pending.ids()).toEqual(["t1", "t2"]);
    expect(await pending.where("priority", "=", "high").ids()).toEqual(["t1"]);
    expect(
      await graph
        .query("task")
        .where((on) => on.all(on.is("status", "=", "pending"), on.is("priority", "=", "high")))
        .ids(),
    ).toEqual(["t1"]);
  });

  test("alternatives: one of them is enough", async () => {
    const urgent = graph
      .query("task")
      .where((on) => on.any(on.is("priority", "=", "high"), on.is("priority", "=", "critical")));
    expect(await urgent.ids()).toEqual(["t1", "t3", "t4"]);
    expect(await urgent.where("status", "=", "completed").ids()).toEqual(["t3"]);
  });

  test("comparisons, which the earlier builder had and could not be asked for", async () => {
    expect(await graph.query("task").where("priority", "<=", "high").ids()).toEqual(["t1", "t3", "t4"]);
    expect(await graph.query("task").where("priority", "in", ["low", "critical"]).ids()).toEqual(["t2", "t4"]);
    expect(await graph.query("task").where("title", "startsWith", "High").ids()).toEqual(["t1", "t3"]);
  });

  test("what is connected with an entity, by any edge or by one type, each way", async () => {
    const tasks = async (found: readonly string[]): Promise<readonly string[]> =>
      ids((await graph.getMany(found)).filter((node) => node?.type === "task") as Entity[]);
    expect(await tasks(await graph.neighbours("s1", { both: [] }))).toEqual(["t1", "t2"]);
    expect(await tasks(await graph.neighbours("t1", { both: ["DEPENDS_ON"] }))).toEqual(["t2"]);
    expect(await graph.neighbours("t1", { out: ["DEPENDS_ON"] })).toEqual([]);
  });

  test("connected with two entities means both, not either", async () => {
    const both = graph.match("t", "task").in("CONTAINS", { to: "s" }).from("t").out("DEPENDS_ON", { to: "on" });
    expect((await both.all()).map(({ t, on }) => [t.id, on.id])).toEqual([["t2", "t1"]]);
  });

  test("order goes by the declared order of an enum, each term in its own direction", async () => {
    const byPriority = (direction: "asc" | "desc"): Promise<readonly string[]> =>
      graph.query("task").orderBy("priority", direction).orderBy("title").ids();
    expect(await byPriority("asc")).toEqual(["t4", "t3", "t1", "t2"]);
    expect(await byPriority("desc")).toEqual(["t2", "t3", "t1", "t4"]);
  });

  test("first and iteration keep the order, count does not care for it", async () => {
    const ordered = graph.query("task").orderBy("priority", "desc");
    expect((await ordered.first())?.id).toBe("t2");
    const seen: string[] = [];
    for await (const { id } of ordered) seen.push(id);
    expect(seen).toEqual(await ordered.ids());
    expect(await ordered.count()).toBe(4);
    expect(await ordered.limit(2).count()).toBe(2);
  });

  test("limit and offset cut pages that do not overlap", async () => {
    const all = graph.query("task").orderBy("title");
    expect(await all.limit(2).ids()).toHaveLength(2);
    expect(await all.offset(2).ids()).toHaveLength(2);
    const pages = [...(await all.limit(2).ids()), ...(await all.limit(2).offset(2).ids())];
    expect(pages).toEqual(await all.ids());
    expect(new Set(pages).size).toBe(4);
    expect(await all.limit(0).ids()).toEqual([]);
    for (const limit of [1, 3, 10]) expect((await all.limit(limit).ids()).length).toBe(Math.min(limit, 4));
  });

  test("exists and first say whether there is one", async () => {
    const of = (status: string) => graph.query("task").where("status", "=", status);
    expect(await of("pending").exists()).toBe(true);
    expect(await of("cancelled").exists()).toBe(false);
    expect((await of("pending").first())?.props["status"]).toBe("pending");
    expect(await of("cancelled").first()).toBeUndefined();
  });

  test("nothing is read before the query is asked: what is committed meanwhile is in the answer", async () => {
    const pending = graph.query("task").where("status", "=", "pending");
    await graph.transact((tx) => tx.update("t3", { status: "pending" }));
    expect(await pending.ids()).toEqual(["t1", "t2", "t3"]);
  });

  test("groups are counted, collected and summed; without a group there is one row, not a map of one", async () => {
    const groups = graph.query("task").groupBy("priority");
    expect(await groups.aggregate((of) => ({ count: of.count(), titles: of.collect("title") })).all()).toEqual([
      { priority: "critical", count: 1, titles: ["Critical in progress"] },
      { priority: "high", count: 2, titles: ["High priority pending", "High priority completed"] },
      { priority: "low", count: 1, titles: ["Low priority pending"] },
    ]);
    await graph.transact((tx) => tx.update("t1", { hours: 3 }));
    await graph.transact((tx) => tx.update("t2", { hours: 5 }));
    expect(
      await graph.query("task").aggregate((of) => ({
        sum: of.sum("hours"),
        avg: of.avg("hours"),
        min: of.min("hours"),
        max: of.max("hours"),
        count: of.count(),
      })),
    ).toEqual({ sum: 8, avg: 4, min: 3, max: 5, count: 4 });
  });

  test("explain tells how, never fails, and names the index", async () => {
    expect(await graph.query("task").where("status", "=", "pending").explain()).toMatchObject({
      access: "seek",
      rows: 2,
    });
    expect(await graph.query("decision").where("title", "=", "none").explain()).toMatchObject({ rows: 0 });
    expect(await graph.match("t", "task").out([], { to: "x" }).explain()).toBeDefined();
  });

  test("an unknown type or operator is refused with what there is", async () => {
    await expect(graph.query("unknown").all()).rejects.toMatchObject({ code: "UNKNOWN_TYPE" });
    expect(() => graph.query("task").where("status", "like" as "=", "x")).toThrow(TypeError);
  });
});

describe("the walker", () => {
  beforeEach(() =>
    fill(
      Object.fromEntries(
        ["a", "b", "c", "d", "e"].map((id) => [
          id,
          task(id, id < "c" ? "completed" : id === "c" ? "in_progress" : "pending", "low"),
        ]),
      ),
      "b/DEPENDS_ON/a c/DEPENDS_ON/b d/DEPENDS_ON/c e/DEPENDS_ON/b",
    ),
  );

  test("breadth first goes level by level, depth first to the end of a branch before the next", async () => {
    expect(await graph.walk("a").in("DEPENDS_ON").breadthFirst().ids()).toEqual(["b", "c", "e", "d"]);
    expect(await graph.walk("a").in("DEPENDS_ON").depthFirst().ids()).toEqual(["b", "c", "d", "e"]);
  });

  test("a visitor gathers what it wants", async () => {
    const byStatus: Record<string, number> = {};
    const visited = await graph
      .walk("a")
      .in("DEPENDS_ON")
      .visit(({ props }) => {
        const { status } = props as { readonly status: string };
        byStatus[status] = (byStatus[status] ?? 0) + 1;
      });
    expect(visited).toBe(4);
    expect(byStatus).toEqual({ completed: 1, in_progress: 1, pending: 2 });
  });

  test("a filter keeps nodes out, and the walk from going on behind them", async () => {
    const unfinished = graph
      .walk("a")
      .in("DEPENDS_ON")
      .filter(({ props }) => props["status"] !== "pending");
    expect(await unfinished.ids()).toEqual(["b", "c"]);
  });

  test("a depth limits the walk, and loses no node that is within it, depth first too", async () => {
    expect(await graph.walk("a").in("DEPENDS_ON").maxDepth(2).ids()).toEqual(["b", "c", "e"]);
    await graph.transact((tx) => tx.link("d", "DEPENDS_ON", "a"));
    // Depth first meets d behind c at depth 3, and at depth 1 as well.
    const found = await graph.walk("a").in("DEPENDS_ON").depthFirst().maxDepth(2).ids();
    expect(found.toSorted()).toEqual(["b", "c", "d", "e"]);
  });

  test("only the types of edges named are followed, in the direction named, which has to be", async () => {
    expect(await graph.walk("a").in("CONTAINS").ids()).toEqual([]);
    expect(await graph.walk("d").out("DEPENDS_ON").ids()).toEqual(["c", "b", "a"]);
    expect(await graph.walk("d").in("DEPENDS_ON").ids()).toEqual([]);
    expect(await graph.walk("b").both("DEPENDS_ON").maxDepth(1).ids()).toHaveLength(3);
    await expect(graph.walk("a").ids()).rejects.toThrow(TypeError);
  });

  test("a direction said twice is said once, and a walk is not changed by what is made of it", async () => {
    const walk = graph.walk("d").out("DEPENDS_ON");
    expect(await walk.out("DEPENDS_ON").ids()).toEqual(await walk.ids());
    await walk.maxDepth(1).ids();
    expect(await walk.ids()).toHaveLength(3);
  });

  test("a walk from nowhere meets nobody", async () => {
    expect(await graph.walk("nowhere").both().ids()).toEqual([]);
  });
});

describe("the path finder", () => {
  beforeEach(() =>
    fill(
      Object.fromEntries(["a", "b", "c", "d", "e", "alone"].map((id) => [id, task(id, "pending", "low")])),
      "a/CONNECTS/b a/CONNECTS/c b/CONNECTS/d c/CONNECTS/d d/CONNECTS/e",
    ),
  );

  test("a shortest path, all paths, and none", async () => {
    expect(await graph.path("a", "e")).toHaveLength(4);
    expect(await graph.path("a", "a")).toEqual(["a"]);
    expect((await graph.paths("a", "d")).paths.toSorted()).toEqual([
      ["a", "b", "d"],
      ["a", "c", "d"],
    ]);
    expect(await graph.path("a", "alone")).toBeUndefined();
    expect(await graph.path("a", "nowhere")).toBeUndefined();
    expect(await graph.paths("nowhere", "a")).toEqual({ paths: [], truncated: false });
  });

  test("paths go forward unless said otherwise; the earlier ones went both ways", async () => {
    expect(await graph.path("e", "a")).toBeUndefined();
    expect(await graph.path("e", "a", { in: [] })).toHaveLength(4);
    expect(await graph.path("b", "c", { both: [] })).toHaveLength(3);
  });

  test("types of edges, length and number of paths are limited; what was cut is said", async () => {
    expect(await graph.path("a", "e", { out: ["OTHER"] })).toBeUndefined();
    expect(await graph.path("a", "e", { maxDepth: 2 })).toBeUndefined();
    expect(await graph.paths("a", "d", { limit: 1 })).toMatchObject({ truncated: true });
    expect((await graph.paths("a", "d", { limit: 1 })).paths).toHaveLength(1);
  });

  test("whether there is a path, what can be reached, and the parts of the graph", async () => {
    expect(await graph.connected("a", "e", { out: [] })).toBe(true);
    expect(await graph.connected("e", "a", { out: [] })).toBe(false);
    expect((await graph.reachable("a", { out: [] })).toSorted()).toEqual(["b", "c", "d", "e"]);
    expect(await graph.components({ kind: "weak" })).toEqual([["a", "b", "c", "d", "e"], ["alone"]]);
  });

  test("a chain of 5,000 is no deeper than others", async () => {
    await graph.transact(async (tx) => {
      for (let i = 0; i <= 5000; i += 1) await tx.create("task", { title: `n${i}` }, { id: `n${i}` });
      for (let i = 0; i < 5000; i += 1) await tx.link(`n${i}`, "CONNECTS", `n${i + 1}`);
    });
    expect(await graph.path("n0", "n5000")).toHaveLength(5001);
    expect(await graph.walk("n0").out().depthFirst().ids()).toHaveLength(5000);
  });
});

describe("the pattern matcher", () => {
  beforeEach(() =>
    fill(
      {
        s: ["sprint", { title: "S" }],
        a: task("A", "pending", "high"),
        b: task("B", "completed", "low"),
        c: task("C", "pending", "low"),
      },
      "s/CONTAINS/a s/CONTAINS/b a/DEPENDS_ON/b b/DEPENDS_ON/c",
    ),
  );

  test("nodes by type and condition, edges each way, and names for what was found", async () => {
    const pattern = graph
      .match("s", "sprint")
      .out("CONTAINS", { to: "t", type: "task" })
      .out("DEPENDS_ON", { to: "on" });
    expect((await pattern.all()).map(({ s, t, on }) => [s.id, t.id, on.id]).toSorted()).toEqual([
      ["s", "a", "b"],
      ["s", "b", "c"],
    ]);
    expect((await pattern.where("t", "status", "=", "pending").all()).map(({ t }) => t.id)).toEqual(["a"]);
    const back = graph.match("on", "task").in("DEPENDS_ON", { to: "t" });
    expect((await back.all()).map(({ on, t }) => [on.id, t.id]).toSorted()).toEqual([
      ["b", "a"],
      ["c", "b"],
    ]);
    expect(await graph.match("t", "task").both("DEPENDS_ON", { to: "u" }).count()).toBe(4);
  });

  test("first, count and limit; nothing found is an empty list", async () => {
    const any = graph.match("t", "task");
    expect(await any.count()).toBe(3);
    expect(await any.limit(2).all()).toHaveLength(2);
    expect(await any.limit(0).all()).toEqual([]);
    expect(await any.first()).toBeDefined();
    expect(await graph.match("d", "decision").all()).toEqual([]);
    expect(await graph.match("d", "decision").first()).toBeUndefined();
  });
});
