import { FaultyDisk, MemoryDisk, TestClock } from "@knotwork/disk/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Graph } from "./graph.ts";
import { openGraph, type OpenGraphOptions } from "./open-graph.ts";
import type { CommitWatch, WatchedCommit } from "./watch.ts";

let memory: MemoryDisk;
let opened: Graph[];

beforeEach(() => {
  memory = new MemoryDisk();
  opened = [];
});
afterEach(async () => {
  for (const graph of opened) await graph.close();
  const graph = await open("after");
  expect((await graph.check()).problems).toEqual([]);
  await graph.close();
  expect(memory.watches.count).toBe(0);
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

async function put(graph: Graph, id: string, options: { readonly durability?: "relaxed" } = {}): Promise<number> {
  return (await graph.transact((tx) => tx.create("item", {}, { id }), options)).seq;
}

/** The next commits, whose number must be right. */
async function take(watch: CommitWatch, count: number): Promise<readonly WatchedCommit[]> {
  const commits: WatchedCommit[] = [];
  while (commits.length < count) {
    const { value } = await watch.next();
    if (value === undefined) break;
    commits.push(value);
  }
  expect(commits).toHaveLength(count);
  return commits;
}

function seqsOf(commits: readonly WatchedCommit[]): readonly number[] {
  return commits.map(({ seq }) => seq);
}

test("[Q6] a watch gives every commit behind a seq, with who, when and what, and waits for those of every process", async () => {
  const one = await open("one");
  const two = await open("two");
  await one.transact((tx) => tx.create("item", { n: 1 }, { id: "a" }), { idempotencyKey: "k" });
  await two.transact(async (tx) => {
    await tx.update("a", { n: 2 });
    await tx.create("item", {}, { id: "b" });
    await tx.link("a", "KNOWS", "b");
  });
  const watch = one.watch({ after: 0 });
  const first = await take(watch, 2);
  expect(first.map(({ cursor: _cursor, ...commit }) => commit)).toEqual(await one.commits());
  expect(first).toMatchObject([
    { seq: 1, author: "one", key: "k", changes: [{ op: "put", id: "a", type: "item", version: 1 }] },
    { seq: 2, author: "two", changes: [{ id: "a", version: 2 }, { id: "b" }, { type: "KNOWS", from: "a", to: "b" }] },
  ]);
  const third = watch.next();
  await two.transact((tx) => tx.delete("b"));
  expect((await third).value).toMatchObject({ seq: 3, author: "two" });
  expect((await third).value?.changes).toContainEqual(expect.objectContaining({ op: "delete", id: "b", version: 2 }));
  const fourth = watch.next();
  await put(one, "c");
  expect((await fourth).value).toMatchObject({ seq: 4, author: "one" });
  await watch.return();
});

test("[N9] a watch goes on right behind a cursor, in another process, when history holds what follows", async () => {
  const one = await open("one");
  for (let i = 1; i <= 9; i++) await put(one, `a${i}`);
  let cursor: string | undefined;
  for await (const commit of one.watch({ after: 0 })) {
    cursor = commit.cursor;
    if (commit.seq === 4) break;
  }
  await one.close();
  const two = await open("two");
  await two.checkpoint();
  await put(two, "a10");
  const watch = two.watch({ ...(cursor === undefined ? {} : { after: cursor }) });
  expect(seqsOf(await take(watch, 6))).toEqual([5, 6, 7, 8, 9, 10]);
  await watch.return();
});

test("without a cursor a watch gives what is committed after the call", async () => {
  const graph = await open("one");
  await put(graph, "a");
  const watch = graph.watch();
  await put(graph, "b");
  expect(seqsOf(await take(watch, 1))).toEqual([2]);
  await watch.return();
});

test("[Q6] a commit that nobody made durable is given as soon as it is, or at once to whoever wants it so", async () => {
  const writer = await open("writer");
  const reader = await open("reader", { readOnly: true });
  const clock = new TestClock();
  const patient = await openGraph({ dir: "/s", disk: memory.process("patient"), clock, readOnly: true });
  opened.push(patient);
  const segment = "/s/wal/0000000000000001.jsonl";
  const watch = patient.watch({ after: 0 });
  const next = watch.next();
  // It dies when it begins to sync: what it wrote is visible, and lost with the next loss of power.
  memory.onOperation = ({ process, call }) => {
    if (process === "writer" && call === "syncData") memory.kill("writer");
  };
  await expect(put(writer, "a")).rejects.toMatchObject({ code: "PROCESS_KILLED" });
  memory.onOperation = undefined;
  opened = opened.filter((graph) => graph !== writer);
  expect(seqsOf(await take(reader.watch({ after: 0, durable: false }), 1))).toEqual([1]);
  await clock.advance(199);
  expect(memory.counts.of({ process: "patient", call: "syncData", path: segment })).toBe(0);
  await clock.advance(1);
  expect((await next).value).toMatchObject({ seq: 1 });
  expect(memory.counts.of({ process: "patient", call: "syncData", path: segment })).toBe(1);
  const after = await openGraph({ dir: "/s", disk: memory.crash().process("after") });
  expect(await after.get("a")).toBeDefined();
  await after.close();
});

test("[N9] a cursor whose commit a loss of power took back is refused, though another commit bears its number", async () => {
  const graph = await open("one");
  await put(graph, "a");
  const watch = graph.watch({ after: 0, durable: false });
  await put(graph, "lost", { durability: "relaxed" });
  const [kept, lost] = await take(watch, 2);
  memory = memory.crash();
  opened = [];
  const again = await open("two");
  const from = (commit: WatchedCommit | undefined): CommitWatch => again.watch({ after: commit?.cursor ?? "" });
  await expect(from(lost).next()).rejects.toMatchObject({ code: "CURSOR_DIVERGED", context: { seq: 2, head: 1 } });
  await put(again, "other");
  await expect(from(lost).next()).rejects.toMatchObject({ code: "CURSOR_DIVERGED", context: { seq: 2, head: 2 } });
  await again.checkpoint();
  await expect(from(lost).next()).rejects.toMatchObject({
    name: "CursorDivergedError",
    code: "CURSOR_DIVERGED",
  });
  expect((await take(from(kept), 1))[0]).toMatchObject({ seq: 2, changes: [{ id: "other" }] });
  // A number says nothing about which commit was meant.
  expect(seqsOf(await take(again.watch({ after: 1 }), 1))).toEqual([2]);
});

test("[Q6] an idle watch does nothing, and looks once a second because hints can get lost", async () => {
  const writer = await open("writer");
  const clock = new TestClock();
  const reader = await openGraph({ dir: "/s", disk: memory.process("reader"), clock });
  opened.push(reader);
  const watch = reader.watch({ after: 0 });
  const next = watch.next();
  await clock.advance(10);
  const calls = memory.counts.of({ process: "reader" });
  await clock.advance(980);
  expect(memory.counts.of({ process: "reader" })).toBe(calls);
  memory.watches.deliver = false;
  await put(writer, "a");
  await clock.advance(9);
  expect(memory.counts.of({ process: "reader" })).toBe(calls);
  await clock.advance(1);
  expect((await next).value).toMatchObject({ seq: 1 });
  await watch.return();
  expect(clock.sleeperCount).toBe(0);
});

test("break, return, an abort and the end of the graph let go of everything, also while a watch waits", async () => {
  const clock = new TestClock();
  const graph = await openGraph({ dir: "/s", disk: memory.process("one"), create: true, clock });
  opened.push(graph);
  await put(graph, "a");
  for await (const { seq } of graph.watch({ after: 0 })) if (seq === 1) break;
  expect(memory.watches.count).toBe(0);

  const returned = graph.watch();
  const waiting = returned.next();
  await clock.advance(1);
  expect(memory.watches.count).toBe(1);
  await returned.return();
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(await returned.next()).toEqual({ done: true, value: undefined });

  const controller = new AbortController();
  const aborted = graph.watch({ signal: controller.signal });
  const refused = expect(aborted.next()).rejects.toThrow("enough");
  await clock.advance(1);
  controller.abort(new Error("enough"));
  await refused;
  expect(await aborted.next()).toMatchObject({ done: true });
  await expect(graph.watch({ signal: controller.signal }).next()).rejects.toThrow("enough");

  expect(memory.watches.count).toBe(0);
  expect(clock.sleeperCount).toBe(0);
  const open = graph.watch().next();
  await graph.close();
  expect(await open).toMatchObject({ done: true });
  expect(() => graph.watch()).toThrow(expect.objectContaining({ code: "GRAPH_CLOSED" }));
});

test("a slow consumer holds nothing back: commits are read a page at a time, files go as checkpoints drop them", async () => {
  const graph = await open("one");
  for (let i = 0; i < 300; i++) await put(graph, `a${i}`, { durability: "relaxed" });
  await graph.checkpoint();
  const reader = await open("reader");
  const watch = reader.watch({ after: 0 });
  await take(watch, 1);
  const reads = memory.counts.of({ process: "reader", call: "read" });
  expect(memory.counts.of({ process: "reader", call: "tryLock" })).toBe(0);
  await graph.checkpoint();
  await put(graph, "b");
  expect(seqsOf(await take(watch, 255))).toEqual(Array.from({ length: 255 }, (_, index) => index + 2));
  expect(memory.counts.of({ process: "reader", call: "read" })).toBe(reads);
  expect(seqsOf(await take(watch, 45)).at(-1)).toBe(301);
  await watch.return();
});

test("damage of the newest commits ends a watch instead of letting it wait for ever", async () => {
  const clock = new TestClock();
  const writer = await open("writer");
  await put(writer, "a");
  const reader = await openGraph({ dir: "/s", disk: memory.process("reader"), clock, readOnly: true });
  const watch = reader.watch({ after: 1 });
  const refused = expect(watch.next()).rejects.toMatchObject({ code: "LOG_DAMAGED" });
  await clock.advance(1);
  memory.watches.deliver = false;
  await put(writer, "b");
  const path = "/s/wal/0000000000000001.jsonl";
  const healthy = memory.files().get(path) ?? new Uint8Array();
  const file = memory.process("shell").open(path, "read-write");
  file.write(Buffer.from("#"), healthy.length - 5);
  await clock.advance(1000);
  await refused;
  file.write(healthy.subarray(-5, -4), healthy.length - 5);
  file.close();
  await reader.close();
});

test("what is neither a cursor nor a seq is refused before anything is watched", async () => {
  const graph = await open("one");
  for (const after of ["", "7", "7.", "-1.abc", "1.00000000.2", "01.ab", "nonsense"]) {
    expect(() => graph.watch({ after }), after).toThrow(expect.objectContaining({ code: "INVALID_CURSOR" }));
  }
  for (const after of [-1, 0.5, Number.NaN]) expect(() => graph.watch({ after })).toThrow(RangeError);
  await expect(graph.watch({ after: 1 }).next()).rejects.toMatchObject({ code: "CURSOR_DIVERGED" });
});

test("a machine that can watch no more directories is looked at once a second", async () => {
  const disk = new FaultyDisk(memory.process("reader"));
  disk.failAt({ call: 1, of: ["watchDirectory"], code: "ENOSPC", mode: "from-here-on" });
  const writer = await open("writer");
  const clock = new TestClock();
  const reader = await openGraph({ dir: "/s", disk, clock });
  opened.push(reader);
  const next = reader.watch().next();
  await clock.advance(1);
  await put(writer, "a");
  await clock.advance(1000);
  expect((await next).value).toMatchObject({ seq: 1 });
});
