import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { beforeEach, expect, test } from "vitest";
import { defineType, type Graph, openGraph } from "../index.ts";
import { anySchema } from "../testing/any-schema.ts";

const item = defineType("item", { fields: anySchema, indexes: [["status"]] });
const DAY_MS = 24 * 60 * 60 * 1000;

let memory: MemoryDisk;
let clock: TestClock;
let graph: Graph;
const random = seededRandom(11);

const open = (options: { readonly readOnly?: boolean; readonly process?: string } = {}): Promise<Graph> =>
  openGraph({
    dir: "/work/.knot",
    create: options.readOnly !== true,
    readOnly: options.readOnly ?? false,
    author: "ada",
    types: [item],
    disk: memory.process(options.process ?? "p"),
    clock,
    random,
  });

beforeEach(async () => {
  memory = new MemoryDisk();
  clock = new TestClock();
  memory.process("p").makeDirectory("/work");
  graph = await open();
});

async function put(id: string, props: Readonly<Record<string, string>>, idempotencyKey?: string): Promise<number> {
  const { seq } = await graph.transact(
    async (tx) => {
      if ((await tx.get(id)) === undefined) await tx.create("item", props, { id });
      else await tx.update(id, props);
      return props;
    },
    idempotencyKey === undefined ? {} : { idempotencyKey },
  );
  clock.pauseMs(DAY_MS);
  return seq;
}

const filesWith = (text: string): readonly string[] =>
  [...memory.files()].filter(([, bytes]) => Buffer.from(bytes).includes(text)).map(([path]) => path);

/** Every state that can be asked for, as it is. */
async function statesFrom(seq: number): Promise<readonly unknown[]> {
  const states: unknown[] = [];
  for (let at = seq; at <= (await graph.head()); at += 1) {
    const past = graph.asOf(at);
    states.push([
      at,
      await past.get("a"),
      await past.get("b"),
      await past.query("item").where("status", "=", "open").all(),
    ]);
  }
  return states;
}

async function fill(): Promise<void> {
  for (let round = 1; round <= 4; round += 1) {
    await put("a", { status: round % 2 === 0 ? "open" : "done", text: `a in round ${round}` }, `key-${round}`);
    await put("b", { status: "open", text: `b in round ${round}` });
    if (round === 2) await graph.checkpoint();
  }
}

test("[W25] compact keeps so many versions of each entity; every state that may still be asked for is as before", async () => {
  await fill();
  const floor = (await graph.history("b")).at(-2)?.seq ?? 0;
  const before = await statesFrom(floor);
  const dry = await graph.compact({ keepVersions: 2, dryRun: true });
  expect(dry).toMatchObject({ changed: false, versionsDropped: 4, versionsKept: 4, historyFloor: floor + 1 });

  const report = await graph.compact({ keepVersions: 2 });
  expect(report).toMatchObject({
    changed: true,
    versionsDropped: 4,
    versionsKept: 4,
    historyFloor: floor + 1,
    filesHeld: [],
  });
  expect(report.bytesAfter).toBeLessThan(report.bytesBefore + 2000);
  expect(filesWith("b in round 2")).toEqual([]);
  expect(await statesFrom(floor)).toEqual(before);
  expect((await graph.history("a")).map(({ version }) => version)).toEqual([3, 4]);
  await expect(graph.asOf(floor - 1).get("a")).rejects.toMatchObject({ code: "SNAPSHOT_TOO_OLD" });
  expect(await graph.check()).toMatchObject({ ok: true, problems: [] });
  expect(await graph.compact({ keepVersions: 2 })).toMatchObject({ changed: false, versionsDropped: 0 });
});

test("[W25] compact keeps days; keys, results and commit lines stay for ever", async () => {
  await fill();
  const commits = (await graph.commits()).length;
  const report = await graph.compact({ keepDays: 2.5 });
  expect(report).toMatchObject({ changed: true, historyFloor: commits - 1 });
  expect((await graph.history("a")).map(({ version }) => version)).toEqual([3, 4]);
  const again = await graph.transact(async () => ({ never: "run" }), { idempotencyKey: "key-1" });
  expect(again).toMatchObject({ duplicate: true, value: { text: "a in round 1" } });
  const lines = [...memory.files()]
    .filter(([path]) => path.includes("/history/"))
    .flatMap(([, bytes]) => Buffer.from(bytes).toString().split("\n"));
  expect(lines.filter((line) => line.includes('"commit":'))).toHaveLength(commits);
  await put("a", { status: "open", text: "goes on" });
  await graph.checkpoint();
  expect(await graph.check()).toMatchObject({ ok: true, problems: [] });
  await graph.close();
  graph = await open();
  expect((await graph.history("a")).map(({ version }) => version)).toEqual([3, 4, 5]);
});

