import { expect, test } from "vitest";
import { openGraph } from "../open-graph.ts";
import { MemoryEngine } from "../testing/memory-engine.ts";
import { MemoryStore } from "../testing/memory-store.ts";
import { anySchema } from "../testing/any-schema.ts";
import { defineType } from "../type-definition.ts";
import type { Graph } from "../graph.ts";
import type { Query } from "./query.ts";

const statuses = ["pending", "active", "done"];
const task = defineType("task", {
  fields: anySchema,
  enums: { status: statuses, priority: ["high", "mid", "low"] },
  indexes: [
    ["status", "priority"],
    ["priority", "due"],
    ["assignee"],
    ["due"],
    ["tags"],
    ["source.system", "source.id"],
  ],
});

/** 120 tasks, one like the other up to their number. */
async function openTasks(store: MemoryStore = new MemoryStore()): Promise<Graph> {
  const graph = await openGraph({ engine: new MemoryEngine({ store }), types: [task] });
  await graph.transact(async (tx) => {
    for (let i = 0; i < 120; i++) {
      await tx.create(
        "task",
        {
          status: statuses[i % 3] ?? "",
          priority: ["high", "mid", "low"][Math.floor(i / 3) % 3] ?? "",
          assignee: i % 10 === 0 ? null : `agent-${i % 7}`,
          due: `2026-01-${String((i % 28) + 1).padStart(2, "0")}`,
          tags: [`t${i % 5}`, i % 2 === 0 ? "even" : "odd"],
          source: { system: i % 2 === 0 ? "git" : "mail", id: i },
          ...(i % 4 === 0 ? {} : { hours: i / 4 }),
        },
        { id: `t${String(i).padStart(3, "0")}` },
      );
    }
  });
  return graph;
}

test("[Q1] conditions compare, list, contain, are null, and are joined by and, or and not", async () => {
  const tasks = (await openTasks()).query("task");
  const count = (query: Query) => query.count();
  expect(await count(tasks.where("status", "=", "done"))).toBe(40);
  expect(await count(tasks.where("status", "!=", "done"))).toBe(80);
  expect(await count(tasks.where("status", "<", "done"))).toBe(80);
  expect(await count(tasks.where("priority", ">=", "mid"))).toBe(78);
  expect(await count(tasks.where("status", "in", ["done", "active"]))).toBe(80);
  expect(await count(tasks.where("tags", "contains", "t3"))).toBe(24);
  expect(await count(tasks.where("due", "startsWith", "2026-01-1"))).toBe(40);
  expect(await count(tasks.where("hours", "isNull"))).toBe(30);
  expect(await count(tasks.where("assignee", "isNull", false))).toBe(108);
  expect(await count(tasks.where((on) => on.any(on.is("assignee", "isNull"), on.is("tags", "contains", "t1"))))).toBe(
    36,
  );
  expect(await count(tasks.where((on) => on.all(on.is("hours", "<", 5), on.not(on.is("status", "=", "done")))))).toBe(
    10,
  );
  expect(await count(tasks.where((on) => on.any()))).toBe(0);
  expect(await count(tasks.where((on) => on.all()))).toBe(120);
  expect(await count(tasks.where({ not: { any: [{ field: "hours", op: "<", value: 5 }] } }))).toBe(105);
});

test("[Q1] rows are ordered, limited, paged, taken first, one by one, and there are any or none", async () => {
  const tasks = (await openTasks()).query("task");
  const done = tasks.where("status", "=", "done").orderBy("priority").orderBy("id", "desc");
  expect(await done.limit(2).ids()).toEqual(["t119", "t110"].toSorted().toReversed());
  expect((await done.first())?.id).toBe("t119");
  expect(await done.exists()).toBe(true);
  expect(await done.where("hours", ">", 100).exists()).toBe(false);
  const seen: string[] = [];
  for await (const row of done) seen.push(row.id);
  expect(seen).toEqual(await done.ids());
  const page = await done.limit(30).page();
  expect(
    (
      await done
        .after(page.next ?? "")
        .limit(30)
        .page()
    ).items.length,
  ).toBe(10);
});

