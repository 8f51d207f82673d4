import { MemoryDisk, TestClock } from "@knotwork/disk/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Graph } from "../graph.ts";
import { openGraph, type OpenGraphOptions } from "../open-graph.ts";

const SEGMENT = "/s/wal/0000000000000001.jsonl";

let memory: MemoryDisk;
let opened: Graph[];

beforeEach(() => {
  memory = new MemoryDisk();
  opened = [];
});
afterEach(async () => {
  for (const graph of opened) await graph.close();
});

async function open(process: string, options: OpenGraphOptions = {}): Promise<Graph> {
  const graph = await openGraph({
    dir: "/s",
    disk: memory.process(process),
    create: true,
    author: process,
    ...options,
  });
  opened.push(graph);
  return graph;
}

async function put(graph: Graph, id: string): Promise<number> {
  return (await graph.transact((tx) => tx.create("item", {}, { id }))).seq;
}

test("[ENGINE D1] nothing that another process failed to sync is given, or synced here, before a writer has replaced it", async () => {
  const failing = await open("failing");
  await put(failing, "a");
  const clock = new TestClock();
  const reader = await open("reader", { clock });
  const watch = reader.watch({ after: 1 });
  const next = watch.next();
  await clock.advance(1);
  memory.failNextSync(SEGMENT, "EIO");
  await expect(put(failing, "b")).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
  const syncs = memory.counts.of({ process: "reader", call: "syncData" });
  await clock.advance(3000);
  expect(memory.counts.of({ process: "reader", call: "syncData" })).toBe(syncs);
  const writer = await open("writer");
  await put(writer, "c");
  await clock.advance(1000);
  expect((await next).value).toMatchObject({ seq: 2, author: "failing" });
  expect((await watch.next()).value).toMatchObject({ seq: 3, author: "writer" });
  await watch.return();
  // The process that watched was not harmed by the failure of another.
  expect(await put(reader, "d")).toBe(4);
  expect((await reader.check()).problems).toEqual([]);
});

test("[ENGINE D3] a watch whose own sync fails says so, and its process acknowledges nothing any more", async () => {
  const writer = await open("writer");
  await put(writer, "a");
  const clock = new TestClock();
  const reader = await open("reader", { clock });
  const next = reader.watch({ after: 1 }).next();
  const refused = expect(next).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
  await clock.advance(1);
  memory.onOperation = ({ process, call }) => {
    if (process === "writer" && call === "syncData") memory.kill("writer");
  };
  await expect(put(writer, "b")).rejects.toMatchObject({ code: "PROCESS_KILLED" });
  memory.onOperation = undefined;
  opened = opened.filter((graph) => graph !== writer);
  memory.failNextSync(SEGMENT, "EIO");
  await clock.advance(2000);
  await refused;
  await expect(put(reader, "c")).rejects.toMatchObject({ code: "HANDLE_POISONED" });
});

test("[W23] a watch goes over ten checkpoints of another process without a gap, while a third one commits", async () => {
  const writer = await open("writer");
  const other = await open("other");
  const reader = await open("reader", { readOnly: true });
  const watch = reader.watch({ after: 0 });
  const seqs: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    for (let i = 0; i < 5; i += 1) await put(i % 2 === 0 ? writer : other, `e${round}-${i}`);
    await (round % 2 === 0 ? writer : other).checkpoint();
    // Sometimes it keeps up, sometimes it finds what follows only in history.
    for (let count = round % 3 === 0 ? 0 : 5; count > 0; count -= 1) seqs.push((await watch.next()).value?.seq ?? 0);
  }
  while (seqs.length < 50) seqs.push((await watch.next()).value?.seq ?? 0);
  expect(seqs).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  await watch.return();
  expect((await writer.check()).problems).toEqual([]);
});

test("a cursor behind which history was dropped is refused; one that history still follows goes on", async () => {
  const graph = await open("one");
  await put(graph, "e");
  for (let n = 1; n <= 5; n += 1) await graph.transact((tx) => tx.update("e", { n }));
  const cursors: string[] = [];
  for await (const { cursor, seq } of graph.watch({ after: 0 })) {
    cursors.push(cursor);
    if (seq === 6) break;
  }
  const { historyFloor } = await graph.compact({ keepVersions: 2 });
  expect(historyFloor).toBeGreaterThan(1);
  await put(graph, "f");
  const refused = { code: "SNAPSHOT_TOO_OLD", context: { historyFloor } };
  for (const [index, cursor] of cursors.entries()) {
    const watch = graph.watch({ after: cursor });
    if (index + 1 < historyFloor - 1) await expect(watch.next()).rejects.toMatchObject(refused);
    else expect((await watch.next()).value).toMatchObject({ seq: index + 2 });
    await watch.return();
  }
  await expect(graph.watch({ after: 0 }).next()).rejects.toMatchObject(refused);
});
