import { seededRandom } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import type { AppliedChanges, EngineSnapshot } from "../engine.ts";
import type { Graph } from "../graph.ts";
import type { JsonValue } from "../json.ts";
import { openGraph } from "../open-graph.ts";
import { anySchema } from "../testing/any-schema.ts";
import { MemoryEngine } from "../testing/memory-engine.ts";
import { MemoryStore } from "../testing/memory-store.ts";
import { defineType } from "../type-definition.ts";
import { answerKey } from "./answer-cache.ts";
import type { Query } from "./query.ts";
import type { QuerySpec } from "./query-spec.ts";

const statuses = ["open", "busy", "done"];
const types = [
  defineType("task", { fields: anySchema, indexes: [["status", "rank"]], enums: { status: statuses } }),
  defineType("note", { fields: anySchema }),
];

class TellingEngine extends MemoryEngine {
  readonly listeners = new Set<(changes: AppliedChanges) => void>();
  /** While set, every scan waits for it after it was made. */
  gate: Promise<void> | undefined;

  override async read<T>(read: (snapshot: EngineSnapshot) => T | Promise<T>): Promise<T> {
    return await super.read((snapshot) =>
      read({
        seq: snapshot.seq,
        get: (id) => snapshot.get(id),
        history: (id) => snapshot.history(id),
        hasIndex: (index) => snapshot.hasIndex(index),
        scan: async (request) => {
          const page = await snapshot.scan(request);
          await this.gate;
          return page;
        },
      }),
    );
  }

  override onApplied(listener: (changes: AppliedChanges) => void): () => void {
    this.listeners.add(listener);
    return super.onApplied(listener);
  }
}

interface World {
  readonly engine: TellingEngine;
  readonly graph: Graph;
  /** Another process over the same store, which remembers nothing. */
  readonly other: Graph;
}

async function openWorld(): Promise<World> {
  const store = new MemoryStore();
  const engine = new TellingEngine({ store });
  const graph = (await openGraph({ engine, types })) as unknown as Graph;
  const other = (await openGraph({
    engine: new MemoryEngine({ store }),
    types,
    cacheBytesMax: 0,
  })) as unknown as Graph;
  await other.load(
    Array.from({ length: 30 }, (_, i) => ({
      id: `t${i}`,
      type: "task",
      props: { status: statuses[i % 3] ?? "", rank: i },
    })),
  );
  return { engine, graph, other };
}

const hits = async (graph: Graph): Promise<number> =>
  ((await graph.stats())["answers"] as { readonly hits: number }).hits;

const topTen = (graph: Graph): Query => graph.query("task").where("status", "=", "open").orderBy("rank").limit(5);

const idsOf = async (query: Query): Promise<readonly string[]> => (await query.all()).map(({ id }) => id);

test("a query asked again reads no index, until an entity of its type changes, whoever changed it", async () => {
  const { graph, other } = await openWorld();
  expect(await idsOf(topTen(graph))).toEqual(["t0", "t3", "t6", "t9", "t12"]);
  expect(await idsOf(topTen(graph))).toEqual(["t0", "t3", "t6", "t9", "t12"]);
  expect(await hits(graph)).toBe(1);
  await other.transact((tx) => tx.create("note", {}, { id: "n1" }));
  expect(await idsOf(topTen(graph))).toEqual(["t0", "t3", "t6", "t9", "t12"]);
  expect(await hits(graph)).toBe(2);
  await other.transact((tx) => tx.update("t3", { status: "done" }));
  expect(await idsOf(topTen(graph))).toEqual(["t0", "t6", "t9", "t12", "t15"]);
  await graph.transact((tx) => tx.create("task", { status: "open", rank: -1 }, { id: "first" }));
  expect(await idsOf(topTen(graph))).toEqual(["first", "t0", "t6", "t9", "t12"]);
  await other.transact((tx) => tx.delete("t0"));
  expect(await idsOf(topTen(graph))).toEqual(["first", "t6", "t9", "t12", "t15"]);
  expect(await hits(graph)).toBe(2);
});

test("what a caller does to the rows it got is not what the next one gets", async () => {
  const { graph } = await openWorld();
  await topTen(graph).all();
  ((await topTen(graph).all()) as unknown[]).length = 0;
  expect(await topTen(graph).all()).toHaveLength(5);
});

test("an entity that comes back under another type leaves the answers of its old one", async () => {
  const { graph, other } = await openWorld();
  await topTen(graph).all();
  await other.transact(async (tx) => {
    await tx.delete("t3");
    await tx.create("note", {}, { id: "t3" });
  });
  await graph.get("t3");
  expect(await idsOf(topTen(graph))).toEqual(["t0", "t6", "t9", "t12", "t15"]);
});

test("answers with filters, offsets and bounds are not kept, nor those of an engine that skipped changes", async () => {
  const { engine, graph } = await openWorld();
  let wanted = "t3";
  const filtered = graph
    .query("task")
    .filter(({ id }) => id === wanted)
    .limit(5) as unknown as Query;
  expect(await idsOf(filtered)).toEqual(["t3"]);
  wanted = "t4";
  expect(await idsOf(filtered)).toEqual(["t4"]);
  for (const query of [topTen(graph).offset(1), topTen(graph).within({ maxVisited: 1000 }), topTen(graph).limit(101)]) {
    await query.all();
    await query.all();
  }
  expect(await hits(graph)).toBe(0);
  await topTen(graph).all();
  for (const listener of engine.listeners) listener({ seq: engine.head(), ids: "everything" });
  await topTen(graph).all();
  expect(await hits(graph)).toBe(0);
});