test("[Q1] a query is never changed: parts of it are used again, with a condition or without", async () => {
  const tasks = (await openTasks()).query("task");
  const isOpen = (query: Query): Query => query.where("status", "!=", "done");
  expect(await tasks.pipe(isOpen).count()).toBe(80);
  expect(await tasks.when(false, isOpen).count()).toBe(120);
  expect(await tasks.when(true, isOpen).where("hours", "isNull").count()).toBe(20);
  expect(tasks.spec).toEqual({ type: "task" });
});

test("[Q1] groups are counted, summed up, kept by having and ordered, enums as declared", async () => {
  const tasks = (await openTasks()).query("task");
  const byPriority = tasks.groupBy("priority").aggregate((of) => ({
    n: of.count(),
    estimated: of.count("hours"),
    hours: of.sum("hours"),
    mean: of.avg("hours"),
    first: of.min("due"),
    status: of.max("status"),
    agents: of.countDistinct("assignee"),
  }));
  const [high, mid, low] = [
    {
      priority: "high",
      n: 42,
      estimated: 32,
      hours: 480.75,
      mean: 15.0234375,
      first: "2026-01-01",
      status: "done",
      agents: 7,
    },
    { priority: "mid", n: 39, estimated: 29, hours: 420.5, mean: 14.5, first: "2026-01-01", status: "done", agents: 7 },
    {
      priority: "low",
      n: 39,
      estimated: 29,
      hours: 448.75,
      mean: 448.75 / 29,
      first: "2026-01-03",
      status: "done",
      agents: 7,
    },
  ];
  expect(await byPriority.all()).toEqual([high, mid, low]);
  const most = byPriority.having("hours", ">", 430).orderBy("mean", "desc");
  expect(await most.all()).toEqual([low, high]);
  expect(await most.count()).toBe(2);
  expect(await most.offset(1).first()).toEqual(high);
  expect(await tasks.groupBy("status", "priority").count()).toBe(9);
  expect(await tasks.where("status", "=", "none").groupBy("status").all()).toEqual([]);
  expect(
    await tasks
      .where("status", "=", "none")
      .aggregate((of) => ({ n: of.count(), sum: of.sum("hours"), least: of.min("due") })),
  ).toEqual({ n: 0, sum: 0, least: null });
  expect(() => byPriority.aggregate((of) => ({ n: of.count() }))).toThrow(/a column n already/);
});

test("[Q1] one field is summed up, collected, or listed without repetitions", async () => {
  const tasks = (await openTasks()).query("task");
  expect(await tasks.sum("hours")).toBe(1350);
  expect(await tasks.avg("hours")).toBe(15);
  expect(await tasks.where("id", "=", "none").avg("hours")).toBeUndefined();
  expect(await tasks.max("due")).toBe("2026-01-28");
  expect(await tasks.max("priority")).toBe("low");
  expect(await tasks.where("hours", "<=", 1).orderBy("hours", "desc").collect("hours")).toEqual([0.75, 0.5, 0.25]);
  expect(await tasks.distinct("status")).toEqual(statuses);
  expect((await tasks.distinct("assignee"))[0]).toBeNull();
});

test("a sum is the same in whatever order an index gives its rows", async () => {
  const graph = await openTasks();
  const values = [9e15, 1, -9e15, 0.1, 1e-9, -0.1];
  await graph.transact(async (tx) => {
    for (const [i, hours] of values.entries())
      await tx.create("task", { hours, assignee: `x${values.length - i}` }, { id: `x${i}` });
  });
  const added = graph.query("task").where("id", "startsWith", "x");
  expect(await added.sum("hours")).toBe(1.000000001);
  expect(await graph.query("task").where("assignee", "startsWith", "x").sum("hours")).toBe(1.000000001);
});

test("[Q1] a cursor stays valid while others write: no row twice, none left out that was there all the time", async () => {
  const store = new MemoryStore();
  const graph = await openTasks(store);
  const other = await openGraph({ engine: new MemoryEngine({ store }), types: [task] });
  const query = graph.query("task").where("status", "=", "pending").orderBy("priority").orderBy("due");
  const before = await query.ids();
  const seen: string[] = [];
  let next: string | undefined;
  do {
    const page = await (next === undefined ? query : query.after(next)).limit(7).page();
    seen.push(...page.items.map(({ id }) => id));
    ({ next } = page);
    // The last row of the page goes, a row before it and one behind it come.
    await other.transact(async (tx) => {
      await tx.delete(seen.at(-1) ?? "");
      await tx.create("task", { status: "pending", priority: "high", due: "2025" });
    });
  } while (next !== undefined);
  expect(seen).toEqual(before);
});