test("[W25] a snapshot that another process holds keeps its files, and they go when it is released", async () => {
  await fill();
  const reader = await open({ process: "reader" });
  const held = await reader.snapshot();
  const before = await held.get("a");
  const report = await graph.compact({ keepVersions: 1 });
  expect(report.filesHeld.length).toBeGreaterThan(0);
  expect(await held.get("a")).toEqual(before);
  held.release();
  await reader.close();
  await put("b", { text: "more" });
  await graph.checkpoint();
  expect(filesWith("b in round 1")).toEqual([]);
});

test("[N10] commits are listed by author and session, from history and log alike, and after a compaction too", async () => {
  await fill();
  const other = await openGraph({ dir: "/work/.knot", author: "eve", disk: memory.process("q"), clock, random });
  await other.transact(async (tx) => void (await tx.create("item", {}, { id: "c" })), { session: "S-1" });
  await other.close();
  const seq = await graph.head();
  expect(await graph.commits({ author: "eve" })).toMatchObject([{ seq, author: "eve", session: "S-1" }]);
  expect(await graph.commits({ session: "S-1", reverse: true })).toMatchObject([{ seq }]);
  expect(await graph.commits({ session: "S-2" })).toEqual([]);
  await graph.compact({ keepVersions: 1 });
  const listed = await graph.commits({ author: "ada" });
  expect(listed.map((commit) => commit.seq)).toEqual(Array.from({ length: seq - 1 }, (_, index) => index + 1));
  expect(listed[1]).toMatchObject({ key: "key-1", compacted: true, changes: [] });
});

test("[N9] [W25] a cursor right before the floor of history still names one commit: another in its place is refused", async () => {
  await fill();
  const { historyFloor } = await graph.compact({ keepVersions: 2, dryRun: true });
  const feed = graph.watch({ after: historyFloor - 2, durable: false });
  const { cursor = "" } = (await feed.next()).value ?? {};
  await feed.return();
  await graph.compact({ keepVersions: 2 });
  const onward = graph.watch({ after: cursor, durable: false });
  expect(await onward.next()).toMatchObject({ value: { seq: historyFloor } });
  await onward.return();
  const diverged = graph.watch({ after: cursor.replace(/\..*$/u, ".00000000"), durable: false });
  await expect(diverged.next()).rejects.toMatchObject({ code: "CURSOR_DIVERGED" });
});

test("compact refuses options that make no sense", async () => {
  await expect(graph.compact({})).rejects.toThrow(TypeError);
  await expect(graph.compact({ keepDays: 1, keepVersions: 1 })).rejects.toThrow(TypeError);
  await expect(graph.compact({ keepVersions: 0 })).rejects.toThrow(RangeError);
});

test("[W25] purge leaves no trace of the text in any file; ids, versions, commits and the chain stay", async () => {
  await put("a", { status: "open", text: "the secret password" }, "with result");
  await graph.checkpoint();
  await put("a", { status: "open", text: "the secret password", more: "another secret" });
  await put("b", { status: "open", text: "harmless" });
  memory.process("p").makeDirectory("/work/elsewhere");
  plant("/work/.knot/quarantine/0000000000000001.jsonl.tail-9-00000000", 'x "the secret password" torn\nkept\n');
  await expect(graph.purge("a")).rejects.toMatchObject({ code: "NOT_DELETED" });
  await expect(graph.purge("never")).rejects.toMatchObject({ code: "NOT_FOUND" });
  await graph.transact(async (tx) => void (await tx.delete("a")));
  const commits = await graph.commits();

  const report = await graph.purge("a");
  expect(report).toMatchObject({ id: "a", versionsPurged: 2, resultsPurged: 1, filesHeld: [] });
  expect(report.quarantineCleaned).toHaveLength(1);
  expect(filesWith("secret")).toEqual([]);
  expect(filesWith("kept\n")).toHaveLength(1);
  expect(await graph.commits()).toEqual(commits);
  expect((await graph.history("a")).map(({ version, purged, props }) => ({ version, purged, props }))).toEqual([
    { version: 1, purged: true, props: {} },
    { version: 2, purged: true, props: {} },
    { version: 3, purged: undefined, props: {} },
  ]);
  expect(await graph.get("b")).toMatchObject({ props: { text: "harmless" } });
  expect(await graph.check()).toMatchObject({ ok: true, problems: [] });
  expect(await graph.purge("a")).toMatchObject({ versionsPurged: 2, resultsPurged: 0 });
  await graph.close();
  graph = await open();
  expect(await graph.check()).toMatchObject({ ok: true, problems: [] });
});

test("[W25] purge of old versions keeps the newest, and what queries answer", async () => {
  await put("a", { status: "open", text: "the secret password" });
  await put("a", { status: "done", text: "cleaned" });
  expect(await graph.purge("a", { onlyOldVersions: true })).toMatchObject({ versionsPurged: 1 });
  expect(filesWith("secret")).toEqual([]);
  expect((await graph.get("a"))?.props).toEqual({ status: "done", text: "cleaned" });
  expect(await graph.query("item").where("status", "=", "done").ids()).toEqual(["a"]);
  expect(await graph.check()).toMatchObject({ ok: true, problems: [] });
});