test("a query that takes much text to write down is not remembered", async () => {
  const { graph } = await openWorld();
  const many = (count: number): Query =>
    graph
      .query("task")
      .where(
        "id",
        "in",
        Array.from({ length: count }, (_, i) => `t${i}`),
      )
      .limit(5);
  for (const count of [20, 500]) {
    const first = await idsOf(many(count));
    expect(await idsOf(many(count))).toEqual(first);
    expect(await hits(graph)).toBe(1);
  }
});

test("an answer that a commit overtook while it was read is given, and not kept", async () => {
  const { engine, graph, other } = await openWorld();
  // The rows are all at hand: nothing but the answer itself would be wrong.
  await graph.query("task").all();
  let open = (): void => {};
  engine.gate = new Promise((resolve) => {
    open = resolve;
  });
  const slow = idsOf(topTen(graph));
  await new Promise((resolve) => setImmediate(resolve));
  engine.gate = undefined;
  await other.transact((tx) => tx.update("t3", { status: "done" }));
  await graph.get("t3");
  open();
  expect(await slow).toEqual(["t0", "t3", "t6", "t9", "t12"]);
  expect(await idsOf(topTen(graph))).toEqual(["t0", "t6", "t9", "t12", "t15"]);
});

test("a snapshot and a transaction never get the answer of another state", async () => {
  const { graph, other } = await openWorld();
  const snapshot = await graph.snapshot();
  await other.transact((tx) => tx.update("t0", { status: "done" }));
  await topTen(graph).all();
  await topTen(graph).all();
  expect(await idsOf(topTen(snapshot as unknown as Graph))).toEqual(["t0", "t3", "t6", "t9", "t12"]);
  expect(await idsOf(topTen(graph.asOf(snapshot.seq) as unknown as Graph))).toHaveLength(5);
  await graph.transact(async (tx) => {
    await tx.update("t3", { status: "done" });
    expect(await idsOf(topTen(tx as unknown as Graph))).toEqual(["t6", "t9", "t12", "t15", "t18"]);
    await tx.update("t3", { status: "open" });
  });
  snapshot.release();
});

test("whatever others write between them, queries asked again answer as if asked for the first time", async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const random = seededRandom(seed);
  const any = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const { graph, other } = await openWorld();
  const ids = Array.from({ length: 12 }, (_, i) => `t${i}`);
  const queries = (on: Graph): readonly Query[] => [
    ...statuses.map((status) => on.query("task").where("status", "=", status).orderBy("rank", "desc").limit(3)),
    on.query("task").orderBy("rank").limit(4),
    on.query("task").where("rank", "<", 6).limit(20),
    on.query("note").limit(3),
  ];
  for (let step = 0; step < 120; step++) {
    await any([graph, other]).transact(async (tx) => {
      const id = any(ids);
      const found = await tx.get(id);
      if (found !== undefined && random() < 0.6) return void (await tx.update(id, { rank: Math.floor(random() * 20) }));
      if (found !== undefined) await tx.delete(id);
      if (random() < 0.7)
        await tx.create(any(["task", "task", "note"]), { status: any(statuses), rank: step % 20 }, { id });
    });
    if (random() < 0.1) graph.cache.clear();
    const asked = queries(graph);
    const expected = queries(other);
    for (const at of [0, 1, 2, 3, 4, 5].filter(() => random() < 0.7))
      expect(await asked[at]?.all(), `seed ${seed}, step ${step}, query ${at}`).toEqual(await expected[at]?.all());
  }
  expect(await hits(graph)).toBeGreaterThan(10);
});

test("two queries have one key only when they ask the same, whatever stands in their texts", () => {
  const specOf = (...pairs: readonly (readonly [field: string, value: JsonValue])[]): QuerySpec => ({
    type: "task",
    predicates: pairs.map(([field, value]) => ({ field, op: "=", value })),
    limit: 10,
  });
  // The text of the one is made like the key of the other, with and without marks and lengths.
  const specs = [
    specOf(["a", "1"]),
    specOf(["a", 1]),
    specOf(["a1", ""]),
    specOf(["a", "1;=b1"]),
    specOf(["a", 1], ["b", 1]),
    specOf(["a", '1;="b"1']),
    specOf(["a", "1"], ["b", "1"]),
    specOf(["a", '1:1;="1:b"1:1']),
    specOf(["a", "1;=1:b1:1"]),
    specOf(["a", ["1"]]),
    specOf(["a", '["1"]']),
    specOf(),
    { ...specOf(), mentions: ["a"] },
    { ...specOf(), conditions: [{ not: { field: "a", op: "=", value: 1 } }] },
    { ...specOf(), after: { sortValues: ["a"], id: "a" } },
    { ...specOf(), words: [{ word: "a", begins: false }] },
    { ...specOf(), words: [{ word: "a", begins: true }] },
    { ...specOf(), order: [{ field: "a", direction: "asc" }] },
    { ...specOf(), order: [{ field: "a", direction: "desc" }] },
    { ...specOf(), limit: 1 },
  ] as const;
  const keys = specs.map((spec) => answerKey(spec));
  expect(keys).not.toContain(undefined);
  expect(new Set(keys).size).toBe(specs.length);
  expect(specs.map((spec) => answerKey(structuredClone(spec)))).toEqual(keys);
});
