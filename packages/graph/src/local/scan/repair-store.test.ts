import { crc32 } from "node:zlib";
import { readWholeFile } from "@knotwork/disk";
import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { beforeEach, expect, test } from "vitest";
import { type Graph, inspectStore, openGraph, type RepairReport, repairStore } from "../../index.ts";

const dir = "/work/.knot";
let memory: MemoryDisk;
let clock: TestClock;
const random = seededRandom(5);
const machine = (): { disk: ReturnType<MemoryDisk["process"]>; clock: TestClock; random: () => number } => ({
  disk: memory.process("p"),
  clock,
  random,
});
const open = (path: string): Promise<Graph> => openGraph({ dir: path, author: "ada", ...machine() });

/** Commits 1 to 6 in history (in two runs), 7 to 10 in the log; nodes a and b, an edge between them since 5. */
beforeEach(async () => {
  memory = new MemoryDisk();
  clock = new TestClock();
  memory.process("p").makeDirectory("/work");
  const graph = await openGraph({ dir, create: true, author: "ada", ...machine() });
  await put(graph, "a", 1);
  await put(graph, "b", 1);
  await put(graph, "a", 2);
  await graph.checkpoint();
  await put(graph, "b", 2);
  await graph.transact(async (tx) => void (await tx.link("a", "LIKES", "b")));
  await put(graph, "a", 3);
  await graph.checkpoint();
  for (const round of [4, 5, 6]) await put(graph, "a", round);
  await put(graph, "c", 1);
  await graph.close();
});

async function put(graph: Graph, id: string, round: number): Promise<void> {
  await graph.transact(async (tx) => {
    if ((await tx.get(id)) === undefined) await tx.create("item", { text: `${id} in round ${round}` }, { id });
    else await tx.update(id, { text: `${id} in round ${round}` });
  });
  clock.pauseMs(10);
}

function file(pattern: RegExp): string {
  const found = [...memory.files().keys()].filter((path) => path.startsWith(dir) && pattern.test(path));
  return found.at(-1) ?? "";
}
const segment = (): string => file(/\/wal\/\d+\.jsonl$/);
const firstRun = (): string => [...memory.files().keys()].find((path) => path.includes("/.knot/history/")) ?? "";

function replace(path: string, change: (text: string) => string): void {
  const text = readWholeFile(memory.process("p"), path)?.toString("latin1") ?? "";
  const changed = change(text);
  expect(changed).not.toBe(text);
  memory.process("p").unlink(path);
  const handle = memory.process("p").open(path, "create-new");
  handle.write(Buffer.from(changed, "latin1"), 0);
  handle.syncData();
  handle.close();
}
const spoil = (path: string, word: string): void =>
  replace(path, (text) => text.replace(word, "#".repeat(word.length)));

/** Repairs, and proves that the original was not touched and that the copy is whole. */
async function repair(): Promise<{ readonly report: RepairReport; readonly copy: Graph }> {
  const before = [...memory.files()];
  const report = await repairStore({ from: dir, to: "/work/copy", ...machine() });
  for (const [path, bytes] of before) expect(memory.files().get(path)).toEqual(bytes);
  expect([...memory.files().keys()].filter((path) => path.startsWith(dir))).toEqual(
    before.map(([path]) => path).filter((path) => path.startsWith(dir)),
  );
  const copy = await open("/work/copy");
  expect(await copy.check()).toMatchObject({ ok: true, problems: [] });
  expect(await inspectStore("/work/copy", machine())).toMatchObject({ ok: true, problems: [] });
  expect(report.check).toMatchObject({ ok: true, problems: [] });
  expect(report.store).not.toBe(report.sourceStore);
  return { report, copy };
}

const textsOf = async (graph: Graph, id: string): Promise<readonly unknown[]> =>
  (await graph.history(id)).map(({ version, lost, props }) => [version, lost === true ? "lost" : props["text"]]);

test("[N11] doctor finds nothing in a sound store, and says what lies in quarantine", async () => {
  const handle = memory.process("p").open(segment(), "append");
  handle.write(Buffer.from('{"crc":"torn'));
  handle.close();
  expect(await inspectStore(dir, machine())).toMatchObject({
    ok: true,
    counts: { commits: 10, entities: 4 },
    quarantine: [],
  });
  const graph = await open(dir);
  await put(graph, "a", 7);
  await graph.close();
  const { ok, quarantine } = await inspectStore(dir, machine());
  expect({ ok, quarantine }).toMatchObject({
    ok: true,
    quarantine: [{ kind: "tail", bytes: 12, segment: expect.stringMatching(/^0+7/) }],
  });
});

