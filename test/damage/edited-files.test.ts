import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { defineType, type Graph, openGraph, type TypeDefinition } from "@knotwork/graph";
import { IndexRun } from "@knotwork/indexer";
import { expect, test } from "vitest";

const DIR = "/work/.knot";
const anything: TypeDefinition["fields"] = {
  "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) },
};
const types = [defineType("item", { fields: anything, indexes: [["rank"]], text: ["title"], endings: true })];

async function openOn(memory: MemoryDisk, process: string): Promise<Graph> {
  const disk = memory.process(process);
  if (process === "writer") disk.makeDirectory("/work");
  const graph = await openGraph({
    dir: DIR,
    create: process === "writer",
    disk,
    clock: new TestClock(),
    random: seededRandom(7),
    types,
  });
  return graph;
}

/** 40 items in history, 20 more in the log; the store is closed. */
async function madeStore(): Promise<MemoryDisk> {
  const memory = new MemoryDisk();
  const graph = await openOn(memory, "writer");
  const add = async (from: number, to: number): Promise<void> => {
    for (let rank = from; rank < to; rank += 1)
      await graph.transact((tx) =>
        tx.create("item", { title: `Item number ${rank}`, rank }, { id: `item-${1000 + rank}` }),
      );
  };
  await add(0, 40);
  await graph.checkpoint();
  await add(40, 60);
  expect(await graph.check()).toMatchObject({ ok: true });
  await graph.close();
  return memory;
}

function filesIn(memory: MemoryDisk, directory: string): readonly string[] {
  return memory
    .process("lister")
    .list(`${DIR}/${directory}`)
    .toSorted()
    .map((name) => `${DIR}/${directory}/${name}`);
}

/** As an editor saves it: the same file with one text in the place of another of its length. */
function edit(memory: MemoryDisk, path: string, find: string, replace: string): void {
  const bytes = Buffer.from(memory.files().get(path) ?? []);
  const at = bytes.indexOf(find);
  expect(at, `${find} in ${path}`).toBeGreaterThan(-1);
  const file = memory.process("editor").open(path, "read-write");
  file.write(Buffer.from(replace), at);
  file.close();
}

async function answersOf(graph: Graph): Promise<unknown> {
  return {
    ranked: await graph.query("item").where("rank", ">=", 35).orderBy("rank").ids(),
    found: await graph.query("item").search("number 3*").ids(),
    ending: await graph.idsEndingWith("item", "1037"),
    past: await graph.asOf(30).query("item").search("item").ids(),
    rows: await graph.query("item").all(),
  };
}

test("[T13] no entry of an index is newer than the history it follows from", async () => {
  const memory = await madeStore();
  const disk = memory.process("reader");
  const graph = await openOn(memory, "again");
  for (let round = 0; round < 3; round += 1) {
    await graph.transact((tx) => tx.update("item-1005", { rank: 100 + round }));
    await graph.checkpoint();
    const pointer = JSON.parse(Buffer.from(memory.files().get(`${DIR}/MANIFEST.json`) ?? []).toString()) as {
      file: string;
    };
    const manifest = JSON.parse(
      Buffer.from(memory.files().get(`${DIR}/manifest/${pointer.file}`) ?? []).toString(),
    ) as {
      readonly store: string;
      readonly seq: number;
      readonly history: readonly { readonly through: number }[];
      readonly index: readonly { readonly file: string }[];
    };
    const newest = manifest.index.map(({ file }) => {
      const run = IndexRun.open({ disk, path: `${DIR}/index/${file}`, storeId: manifest.store });
      const { maxSeq } = run;
      run.close();
      return maxSeq;
    });
    expect(Math.max(...newest)).toBe(manifest.seq);
    expect(manifest.history.at(-1)?.through).toBe(manifest.seq);
  }
  await graph.close();
});

test("[T13] indexes are derived: without them every answer is the same, and a checkpoint writes them anew", async () => {
  const memory = await madeStore();
  const before = await openOn(memory, "before");
  const expected = await answersOf(before);
  await before.close();
  for (const path of filesIn(memory, "index")) memory.process("vandal").unlink(path);
  const graph = await openOn(memory, "after");
  expect(await answersOf(graph)).toEqual(expected);
  await graph.checkpoint();
  expect(await graph.check()).toMatchObject({ ok: true, problems: [] });
  expect(filesIn(memory, "index").length).toBeGreaterThan(0);
  expect(await answersOf(graph)).toEqual(expected);
  await graph.close();
});

test("[T13] a byte of an index that was edited by hand is found, and costs no answer", async () => {
  const memory = await madeStore();
  const before = await openOn(memory, "before");
  const expected = await answersOf(before);
  await before.close();
  const [path = ""] = filesIn(memory, "index");
  edit(memory, path, "number\0\0", "numbxr\0\0");
  const graph = await openOn(memory, "after");
  expect((await graph.check()).problems).toMatchObject([{ code: "INDEX_DAMAGED" }]);
  expect(await answersOf(graph)).toEqual(expected);
  await graph.close();
});

test("[T13] a line of history that was edited by hand is told, not believed; other entities are answered", async () => {
  const memory = await madeStore();
  const [path = ""] = filesIn(memory, "history");
  edit(memory, path, "Item number 7", "Item number 8");
  const graph = await openOn(memory, "after");
  expect((await graph.check()).ok).toBe(false);
  await expect(graph.get("item-1007")).rejects.toMatchObject({ code: "VERSION_DAMAGED" });
  expect((await graph.get("item-1008"))?.props).toMatchObject({ rank: 8 });
  await graph.close();
});

test("[T13] a record of the log that was edited by hand stops writers, who say where; what stands before it is served", async () => {
  const memory = await madeStore();
  const path = filesIn(memory, "wal").findLast((each) => each.endsWith(".jsonl")) ?? "";
  edit(memory, path, "Item number 50", "Item number 51");
  const graph = await openOn(memory, "after");
  expect((await graph.check()).ok).toBe(false);
  await expect(graph.transact((tx) => tx.create("item", { title: "new" }))).rejects.toMatchObject({
    code: "LOG_DAMAGED",
  });
  expect((await graph.get("item-1049"))?.props).toMatchObject({ rank: 49 });
  expect(await graph.get("item-1050")).toBeUndefined();
  await graph.close();
});
