import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { readWholeFile } from "@knotwork/disk";
import { beforeEach, expect, test } from "vitest";
import { defineType, type Graph, inspectStore, openGraph } from "../index.ts";
import { anySchema } from "../testing/any-schema.ts";

const item = defineType("item", { fields: anySchema, indexes: [["n"]] });
const RUNS_MAX = 64;

let memory: MemoryDisk;
const random = seededRandom(13);
const machine = (): { disk: ReturnType<MemoryDisk["process"]>; clock: TestClock; random: () => number } => ({
  disk: memory.process("p"),
  clock: new TestClock(),
  random,
});
const open = (): Promise<Graph> =>
  openGraph({ dir: "/work/.knot", create: true, types: [item], author: "ada", ...machine() }) as Promise<Graph>;

beforeEach(() => {
  memory = new MemoryDisk();
  memory.process("p").makeDirectory("/work");
});

const runsIn = (): readonly string[] => memory.process("p").list("/work/.knot/history");

async function commitAndCheckpoint(graph: Graph, count: number): Promise<void> {
  const id = `e-${count % 7}`;
  await graph.transact(
    async (tx) => {
      const props = { n: count, text: `text ${count}` };
      const found = await tx.get(id);
      if (found === undefined) await tx.create("item", props, { id });
      else if (count % 5 === 0) await tx.delete(id);
      else await tx.update(id, props);
    },
    { idempotencyKey: `key-${count}` },
  );
  await graph.checkpoint();
}

async function everything(graph: Graph): Promise<unknown> {
  const histories = await Promise.all(Array.from({ length: 7 }, (_, index) => graph.history(`e-${index}`)));
  return {
    histories,
    commits: await graph.commits({ limit: 1000 }),
    byIndex: await graph.query("item").where("n", ">", 20).orderBy("n").all(),
    past: await graph.asOf(30).get("e-1"),
  };
}

test("after many checkpoints there are few history runs, and every answer is the same", async () => {
  const graph = await open();
  for (let count = 1; count <= RUNS_MAX - 1; count += 1) await commitAndCheckpoint(graph, count);
  const before = runsIn().length;
  expect(before).toBeGreaterThan(RUNS_MAX - 2);
  while (runsIn().length >= before) await commitAndCheckpoint(graph, 100 + runsIn().length);
  expect(runsIn()).toHaveLength(1);
  expect(await graph.check()).toMatchObject({ ok: true, problems: [] });
  await commitAndCheckpoint(graph, 300);
  const answers = await everything(graph);
  expect(runsIn()).toHaveLength(2);
  expect(await graph.check()).toMatchObject({ ok: true, problems: [] });
  const repeated = await graph.transact(async () => "never run", { idempotencyKey: "key-7" });
  expect(repeated).toMatchObject({ duplicate: true });
  await graph.close();
  expect(await inspectStore("/work/.knot", machine())).toMatchObject({ ok: true, problems: [] });
  // The same store with its indexes computed anew from history answers the same.
  for (const name of memory.process("p").list("/work/.knot/index"))
    memory.process("p").unlink(`/work/.knot/index/${name}`);
  const again = await open();
  expect(await everything(again)).toEqual(answers);
  await again.close();
});

test("a damaged history run is left alone by the merge, and commits go on", async () => {
  const graph = await open();
  for (let count = 1; count <= 10; count += 1) await commitAndCheckpoint(graph, count);
  const path = `/work/.knot/history/${runsIn()[0] ?? ""}`;
  const file = memory.process("p").open(path, "read-write");
  file.write(Buffer.from("#"), (readWholeFile(memory.process("p"), path)?.length ?? 0) - 10);
  file.close();
  for (let count = 11; count <= RUNS_MAX + 3; count += 1) await commitAndCheckpoint(graph, count);
  expect(runsIn().length).toBeGreaterThan(RUNS_MAX);
  expect((await graph.check()).problems[0]).toMatchObject({ code: "STORE_DAMAGED" });
  await graph.close();
});