test("[W25] purge says which files another process still reads", async () => {
  await put("a", { text: "the secret password" });
  await graph.checkpoint();
  const reader = await open({ process: "reader" });
  const held = await reader.snapshot();
  await graph.transact(async (tx) => void (await tx.delete("a")));
  const report = await graph.purge("a");
  expect(report.filesHeld.map((path) => `/work/.knot/${path}`)).toEqual(
    expect.arrayContaining([...filesWith("secret")]),
  );
  expect(filesWith("secret").length).toBeGreaterThan(0);
  held.release();
  await reader.close();
  expect(await graph.purge("a")).toMatchObject({ filesHeld: [] });
  expect(filesWith("secret")).toEqual([]);
});

/** Another process begins a checkpoint, and publishes it only after a checkpoint of this process has moved more. */
async function whileAnotherPublishesFirst(
  commitMore: () => Promise<void>,
  work: () => Promise<unknown>,
): Promise<void> {
  const other = await open({ process: "other" });
  let goOn: () => void = () => undefined;
  const mayGoOn = new Promise<void>((resolve) => (goOn = resolve));
  let hasBegun: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (hasBegun = resolve));
  let published: Promise<void> = Promise.resolve();
  memory.onAsyncSync = async ({ process, path }) => {
    if (!path.includes("/history/")) return;
    if (process === "other") {
      hasBegun();
      await mayGoOn;
      return;
    }
    memory.onAsyncSync = undefined;
    goOn();
    await published;
  };
  published = other.checkpoint();
  await begun;
  await commitMore();
  await work();
  await other.close();
}

test("[W25] purge takes what was written before the call, although another process published an older state first", async () => {
  await put("a", { text: "the secret password" });
  await whileAnotherPublishesFirst(
    async () => {
      await put("a", { text: "another secret" });
      await graph.transact(async (tx) => void (await tx.delete("a")));
    },
    async () => expect(await graph.purge("a")).toMatchObject({ versionsPurged: 2, filesHeld: [] }),
  );
  expect(filesWith("secret")).toEqual([]);
  expect(await graph.check()).toMatchObject({ ok: true, problems: [] });
});

test("[W25] purge leaves an entity alone that somebody brings back before its text is gone", async () => {
  await put("a", { text: "the secret password" });
  await graph.transact(async (tx) => void (await tx.delete("a")));
  const other = await open({ process: "other" });
  memory.onAsyncSync = async () => {
    memory.onAsyncSync = undefined;
    memory.stealDirectoryLock("/work/.knot/history.lock");
    await other.transact(async (tx) => void (await tx.create("item", { text: "back again" }, { id: "a" })));
    await other.checkpoint();
  };
  await expect(graph.purge("a")).rejects.toMatchObject({ code: "NOT_DELETED" });
  expect(await graph.get("a")).toMatchObject({ props: { text: "back again" } });
  expect((await graph.history("a")).map(({ props }) => props["text"])).toEqual([
    "the secret password",
    undefined,
    "back again",
  ]);
  await other.close();
});

test("[W25] purge finds the text inside longer results, and in those of commits that did not change the entity", async () => {
  await put("a", { text: "the secret password", status: "open" });
  await graph.transact(
    async (tx) => {
      await tx.create("item", { status: "open" }, { id: "b" });
      return { status: "open", said: "b is blocked by: the secret password (a)" };
    },
    { idempotencyKey: "told" },
  );
  await graph.checkpoint();
  await graph.transact(async (tx) => void (await tx.delete("a")));
  expect(await graph.purge("a")).toMatchObject({ resultsPurged: 1, filesHeld: [] });
  expect(filesWith("secret")).toEqual([]);
  const again = await graph.transact(async () => ({ never: "run" }), { idempotencyKey: "told" });
  expect(again).toMatchObject({ duplicate: true, value: { status: "open", said: "b is blocked by: [purged] (a)" } });
  expect(await graph.check()).toMatchObject({ ok: true, problems: [] });
});

test("[W25] purge that fails before it publishes has cleaned the quarantine, and done again leaves nothing", async () => {
  await put("a", { text: "the secret password" });
  await graph.transact(async (tx) => void (await tx.delete("a")));
  await graph.checkpoint();
  plant("/work/.knot/quarantine/0000000000000001.jsonl.tail-9-00000000", 'x "the secret password" torn\nkept\n');
  memory.onAsyncSync = async () => {
    memory.onAsyncSync = undefined;
    throw new Error("stopped");
  };
  await expect(graph.purge("a")).rejects.toThrow("stopped");
  expect(filesWith("torn")).toEqual([]);
  await graph.purge("a");
  expect(filesWith("secret")).toEqual([]);
});

function plant(path: string, text: string): void {
  const file = memory.process("p").open(path, "create-new");
  file.write(Buffer.from(text), 0);
  file.close();
}
