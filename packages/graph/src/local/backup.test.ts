import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { readWholeFile } from "@knotwork/disk";
import { beforeEach, expect, test } from "vitest";
import { type Graph, listBackups, openGraph, restoreBackup, verifyBackup } from "../index.ts";

let memory: MemoryDisk;
let graph: Graph;
const clock = new TestClock();
const random = seededRandom(7);
const machine = (): { disk: ReturnType<MemoryDisk["process"]>; clock: TestClock; random: () => number } => ({
  disk: memory.process("p"),
  clock,
  random,
});

beforeEach(async () => {
  memory = new MemoryDisk();
  memory.process("p").makeDirectory("/work");
  graph = await openGraph({ dir: "/work/.knot", create: true, author: "ada", ...machine() });
  for (const id of ["a", "b"]) await put(id, `first ${id}`);
  await graph.checkpoint();
  await put("a", "second a");
});

async function put(id: string, text: string): Promise<void> {
  await graph.transact(async (tx) => {
    if ((await tx.get(id)) === undefined) await tx.create("item", { text }, { id });
    else await tx.update(id, { text });
    clock.pauseMs(5);
  });
}

function spoil(path: string, at: number): void {
  const file = memory.process("p").open(path, "read-write");
  file.write(Buffer.from("#"), at);
  file.close();
}

test("[W16] what is backed up, verified and restored says the same of every seq, under another store id", async () => {
  const report = await graph.backup("/work/backups/one");
  expect(report).toMatchObject({ seq: await graph.head(), check: { ok: true, problems: [] } });
  await put("c", "after the backup");
  expect(await verifyBackup("/work/backups/one", machine())).toMatchObject({ ok: true, problems: [] });

  const restored = await restoreBackup({ from: "/work/backups/one", to: "/work/again", ...machine() });
  expect(restored).toMatchObject({ from: report.store, seq: report.seq });
  expect(restored.store).not.toBe(report.store);
  const again = await openGraph({ dir: "/work/again", author: "ada", ...machine() });
  expect(await again.check()).toMatchObject({ ok: true, problems: [] });
  expect(await again.commits()).toEqual((await graph.commits()).filter(({ seq }) => seq <= report.seq));
  for (const id of ["a", "b", "c"])
    expect(await again.history(id)).toEqual((await graph.history(id)).filter(({ seq }) => seq <= report.seq));
  await again.transact(async (tx) => void (await tx.create("item", { text: "goes on" }, { id: "d" })));
  await again.checkpoint();
  expect(await again.check()).toMatchObject({ ok: true, problems: [] });
  await again.close();
});

test("[W16] no backup and no restored store is made inside a store or a backup, and the store goes on", async () => {
  for (const path of ["/work/.knot/history/one", "/work/.knot/backups/monday/one"])
    await expect(graph.backup(path)).rejects.toMatchObject({ code: "STORE_EXISTS", context: { store: "/work/.knot" } });
  await graph.backup("/work/one");
  const restored = restoreBackup({ from: "/work/one", to: "/work/one/again", ...machine() });
  await expect(restored).rejects.toMatchObject({ code: "STORE_EXISTS" });
  await put("c", "after");
  await graph.checkpoint();
  expect(memory.process("p").list("/work/.knot/history")).toHaveLength(2);
  expect(memory.process("p").stat("/work/.knot/backups")).toBeUndefined();
});

test("[W16] nothing is ever written over: not by a backup, not by a restore", async () => {
  await graph.backup("/work/one");
  const before = memory.files();
  await expect(graph.backup("/work/one")).rejects.toMatchObject({ code: "STORE_EXISTS" });
  await expect(restoreBackup({ from: "/work/one", to: "/work/.knot", ...machine() })).rejects.toMatchObject({
    code: "STORE_EXISTS",
  });
  memory.process("p").makeDirectory("/work/full");
  memory.process("p").open("/work/full/precious", "create-new").close();
  await expect(graph.backup("/work/full")).rejects.toMatchObject({ code: "FILE_EXISTS" });
  expect([...memory.files().keys()].filter((path) => !before.has(path))).toEqual(["/work/full/precious"]);
  for (const [path, bytes] of before) expect(memory.files().get(path)).toEqual(bytes);
});

