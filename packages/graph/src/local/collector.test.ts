import { DiskError } from "@knotwork/disk";
import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import type { Engine, IndexDefinition } from "../engine.ts";
import { commit, scanIds } from "../testing/conformance/subject.ts";
import { Construction } from "./construction.ts";
import { prepareManifest, readManifestPointer } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";
import { openLocalEngine } from "./open-local-engine.ts";
import { storePaths } from "./store-names.ts";

const PATHS = storePaths("/store");
const BY_N: IndexDefinition = { name: "item/n", type: "item", parts: [{ field: "n" }] };

async function openOn(memory: MemoryDisk, process: string, readOnly = false): Promise<Engine> {
  const disk = memory.process(process);
  const clock = new TestClock();
  return openLocalEngine({
    dir: "/store",
    disk,
    clock,
    random: seededRandom(process.length),
    create: !readOnly,
    readOnly,
  });
}

async function put(engine: Engine, id: string): Promise<void> {
  await commit(engine, async (tx) => tx.put(id, { n: 1 }));
}

test("ENGINE K2: a manifest that is prepared and not yet published is under construction, and no collector removes it", async () => {
  const memory = new MemoryDisk();
  const engine = await openOn(memory, "a");
  await put(engine, "1");
  await engine.checkpoint();
  const disk = memory.process("b");
  const construction = new Construction(disk, seededRandom(9));
  const manifest = { manifest: 1, store: "S", generation: 9, history: [], index: [] } as unknown as Manifest;
  const prepared = prepareManifest(construction, { disk, random: seededRandom(9), paths: PATHS }, manifest);
  await put(engine, "2");
  await engine.checkpoint();
  expect(disk.list(PATHS.manifestDirectory)).toContain(prepared.named.name);
  expect(construction.isIntact()).toBe(true);
  memory.kill("b");
  await put(engine, "3");
  await engine.checkpoint();
  expect(memory.process("c").list(PATHS.manifestDirectory)).not.toContain(prepared.named.name);
  await engine.close();
});

