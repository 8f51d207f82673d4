import { IndexRun, writeIndexRun } from "@knotwork/indexer";
import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import { type Graph, openGraph } from "../index.ts";
import { FILTERED_TABLES } from "./index-layout.ts";

const dir = "/work/.knot";

test("an index run in whose place stands another of the same store and size, whole in itself, is found and not believed", async () => {
  const memory = new MemoryDisk();
  const disk = memory.process("p");
  disk.makeDirectory("/work");
  const open = (): Promise<Graph> =>
    openGraph({ dir, create: true, disk, clock: new TestClock(), random: seededRandom(3) });
  const graph = await open();
  for (const id of ["a", "b"]) await graph.transact(async (tx) => void (await tx.create("item", { id }, { id })));
  await graph.checkpoint();
  await graph.close();

  const [name = ""] = disk.list(`${dir}/index`);
  const path = `${dir}/index/${name}`;
  const { store } = JSON.parse(Buffer.from(memory.files().get(`${dir}/store.json`) ?? []).toString()) as {
    readonly store: string;
  };
  const run = IndexRun.open({ disk, path, storeId: store });
  // Every version where another stands: look-ups would answer "b" for "a".
  const entries = [...run.entries({ lower: "", upper: undefined })];
  const versions = entries.filter(({ key }) => key.startsWith("p"));
  const swapped = entries.map((entry) => {
    const place = versions.indexOf(entry);
    return place === -1 ? entry : { ...entry, value: versions[versions.length - 1 - place]?.value ?? "" };
  });
  const { bytes } = run.summary;
  const { meta } = run;
  run.close();
  disk.unlink(path);
  expect(writeIndexRun({ disk, path, storeId: store, meta, entries: swapped, filtered: FILTERED_TABLES }).bytes).toBe(
    bytes,
  );

  const again = await open();
  expect((await again.check()).problems).toMatchObject([{ code: "INDEX_DAMAGED" }]);
  expect((await again.get("a"))?.props).toEqual({ id: "a" });
  expect((await again.get("b"))?.props).toEqual({ id: "b" });
  await again.checkpoint();
  expect(await again.check()).toMatchObject({ ok: true, problems: [] });
  await again.close();
});