test("[W10] 30 queries are answered by looking up an index: explain says seek, and how little was read", async () => {
  const tasks = (await openTasks()).query("task");
  const queries: readonly Query[] = [
    ...statuses.map((status) => tasks.where("status", "=", status)),
    ...statuses.map((status) => tasks.where("status", "=", status).where("priority", "=", "low")),
    ...["high", "mid"].map((priority) => tasks.where("priority", "=", priority).orderBy("due").limit(3)),
    tasks.where("priority", "<", "mid"),
    tasks.where("priority", "in", ["high", "low"]).where("due", ">", "2026-01-20"),
    tasks.where("assignee", "=", "agent-3"),
    tasks.where("assignee", "isNull"),
    tasks.where("assignee", "startsWith", "agent-1"),
    tasks.where("assignee", "in", ["agent-1", "agent-2"]),
    tasks.where("due", "=", "2026-01-05"),
    tasks.where("due", ">=", "2026-01-05").where("due", "<", "2026-01-08"),
    tasks.where("due", "<=", "2026-01-02"),
    tasks.where("due", "startsWith", "2026-01-2"),
    ...[0, 1, 2].map((i) => tasks.where("tags", "contains", `t${i}`)),
    tasks.where("source.system", "=", "git"),
    tasks.where("source.system", "=", "git").where("source.id", "=", 4),
    tasks.where("id", "=", "t007"),
    tasks.where("id", "in", ["t001", "t002"]),
    tasks.where("id", "startsWith", "t00"),
    tasks.where((on) => on.any(on.is("assignee", "=", "agent-1"), on.is("due", "=", "2026-01-03"))),
    tasks.where((on) => on.any(on.is("status", "=", "done"), on.is("status", "=", "active"))),
    tasks.where((on) =>
      on.any(on.is("tags", "contains", "t1"), on.all(on.is("due", "<", "2026-01-03"), on.is("hours", "isNull"))),
    ),
    tasks.where((on) => on.not(on.any(on.is("assignee", "isNull", false), on.is("hours", ">", 3)))),
  ];
  expect(queries.length).toBeGreaterThanOrEqual(30);
  for (const query of queries) {
    const { access, keysRead, index } = await query.explain();
    const text = `${index}: ${JSON.stringify(query.spec)}`;
    expect(access, text).toBe("seek");
    expect(keysRead, text).toBeLessThan(120);
  }
  const either = tasks.where((on) => on.any(on.is("assignee", "=", "agent-1"), on.is("due", "=", "2026-01-03")));
  expect(await either.explain()).toMatchObject({ index: "task/assignee or task/due", order: "sort" });
  expect(await tasks.where("hours", "=", 1).explain()).toMatchObject({ access: "scan", keysRead: 120 });
});

test("many lists of alternatives that no index helps are planned in no time", async () => {
  let tasks = (await openTasks()).query("task");
  for (let i = 0; i < 12; i++) {
    tasks = tasks.where({
      any: Array.from({ length: 30 }, (_, j) => ({ field: `f${i}.g${j}`, op: "isNull", value: false })),
    });
  }
  expect(await tasks.explain()).toMatchObject({ access: "scan", rows: 0 });
});

test("a condition that makes no sense is refused", async () => {
  const tasks = (await openTasks()).query("task");
  expect(() => tasks.where({ some: [] } as never)).toThrow(TypeError);
  expect(() => tasks.where({ all: [null] } as never)).toThrow(TypeError);
  expect(() => tasks.where({ field: "a", op: "~", value: 1 } as never)).toThrow(/no such operator/);
  expect(() => tasks.where({ field: "a", op: "=" } as never)).toThrow(/undefined/);
  const deep = Array.from({ length: 100 }).reduce<object>((inner) => ({ not: inner }), {
    field: "a",
    op: "=",
    value: 1,
  });
  expect(() => tasks.where(deep as never)).toThrow(/nested deeper/);
  expect(() => tasks.groupBy("status", "status")).toThrow(TypeError);
  expect(() => tasks.groupBy("status").orderBy("none" as "status")).toThrow(/none of this name/);
});