test("ENGINE K2: every file is removed under the kernel lock", async () => {
  const memory = new MemoryDisk();
  const engine = await openOn(memory, "a");
  await put(engine, "1");
  await engine.checkpoint();
  await put(engine, "2");
  const probe = memory.process("probe").open("/store/wal/lock", "open-or-create");
  const unlocked: string[] = [];
  let removed = 0;
  memory.onOperation = ({ process, call, path }) => {
    if (process !== "a" || call !== "unlink" || !/\/(?:history|index|manifest|wal)\//u.test(path)) return;
    removed += 1;
    if (probe.tryLock("exclusive")) {
      probe.unlock();
      unlocked.push(path);
    }
  };
  await engine.checkpoint();
  memory.onOperation = undefined;
  expect(removed).toBeGreaterThanOrEqual(2);
  expect(unlocked).toEqual([]);
  await engine.close();
});

test("ENGINE K3: the pointer that a killed publisher never renamed is removed, one that may still be renamed is not", async () => {
  const memory = new MemoryDisk();
  const engine = await openOn(memory, "a");
  await put(engine, "1");
  const disk = memory.process("b");
  const pointers = (): readonly string[] =>
    memory
      .process("c")
      .list("/store")
      .filter((name) => name.startsWith("MANIFEST.json."));
  const prepare = (generation: number): void => {
    const manifest = { manifest: 1, store: "S", generation, history: [], index: [] } as unknown as Manifest;
    const construction = new Construction(disk, seededRandom(generation));
    prepareManifest(construction, { disk, random: seededRandom(generation), paths: PATHS }, manifest);
  };
  prepare(1);
  prepare(9);
  expect(pointers()).toHaveLength(2);
  const [first = "", later = ""] = pointers().toSorted((one, other) => generationOf(one) - generationOf(other));
  // One of a version that did not name it for its generation, and one that nothing was written to.
  const older = disk.open("/store/MANIFEST.json.0123456789ab", "create-new");
  older.write(memory.files().get(`/store/${first}`) ?? Buffer.alloc(0), 0);
  older.close();
  disk.open("/store/MANIFEST.json.1-0123456789ab", "create-new").close();
  await engine.checkpoint();
  expect(pointers()).toEqual([later]);
  await engine.close();

  function generationOf(name: string): number {
    return Number(/"generation":(\d+)/.exec(Buffer.from(memory.files().get(`/store/${name}`) ?? []).toString())?.[1]);
  }
});

for (const look of [1, 2]) {
  test(`ENGINE K2: a generation that somebody begins to hold before the collector's look ${look} at it keeps its files`, async () => {
    const memory = new MemoryDisk();
    const writer = await openOn(memory, "writer");
    for (let count = 0; count < 3; count += 1) {
      await put(writer, `old-${count}`);
      await writer.checkpoint();
    }
    const probe = memory.process("probe");
    const before = readManifestPointer(probe, PATHS)?.file ?? "";
    const path = PATHS.manifest(before);
    const manifest = JSON.parse(Buffer.from(memory.files().get(path) ?? []).toString()) as Manifest;
    await put(writer, "new");
    let looks = 0;
    let isHeld = false;
    memory.onCall = (operation) => {
      if (operation.process !== "writer" || operation.call !== "tryLock" || operation.path !== path) return;
      // Its own hold on the generation it started from is a look of another kind.
      if (readManifestPointer(memory.process("pointer"), PATHS)?.file === before) return;
      looks += 1;
      if (looks === look) isHeld = memory.process("reader").open(path, "read").tryLock("shared");
    };
    await writer.checkpoint();
    memory.onCall = undefined;
    if (isHeld) {
      expect(probe.list(PATHS.manifestDirectory)).toContain(before);
      for (const run of manifest.index) expect(probe.stat(PATHS.index(run.file))).toBeDefined();
      for (const run of manifest.history) expect(probe.stat(PATHS.history(run.file))).toBeDefined();
    }
    expect(looks).toBeGreaterThan(0);
    memory.kill("reader");
    await put(writer, "newer");
    await writer.checkpoint();
    expect(probe.list(PATHS.manifestDirectory)).not.toContain(before);
    await writer.close();
  });
}

test("ENGINE K3: after a rename whose outcome is not known nothing is unlinked that the pointer may name", async () => {
  const memory = new MemoryDisk();
  const engine = await openOn(memory, "a");
  await put(engine, "1");
  let isRenamed = false;
  memory.onCall = ({ process, call, path }) => {
    // The rename happens, and then the kernel lock cannot be given back: the caller sees an error.
    isRenamed ||= call === "rename" && path.startsWith(PATHS.manifestPointer);
    if (isRenamed && process === "a" && call === "unlock") {
      memory.onCall = undefined;
      throw new Error("EIO");
    }
  };
  await expect(engine.checkpoint()).rejects.toThrow("EIO");
  memory.kill("a");
  await engine.close().catch(() => undefined);
  const after = await openOn(memory, "after");
  expect(after).toMatchObject({ readOnly: false });
  expect((await after.check()).problems).toEqual([]);
  expect(await after.stats()).toMatchObject({ generation: 1, checkpointSeq: 1 });
  await after.close();
});

test("an index declared while a checkpoint runs is not called complete before its entries are there", async () => {
  const memory = new MemoryDisk();
  const [a, b] = [await openOn(memory, "a"), await openOn(memory, "b")];
  for (let count = 0; count < 5; count += 1) await put(a, `item-${count}`);
  let declared: Promise<void> | undefined;
  memory.onOperation = ({ process, call, path }) => {
    // Records are sealed and being moved; the declaration comes after them.
    if (process === "a" && call === "create" && path.startsWith(PATHS.historyDirectory)) {
      memory.onOperation = undefined;
      declared = a.define([BY_N]);
    }
  };
  await a.checkpoint();
  await declared;
  const ids = Array.from({ length: 5 }, (_, index) => `item-${index}`);
  for (let round = 0; round < 2; round += 1) {
    for (const engine of [a, b, await openOn(memory, `fresh-${round}`)]) {
      await engine.read(async (snapshot) => {
        if (snapshot.hasIndex(BY_N.name))
          expect(await scanIds(snapshot, { index: BY_N.name, lower: "", upper: undefined })).toEqual(ids);
      });
      expect((await engine.check()).problems).toEqual([]);
    }
    await a.checkpoint();
  }
  expect(await a.read((snapshot) => snapshot.hasIndex(BY_N.name))).toBe(true);
  await a.close();
  await b.close();
});

test("keys, times and declarations are found although another process's checkpoints removed every file known here", async () => {
  const memory = new MemoryDisk();
  const writer = await openOn(memory, "writer");
  for (let count = 0; count < 3; count += 1) {
    await put(writer, `item-${count}`);
    await writer.checkpoint();
  }
  for (const use of ["key", "time", "define", "commit"] as const) {
    const idle = await openOn(memory, `idle-${use}`);
    for (let count = 0; count < 4; count += 1) {
      await put(writer, `${use}-${count}`);
      await writer.checkpoint();
    }
    if (use === "key") expect(await idle.findKey("unknown")).toBeUndefined();
    if (use === "time") (await idle.asOf(new Date())).release();
    if (use === "define") await idle.define([BY_N]);
    if (use === "commit") await put(idle, "from-idle");
    expect(await idle.read((snapshot) => snapshot.get(`${use}-3`))).toBeDefined();
    await idle.close();
  }
  await writer.close();
});

test("read-only work takes no lock: it goes on while another process holds the kernel lock", async () => {
  const memory = new MemoryDisk();
  const writer = await openOn(memory, "writer");
  await put(writer, "1");
  const holder = memory.process("holder").open("/store/wal/lock", "read");
  expect(holder.tryLock("exclusive")).toBe(true);
  const reader = await openOn(memory, "reader", true);
  for (const engine of [writer, reader]) {
    const snapshotSeq = await engine.head();
    const request = { txid: "", author: "", snapshotSeq, reads: new Map(), ranges: [], writes: [] };
    expect(await engine.commit({ ...request, durability: "balanced" })).toMatchObject({ status: "committed", seq: 1 });
  }
  holder.close();
  await reader.close();
  await writer.close();
});

test("a checkpoint that fails before its first step lets go of the directory lock", async () => {
  const memory = new MemoryDisk();
  const [a, b] = [await openOn(memory, "a"), await openOn(memory, "bb")];
  await put(a, "1");
  let isLocked = false;
  memory.onCall = ({ call, path }) => {
    isLocked ||= call === "lockDirectory";
    if (!isLocked || path !== PATHS.manifestPointer) return;
    memory.onCall = undefined;
    throw new DiskError("EMFILE", "no descriptor is left", { context: { path } });
  };
  await expect(a.checkpoint()).rejects.toMatchObject({ code: "EMFILE" });
  await b.checkpoint();
  expect(await b.stats()).toMatchObject({ generation: 1 });
  await Promise.all([a.close(), b.close()]);
});