test("[W16] a backup can be read in place and not written to", async () => {
  await graph.backup("/work/one");
  await expect(openGraph({ dir: "/work/one", ...machine() })).rejects.toMatchObject({ code: "READ_ONLY" });
  const reader = await openGraph({ dir: "/work/one", readOnly: true, ...machine() });
  expect((await reader.get("a"))?.props).toEqual({ text: "second a" });
  await reader.close();
  expect(await verifyBackup("/work/one", machine())).toMatchObject({ ok: true });
});

test("[W16] one changed byte in any file of a backup is found, and nothing is restored from it", async () => {
  await graph.backup("/work/one");
  const files = [...memory.files().keys()].filter((path) => path.startsWith("/work/one/"));
  expect(files.length).toBeGreaterThanOrEqual(6);
  for (const path of files) {
    const bytes = readWholeFile(memory.process("p"), path) ?? Buffer.alloc(0);
    const at = Math.floor(bytes.length / 2);
    spoil(path, at);
    expect(await verifyBackup("/work/one", machine()), path).toMatchObject({ ok: false });
    await expect(restoreBackup({ from: "/work/one", to: "/work/never", ...machine() })).rejects.toMatchObject({
      code: expect.stringMatching(/^(BACKUP_DAMAGED|STORE_DAMAGED)$/),
    });
    expect(memory.process("p").stat("/work/never")).toBeUndefined();
    const file = memory.process("p").open(path, "read-write");
    file.write(bytes.subarray(at, at + 1), at);
    file.close();
  }
  expect(await verifyBackup("/work/one", machine())).toMatchObject({ ok: true });
});

test("[W16] a list names backups newest first, and says which are unfinished or cut short", async () => {
  await graph.backup("/work/backups/one");
  clock.pauseMs(1000);
  await put("c", "more");
  await graph.backup("/work/backups/two");
  memory.process("p").unlink("/work/backups/one/store.json");
  expect(await listBackups("/work/backups", machine())).toMatchObject([
    { path: "/work/backups/two", ok: true, seq: await graph.head() },
    { path: "/work/backups/one", ok: false },
  ]);
  await expect(restoreBackup({ from: "/work/backups/one", to: "/work/x", ...machine() })).rejects.toMatchObject({
    code: "BACKUP_INCOMPLETE",
  });
  await expect(restoreBackup({ from: "/work/nowhere", to: "/work/x", ...machine() })).rejects.toMatchObject({
    code: "BACKUP_INCOMPLETE",
  });
});

test("[W16] a backup for which there is no room fails, is known as unfinished, and leaves the store in use", async () => {
  const used = [...memory.files().values()].reduce((sum, bytes) => sum + bytes.length, 0);
  const before = memory.files();
  for (const roomBytes of [0, 500, 1000, 2000]) {
    memory.capacityBytes = used + roomBytes;
    const path = `/work/backups/${roomBytes}`;
    await expect(graph.backup(path)).rejects.toMatchObject({ code: "ENOSPC" });
    expect(await verifyBackup(path, machine())).toMatchObject({ ok: false });
    memory.capacityBytes = undefined;
    for (const [name, bytes] of before)
      if (!name.endsWith("/wal/holder")) expect(memory.files().get(name)).toEqual(bytes);
    // What the attempt left makes room for the next one.
    for (const name of [...memory.files().keys()].filter((file) => file.startsWith(path)))
      memory.process("p").unlink(name);
  }
  await put("a", "third a");
  expect(await graph.backup("/work/backups/whole")).toMatchObject({ check: { ok: true } });
});

test("[W16] a backup of a store whose newest commits cannot be read says so, proved or not", async () => {
  const [segment = ""] = [...memory.files().keys()].filter((path) => /\/wal\/\d+\.jsonl$/.test(path));
  const text = readWholeFile(memory.process("p"), segment)?.toString() ?? "";
  await graph.close();
  spoil(segment, text.indexOf("second a"));
  graph = await openGraph({ dir: "/work/.knot", readOnly: true, ...machine() });
  const report = await graph.backup("/work/one", { prove: false });
  expect(report.check).toMatchObject({ ok: false, problems: [{ code: "LOG_DAMAGED" }] });
});

test("[W16] a backup of a store with damage is made, and says so", async () => {
  const [run = ""] = [...memory.files().keys()].filter((path) => path.includes("/history/"));
  spoil(run, (memory.files().get(run)?.length ?? 0) - 20);
  const report = await graph.backup("/work/one");
  expect(report.check?.ok).toBe(false);
  expect(await listBackups("/work", machine())).toMatchObject([{ path: "/work/one", ok: false }]);
});
