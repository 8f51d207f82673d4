import { expect, test } from "vitest";
import type { Graph } from "./graph.ts";
import { openGraph } from "./open-graph.ts";
import { anySchema } from "./testing/any-schema.ts";
import { MemoryEngine } from "./testing/memory-engine.ts";
import { MemoryStore } from "./testing/memory-store.ts";
import { defineType } from "./type-definition.ts";
import { openOne, openTwo } from "./testing/open-memory-graphs.ts";

test("[W15] 64 callers on one counter: the sum is exact", async () => {
  const { one, two } = await openTwo();
  await one.transact((tx) => tx.create("counter", { n: 0 }, { id: "c" }));
  const increment = (graph: Graph) =>
    graph.transact(async (tx) => {
      const n = Number((await tx.get("c"))?.props["n"]);
      await Promise.resolve();
      await tx.update("c", { n: n + 1 });
    });
  await Promise.all(Array.from({ length: 64 }, (_, i) => increment(i % 2 === 0 ? one : two)));
  expect((await one.get("c"))?.props).toEqual({ n: 64 });
  expect((await one.get("c"))?.version).toBe(65);
});

test("[W15] repetitions are bounded; the error names the entity, the expected and the actual version", async () => {
  const { one, two } = await openTwo();
  await one.transact((tx) => tx.create("counter", { n: 0 }, { id: "c" }));
  let runs = 0;
  const run = one.transact(
    async (tx) => {
      runs++;
      await tx.update("c", { mine: runs });
      await two.transact((other) => other.update("c", { n: runs }));
    },
    { retries: 2 },
  );
  await expect(run).rejects.toMatchObject({
    name: "ConflictError",
    code: "CONFLICT",
    retryable: true,
    id: "c",
    expectedVersion: 3,
    actualVersion: 4,
    context: { attempts: 3 },
  });
  expect(runs).toBe(3);
});

test("a transaction inside a transaction that is being repeated does not wait for itself", async () => {
  const graph = await openOne();
  await graph.transact((tx) => tx.create("counter", { n: 0 }, { id: "c" }));
  let runs = 0;
  await graph.transact(async (tx) => {
    const n = Number((await tx.get("c"))?.props["n"]);
    runs++;
    if (runs <= 2) await graph.transact((inner) => inner.update("c", { n: 10 * runs }));
    await tx.update("c", { n: n + 1 });
  });
  expect((await graph.get("c"))?.props).toEqual({ n: 21 });
});

test("an aborted signal stops the repetitions", async () => {
  const graph = await openOne();
  const controller = new AbortController();
  controller.abort(new Error("enough"));
  await expect(graph.transact((tx) => tx.create("item", {}), { signal: controller.signal })).rejects.toThrow("enough");
  expect(await graph.head()).toBe(0);
});

test("the same idempotency key does it once and gives the first result, also when both run at the same time", async () => {
  const { one, two } = await openTwo();
  const create = (graph: Graph) =>
    graph.transact(async (tx) => ({ id: (await tx.create("item", {})).id }), { idempotencyKey: "k", fingerprint: "f" });
  const results = await Promise.all([create(one), create(two), create(one)]);
  expect(new Set(results.map(({ value }) => value.id)).size).toBe(1);
  expect(results.map(({ duplicate }) => duplicate).sort()).toEqual([false, true, true]);
  expect(new Set(results.map(({ seq }) => seq)).size).toBe(1);
  expect(await create(two)).toMatchObject({ duplicate: true, value: results[0]?.value });
  const other = one.transact((tx) => tx.create("item", {}), { idempotencyKey: "k", fingerprint: "g" });
  await expect(other).rejects.toMatchObject({ code: "KEY_REUSED" });
  expect(await one.query("item").count()).toBe(1);
});

test("a result kept under a key must be JSON of at most 64 KiB", async () => {
  const graph = await openOne();
  const keep = (result: unknown) =>
    graph.transact(
      async (tx) => {
        await tx.create("item", {});
        return result;
      },
      { idempotencyKey: "k" },
    );
  await expect(keep(new Date())).rejects.toMatchObject({ code: "INVALID_VALUE" });
  await expect(keep("x".repeat(65_536))).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  expect(await graph.head()).toBe(0);
  expect((await keep(undefined)).duplicate).toBe(false);
});

test("a transaction that wrote nothing still asks for the durability of what it read (ENGINE D3)", async () => {
  const { one, requests } = await openTwo();
  await one.transact((tx) => tx.create("item", {}, { id: "a" }), { idempotencyKey: "k" });
  const read = await one.transact((tx) => tx.get("a"), { durability: "paranoid" });
  expect(read).toMatchObject({ seq: 1, time: undefined });
  expect(requests.at(-1)).toMatchObject({ writes: [], durability: "paranoid", snapshotSeq: 1 });
  await one.transact((tx) => tx.create("item", {}), { idempotencyKey: "k", durability: "paranoid" });
  expect(requests.at(-1)).toMatchObject({ writes: [], durability: "paranoid", snapshotSeq: 1 });
});

test("a read-only graph refuses writes", async () => {
  const store = new MemoryStore();
  const graph = await openGraph({ engine: new MemoryEngine({ store }) });
  await graph.transact((tx) => tx.create("item", {}, { id: "a" }));
  const readOnly = await openGraph({ engine: new MemoryEngine({ store, readOnly: true }) });
  await expect(readOnly.transact((tx) => tx.update("a", {}))).rejects.toMatchObject({ code: "READ_ONLY" });
  expect((await readOnly.transact((tx) => tx.get("a"))).value).toMatchObject({ id: "a" });
});

test("a transaction of more than 8 MiB is refused whole", async () => {
  const graph = await openOne();
  const text = "x".repeat(1024 * 1024 - 100);
  const run = graph.transact(async (tx) => {
    for (let i = 0; i < 9; i++) await tx.create("item", { text });
  });
  await expect(run).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  await expect(graph.transact((tx) => tx.create("item", { text: `${text}${text}` }))).rejects.toMatchObject({
    code: "LIMIT_EXCEEDED",
  });
  expect(await graph.head()).toBe(0);
});

test("an indexed array has at most 1,000 distinct elements", async () => {
  const item = defineType("item", { fields: anySchema, indexes: [["tags"]] });
  const graph = await openGraph({ engine: new MemoryEngine(), types: [item] });
  const tags = (count: number) => Array.from({ length: count }, (_, i) => i);
  await graph.transact((tx) => tx.create("item", { tags: [...tags(1_000), 1, 2] }));
  await expect(graph.transact((tx) => tx.create("item", { tags: tags(1_001) }))).rejects.toMatchObject({
    code: "LIMIT_EXCEEDED",
  });
  expect(await graph.query("item").where("tags", "contains", 999).count()).toBe(1);
});
