/** An index declared when there is history already: built in the background, from runs of any number, while all else goes on. */
import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { afterEach, expect, test } from "vitest";
import { defineType, type Graph, openGraph } from "../index.ts";
import { anySchema as fields } from "../testing/any-schema.ts";

const plain = defineType("item", { fields });
const ranked = defineType("item", { fields, indexes: [["rank"]] });
const open: Graph[] = [];
const memory = { disk: new MemoryDisk() };

afterEach(async () => {
  for (const graph of open.splice(0)) await graph.close();
  memory.disk = new MemoryDisk();
});

test("[W9] while an index declared late is built, queries answer by a scan and commits are made; then it answers", async () => {
  const before = await openOne("before", [plain]);
  await fill(before, { runs: 2, perRun: 400 });
  const after = await openOne("after", [ranked]);

  expect(await topOf(after)).toEqual({ access: "scan", ids: ["item-0-0", "item-1-0", "item-0-1"] });
  let committed = 0;
  while ((await topOf(after)).access === "scan") {
    await after.transact(async (tx) => void (await tx.update("item-0-0", { rank: -1 - committed })));
    committed += 1;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(committed).toBeGreaterThan(0);
  expect(await topOf(after)).toEqual({ access: "index", ids: ["item-0-0", "item-1-0", "item-0-1"] });
  expect((await after.check()).problems).toEqual([]);
});

test("[W9] an index declared late has what older runs say of an entity, whichever run changed or deleted it", async () => {
  const before = await openOne("before", [plain]);
  await fill(before, { runs: 3, perRun: 30 });
  await before.transact(async (tx) => {
    await tx.update("item-0-1", { rank: 1_000 });
    await tx.delete("item-1-1");
    await tx.update("item-2-1", { text: "of no index" });
  });
  await before.checkpoint();
  await before.transact(async (tx) => {
    await tx.update("item-0-1", { rank: 0.5 });
    await tx.create("item", { rank: 0.25 }, { id: "item-1-1" });
  });
  await before.checkpoint();

  const after = await openOne("after", [ranked]);
  await after.checkpoint();
  expect(await topOf(after)).toEqual({ access: "index", ids: ["item-0-0", "item-1-0", "item-2-0"] });
  expect((await after.query("item").orderBy("rank").limit(6).all()).map(({ id }) => id).slice(3)).toEqual([
    "item-1-1",
    "item-0-1",
    "item-2-1",
  ]);
  expect((await after.check()).problems).toEqual([]);
});

test("[W9] a process killed while it builds an index loses nothing: the next one that opens the store builds it", async () => {
  const before = await openOne("before", [plain]);
  await fill(before, { runs: 2, perRun: 50 });
  const victim = await openOne("victim", [ranked]);
  expect((await topOf(victim)).access).toBe("scan");
  const disk = memory.disk;
  disk.kill("victim");
  open.splice(open.indexOf(victim), 1);

  const next = await openOne("next", [ranked]);
  await next.checkpoint();
  expect(await topOf(next)).toEqual({ access: "index", ids: ["item-0-0", "item-1-0", "item-0-1"] });
  expect((await next.check()).problems).toEqual([]);
});

async function openOne(process: string, types: readonly (typeof plain)[]): Promise<Graph> {
  const graph = (await openGraph({
    dir: "/store",
    create: true,
    disk: memory.disk.process(process),
    clock: new TestClock(),
    random: seededRandom(5),
    types,
  })) as unknown as Graph;
  open.push(graph);
  return graph;
}

async function fill(graph: Graph, { runs, perRun }: { readonly runs: number; readonly perRun: number }): Promise<void> {
  for (let run = 0; run < runs; run += 1) {
    await graph.transact(async (tx) => {
      for (let i = 0; i < perRun; i += 1)
        await tx.create("item", { rank: i + run / 10, text: "x".repeat(900) }, { id: `item-${run}-${i}` });
    });
    await graph.checkpoint();
  }
}

async function topOf(graph: Graph): Promise<{ readonly access: string; readonly ids: readonly string[] }> {
  const query = graph.query("item").orderBy("rank").limit(3);
  const { index } = await query.explain();
  const access = index === "item/rank" ? "index" : "scan";
  return { access, ids: (await query.all()).map(({ id }) => id) };
}