test("doctor --repair: a damaged line in the middle of the log loses that commit and nothing else", async () => {
  spoil(segment(), "a in round 5");
  expect(await inspectStore(dir, machine())).toMatchObject({ ok: false });
  const { report, copy } = await repair();
  expect(report).toMatchObject({
    isComplete: false,
    seq: 10,
    lost: { commits: [{ from: 8, through: 8 }], versions: [{ id: "a", version: 5, seq: 8 }], partial: [] },
  });
  expect(await textsOf(copy, "a")).toEqual([
    [1, "a in round 1"],
    [2, "a in round 2"],
    [3, "a in round 3"],
    [4, "a in round 4"],
    [5, "lost"],
    [6, "a in round 6"],
  ]);
  expect((await copy.get("c"))?.props).toEqual({ text: "c in round 1" });
  await put(copy, "a", 7);
  expect(await copy.check()).toMatchObject({ ok: true });
  await copy.close();
});

test("doctor --repair: a damaged version in history is told by its commit; the rest of the commit stays", async () => {
  spoil(firstRun(), "a in round 2");
  const { report, copy } = await repair();
  expect(report.lost).toMatchObject({
    commits: [],
    versions: [{ id: "a", version: 2, seq: 3 }],
    partial: [{ seq: 3, unreadable: 1 }],
    ids: [{ seq: 3, ids: ["a"] }],
  });
  expect(report.damages).toMatchObject([{ file: expect.stringContaining("history/"), bytes: expect.any(Number) }]);
  expect((await textsOf(copy, "a"))[1]).toEqual([2, "lost"]);
  expect(await copy.history("b")).toHaveLength(2);
  await copy.close();
});

test("doctor --repair: a history run that is gone loses its commits; later versions stay", async () => {
  memory.process("p").unlink(firstRun());
  const { report, copy } = await repair();
  expect(report.lost.commits).toEqual([{ from: 1, through: 3 }]);
  expect(report.lost.ids.toSorted((one, other) => one.seq - other.seq)).toEqual([
    { seq: 1, ids: ["a"] },
    { seq: 2, ids: ["b"] },
    { seq: 3, ids: ["a"] },
  ]);
  expect(await textsOf(copy, "a")).toEqual([
    [1, "lost"],
    [2, "lost"],
    ...[3, 4, 5, 6].map((round) => [round, `a in round ${round}`]),
  ]);
  expect(await copy.head()).toBe(10);
  await copy.close();
});

test("doctor --repair: what history lost is taken from the log while its segment is still there", async () => {
  // As after a checkpoint that was killed before it collected.
  const kept = [...memory.files()].find(([path]) => path === segment());
  const graph = await open(dir);
  await graph.checkpoint();
  await graph.close();
  const handle = memory.process("p").open(kept?.[0] ?? "", "create-new");
  handle.write(kept?.[1] ?? Buffer.alloc(0), 0);
  handle.close();
  spoil(file(/\/history\/0+7/), "a in round 5");
  const { report, copy } = await repair();
  expect(report).toMatchObject({
    isComplete: true,
    lost: { commits: [], versions: [] },
    recovered: expect.arrayContaining([{ seq: 8, file: expect.stringContaining("wal/") }]),
  });
  expect((await textsOf(copy, "a"))[4]).toEqual([5, "a in round 5"]);
  await copy.close();
});

