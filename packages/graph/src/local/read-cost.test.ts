/** What reads cost in calls of the disk: through the whole graph, on a disk in memory that tells of every call. */
import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import { openGraph } from "../open-graph.ts";
import type { Graph } from "../graph.ts";
import { anySchema } from "../testing/any-schema.ts";
import { defineType } from "../type-definition.ts";

const types = [defineType("item", { fields: anySchema, indexes: [["status", "rank"]] })];
const COUNT = 3000;

interface World {
  readonly memory: MemoryDisk;
  readonly graph: Graph;
  /** The reads of files that `run` makes, by directory of the store. */
  readonly readsOf: (run: () => Promise<unknown>) => Promise<Readonly<Record<string, number>>>;
}

async function openOn(memory: MemoryDisk, process: string): Promise<Graph> {
  const machine = { disk: memory.process(process), clock: new TestClock(), random: seededRandom(3) };
  return await openGraph({ dir: "/store", create: true, types, ...machine });
}

/** A store with all of its entities in one history run and one index run, opened anew. */
async function openWorld(): Promise<World> {
  const memory = new MemoryDisk();
  const writer = await openOn(memory, "writer");
  const status = (i: number): string => (i % 10 === 0 ? "open" : "done");
  await writer.load(
    Array.from({ length: COUNT }, (_, i) => ({ id: `n${i}`, type: "item", props: { status: status(i), rank: i } })),
  );
  await writer.checkpoint();
  await writer.close();
  const graph = await openOn(memory, "reader");
  return {
    memory,
    graph,
    readsOf: async (run) => {
      const counts: Record<string, number> = {};
      memory.onCall = ({ call, path }) => {
        const directory = path.split("/")[2] ?? "";
        if (call === "read") counts[directory] = (counts[directory] ?? 0) + 1;
      };
      await run();
      memory.onCall = undefined;
      return counts;
    },
  };
}

test("a point look-up reads twice: a block of the index, and the line; the same again, the end of the log", async () => {
  const { graph, readsOf } = await openWorld();
  // Opens the files, and reads what leads to all blocks.
  await graph.get("n0");
  for (const id of ["n2999", "n1500", "n1000"]) {
    const { index = 0, history = 0 } = await readsOf(() => graph.get(id));
    expect([index <= 1, history], id).toEqual([true, 1]);
    expect(await readsOf(() => graph.get(id)), id).toEqual({ wal: 1 });
  }
  expect(await readsOf(() => graph.get("nowhere"))).not.toHaveProperty("history");
  expect((await graph.check()).problems).toEqual([]);
  await graph.close();
});

test("[W12] 100 concurrent reads of one cold key are one read of the disk", async () => {
  const { graph, readsOf } = await openWorld();
  await graph.get("n0");
  const { history } = await readsOf(() => Promise.all(Array.from({ length: 100 }, () => graph.get("n777"))));
  expect(history).toBe(1);
  expect(graph.cache.stats()).toMatchObject({ entries: 2, misses: 2, hits: 99 });
  await graph.close();
});

test("[W11] a commit of another process takes out of the cache what it changed, and nothing else", async () => {
  const { memory, graph, readsOf } = await openWorld();
  for (const id of ["n1", "n2"]) await graph.get(id);
  const other = await openOn(memory, "other");
  await other.transact((tx) => tx.update("n1", { rank: -1 }));
  expect((await graph.get("n1"))?.props["rank"]).toBe(-1);
  expect(await readsOf(() => graph.get("n2"))).toEqual({ wal: 1 });
  expect(graph.cache.stats()).toMatchObject({ entries: 2, misses: 3, hits: 1 });
  for (const each of [graph, other]) await each.close();
});

test("in a snapshot what is in the cache costs no call of the disk", async () => {
  const { graph, readsOf } = await openWorld();
  const snapshot = await graph.snapshot();
  await snapshot.get("n5");
  expect(await readsOf(() => snapshot.get("n5"))).toEqual({});
  snapshot.release();
  await graph.close();
});

test("the first ten by an index read some blocks and ten lines; asked again, the end of the log", async () => {
  const { graph, readsOf } = await openWorld();
  const top = graph.query("item").where("status", "=", "open").orderBy("rank").limit(10);
  const { index = 0, history = 0 } = await readsOf(() => top.all());
  // The lines lie near each other here, and may be read together.
  expect([index < 30, history > 0, history <= 10]).toEqual([true, true, true]);
  expect(await readsOf(() => top.all())).toEqual({ wal: 1 });
  expect((await top.explain()).fileReads).toBe(0);
  graph.cache.clear();
  let told: number | undefined;
  const cleared = await readsOf(async () => (told = (await top.explain()).fileReads));
  expect(told).toBe(cleared["history"]);
  expect(told).toBeGreaterThan(0);
  expect(await readsOf(() => graph.query("item").where("status", "=", "open").orderBy("rank").limit(10).all())).toEqual(
    {
      wal: 1,
    },
  );
  await graph.close();
});
