import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import type { Engine } from "../engine.ts";
import type { Graph } from "../graph.ts";
import { openGraph } from "../open-graph.ts";
import { openLocalEngine } from "./open-local-engine.ts";

const HISTORY = "/store/history";
const COUNT = 700;
const idOf = (number: number): string => `n${String(number).padStart(4, "0")}`;

async function openOn(memory: MemoryDisk, process: string): Promise<{ engine: Engine; graph: Graph }> {
  const clock = new TestClock();
  const engine = await openLocalEngine({
    dir: "/store",
    disk: memory.process(process),
    clock,
    random: seededRandom(3),
    create: process === "writer",
  });
  return { engine, graph: await openGraph({ engine, author: process }) };
}

/** Nodes in two history runs and the log, some changed later, some deleted; every third with an edge to the next. */
async function storeWithNodes(): Promise<MemoryDisk> {
  const memory = new MemoryDisk();
  const { engine, graph } = await openOn(memory, "writer");
  await graph.transact(async (tx) => {
    for (let number = 0; number < COUNT; number += 1) await tx.create("node", { number }, { id: idOf(number) });
  });
  await graph.transact(async (tx) => {
    for (let number = 0; number + 1 < COUNT; number += 3) await tx.link(idOf(number), "TO", idOf(number + 1));
  });
  await engine.checkpoint();
  await graph.transact(async (tx) => {
    for (let number = 0; number < COUNT; number += 5) await tx.update(idOf(number), { changed: 1 });
  });
  await engine.checkpoint();
  await graph.transact(async (tx) => {
    for (let number = 0; number < COUNT; number += 7) await tx.update(idOf(number), { changed: 2 });
    await tx.delete(idOf(13));
  });
  expect(await graph.check()).toMatchObject({ ok: true });
  await graph.close();
  return memory;
}

test("many entities asked for at once are what they are one by one, whichever run or the log has them", async () => {
  const memory = await storeWithNodes();
  const { graph } = await openOn(memory, "reader");
  const ids = [...Array.from({ length: COUNT }, (_, number) => idOf(number)).reverse(), "missing", idOf(3)];
  const together = await graph.getMany(ids);
  const apart = await Promise.all(ids.map((id) => graph.get(id)));
  expect(together).toEqual(apart);
  // In order and close together, in order and far apart, some missing.
  const ascending = ids.toSorted().filter((id, at, all) => id !== all[at - 1]);
  for (const step of [1, 2]) {
    const some = ascending.filter((_, at) => at % step === 0);
    const spread = [idOf(0), `${idOf(0)}0`, ...some.slice(-300), "zz"];
    for (const each of [some, spread]) {
      const expected = await Promise.all(each.map((id) => graph.get(id)));
      graph.cache.clear();
      expect(await graph.getMany(each)).toEqual(expected);
    }
  }
  expect(together.filter((entity) => entity === undefined)).toHaveLength(2);
  const rows = await graph.query("node").all();
  expect(rows.map(({ id }) => id)).toEqual(
    ids
      .slice(0, COUNT)
      .filter((id) => id !== idOf(13))
      .reverse(),
  );
  await graph.close();
});

test("the edges that leave many nodes are those that leave each of them", async () => {
  const memory = await storeWithNodes();
  const { graph } = await openOn(memory, "reader");
  const ids = [idOf(699), idOf(0), idOf(300), idOf(301), "missing", idOf(3), idOf(0)];
  const found = await graph.edgesFrom(ids);
  for (const id of ids) expect(found.get(id) ?? []).toEqual(await graph.edges({ from: id }));
  expect([...found.keys()].sort()).toEqual([idOf(0), idOf(3), idOf(300)]);
  const links = await graph.links(["TO"]);
  for (const [from, to] of links) expect(to).toEqual((await graph.edges({ from })).map((edge) => edge.to));
  expect(links.size).toBe((await graph.query("TO").ids()).length);
  expect((await graph.links(["OTHER"])).size).toBe(0);
  await graph.close();
});

test("a damaged line is told when many are read together, and costs no other entity", async () => {
  const memory = await storeWithNodes();
  const disk = memory.process("vandal");
  const [name] = [...disk.list(HISTORY)].sort();
  const path = `${HISTORY}/${name}`;
  const bytes = Buffer.from(memory.files().get(path) ?? []);
  const at = bytes.indexOf(`"id":"${idOf(404)}"`);
  bytes[at + 7] = (bytes[at + 7] ?? 0) ^ 1;
  const file = disk.open(path, "read-write");
  file.write(bytes, 0);
  file.close();
  const { graph } = await openOn(memory, "reader");
  await expect(graph.query("node").all()).rejects.toMatchObject({ code: "VERSION_DAMAGED" });
  const others = Array.from({ length: 300 }, (_, number) => idOf(number));
  expect((await graph.getMany(others)).filter((entity) => entity === undefined)).toHaveLength(1);
  await graph.close();
});

test("a snapshot that reads many together is not given what was cached since", async () => {
  const memory = await storeWithNodes();
  const { graph } = await openOn(memory, "reader");
  const snapshot = await graph.snapshot();
  const before = await snapshot.query("node").all();
  await graph.transact(async (tx) => {
    for (let number = 600; number < 650; number += 1) await tx.update(idOf(number), { changed: 3 });
  });
  for (let number = 600; number < 650; number += 1) await graph.get(idOf(number));
  expect(await snapshot.query("node").all()).toEqual(before);
  const now = await graph.query("node").all();
  expect(now.filter(({ props }) => props["changed"] === 3)).toHaveLength(50);
  snapshot.release();
  await graph.close();
});