for (const [what, damage] of [
  ["the pointer is missing", () => memory.process("p").unlink(`${dir}/MANIFEST.json`)],
  ["the pointer is damaged", () => spoil(`${dir}/MANIFEST.json`, "generation")],
  ["the manifest is missing", () => memory.process("p").unlink(file(/\/manifest\//))],
  ["the manifest is damaged", () => spoil(file(/\/manifest\//), "recordCrc")],
  [
    "every index run is missing",
    () => {
      for (const path of [...memory.files().keys()].filter((name) => name.includes("/index/")))
        memory.process("p").unlink(path);
    },
  ],
  ["store.json is damaged", () => spoil(`${dir}/store.json`, "format")],
] as const) {
  test(`doctor --repair: ${what}, and nothing is lost`, async () => {
    damage();
    const { report, copy } = await repair();
    expect(report).toMatchObject({
      isComplete: true,
      seq: 10,
      commits: 10,
      historyFloor: 1,
      lost: { commits: [], versions: [], partial: [] },
    });
    expect(await textsOf(copy, "a")).toHaveLength(6);
    expect((await copy.walk("a").out("LIKES").maxDepth(1).ids()).includes("b")).toBe(true);
    await copy.close();
  });
}

test("doctor --repair: durable commits cut off at the end are reported by their seqs", async () => {
  replace(segment(), (text) => text.slice(0, text.indexOf("\n", text.indexOf('"seq":8')) + 1));
  const { report, copy } = await repair();
  expect(report.lost.commits).toEqual([{ from: 9, through: 10 }]);
  expect(await copy.head()).toBe(8);
  await copy.close();
});

test("doctor --repair: an edge whose end was lost is taken out by a commit of its own", async () => {
  spoil(firstRun(), "b in round 1");
  spoil(file(/\/history\/0+4/), "b in round 2");
  const { report, copy } = await repair();
  expect(report.edgesRemoved).toHaveLength(1);
  expect(await copy.commits({ reverse: true, limit: 1 })).toMatchObject([
    { author: "knot doctor", changes: [{ op: "delete", id: report.edgesRemoved[0] }] },
  ]);
  await copy.close();
});

test("[N10] a line of the log that was edited together with its checksum breaks the chain: doctor names it", async () => {
  replace(segment(), (text) => forge(text, "a in round 5", "a in round X"));
  expect(await inspectStore(dir, machine())).toMatchObject({
    ok: false,
    problems: expect.arrayContaining([
      expect.objectContaining({ code: "CHAIN_BROKEN", message: expect.stringContaining("Commit 8") }),
    ]),
  });
  const { report, copy } = await repair();
  expect(report.forged).toMatchObject([{ seq: 8 }]);
  expect(report.lost.commits).toEqual([{ from: 8, through: 8 }]);
  await copy.close();
});

test("[N10] a line of history that was edited together with its checksum is found by the check", async () => {
  replace(firstRun(), (text) => forge(text, "a in round 2", "a in round X"));
  const graph = await open(dir);
  expect(await graph.check()).toMatchObject({ ok: false, problems: [{ code: "HISTORY_CHANGED" }] });
  await graph.close();
});

test("a repair refuses what is there, and what is no store", async () => {
  memory.process("p").makeDirectory("/work/copy");
  memory.process("p").open("/work/copy/precious", "create-new").close();
  await expect(repairStore({ from: dir, to: "/work/copy", ...machine() })).rejects.toMatchObject({
    code: "FILE_EXISTS",
  });
  await expect(repairStore({ from: "/work/copy", to: "/work/new", ...machine() })).rejects.toMatchObject({
    code: "STORE_DAMAGED",
  });
  expect(memory.process("p").list("/work/copy")).toEqual(["precious"]);
});

test("[W25] a store of a newer format is refused with FORMAT_UNKNOWN by whatever reads it, and never taken for damage", async () => {
  for (const path of [`${dir}/store.json`, file(/\/manifest\//), segment(), firstRun()]) {
    const before = memory.files().get(path) ?? Buffer.alloc(0);
    replace(path, (text) => forge(text, '"required":[]', '"required":["x"]'));
    if (path.includes("/manifest/")) pointTo(path);
    await expect(openAndRead(), path).rejects.toMatchObject({ code: "FORMAT_UNKNOWN" });
    if (!path.endsWith("store.json") && !path.includes("/manifest/"))
      await expect(repairStore({ from: dir, to: "/work/copy", ...machine() }), path).rejects.toMatchObject({
        code: "FORMAT_UNKNOWN",
      });
    replace(path, () => Buffer.from(before).toString("latin1"));
    if (path.includes("/manifest/")) pointTo(path);
  }
});

async function openAndRead(): Promise<void> {
  const graph = await open(dir);
  try {
    const { problems } = await graph.check();
    const [problem] = problems;
    if (problem !== undefined) throw Object.assign(new Error(problem.message), { code: problem.code });
  } finally {
    await graph.close();
  }
}

/** Changes words of a line and makes its checksum fit again. */
function forge(text: string, from: string, to: string): string {
  return text
    .split("\n")
    .map((line) => {
      if (!line.includes(from)) return line;
      const rest = line.replace(from, to).slice('{"crc":"00000000",'.length);
      return `{"crc":"${crc32(Buffer.from(rest, "latin1")).toString(16).padStart(8, "0")}",${rest}`;
    })
    .join("\n");
}

function pointTo(path: string): void {
  const line = readWholeFile(memory.process("p"), path)?.toString("latin1") ?? "";
  const crc = line.slice(8, 16);
  replace(`${dir}/MANIFEST.json`, (text) =>
    forge(text, /"line":"[0-9a-f]{8}"/.exec(text)?.[0] ?? "", `"line":"${crc}"`),
  );
}
