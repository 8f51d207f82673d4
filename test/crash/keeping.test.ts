import { readWholeFile } from "@knotwork/disk";
import type { MemoryDisk } from "@knotwork/disk/testing";
import type { Engine, RepairReport } from "@knotwork/graph";
import { listBackups, openGraph, repairStore, restoreBackup, verifyBackup } from "@knotwork/graph";
import { expect, test } from "vitest";
import { crashImages, proveEach, storeDir, World } from "./crash-workload.ts";
import { createdWorld } from "./created-world.ts";
import { readPairs } from "./pair-commits.ts";
import { sized } from "../prove/figures.ts";
import { seededRandom } from "@knotwork/disk/testing";

const backupDir = "/store/backups/one";
const restoredDir = "/store/restored";
const copies = sized([restoredDir], [restoredDir, `${restoredDir}-2`]);
/** So many small runs are left alone; one more and they are merged. */
const HISTORY_RUNS = 64;
const IMAGES_MAX = sized(40, 600);
/** Longer workloads reach more states. */
const ROUNDS = sized(1, 3);

function contentOf(world: World, dir: string): ReadonlyMap<string, string> {
  const files = [...world.memory.files()].filter(
    ([path]) => path.startsWith(`${dir}/`) && !/\/wal\/(holder|lock)$/.test(path),
  );
  return new Map(files.map(([path, bytes]) => [path, Buffer.from(bytes).toString("latin1")]));
}

async function backup(engine: Engine): Promise<void> {
  await engine.files?.backup(backupDir, {});
}

test("[W16] a power cut at any step of a backup leaves the store as it was, and a half backup is known as such", async () => {
  let source: ReadonlyMap<string, string> | undefined;
  const images = await crashImages(
    async (world) => {
      const engine = await world.open("a");
      await world.commit(engine, "before");
      await engine.checkpoint();
      await world.commit(engine, "behind");
      source = contentOf(world, storeDir);
      world.memory.onOperation = recordFrom(world.memory.onOperation, () => contentOf(world, storeDir), source);
      await backup(engine);
      await engine.close();
    },
    { title: "backup", start: createdWorld },
  );
  let whole = 0;
  await proveEach(images, async ({ disk, description }) => {
    const machine = { disk: disk.process("p"), clock: new World(disk).clock, random: seededRandom(3) };
    if (machine.disk.stat("/store/backups") === undefined) return;
    const { ok } = await verifyBackup(backupDir, machine);
    const [entry] = await listBackups("/store/backups", machine);
    // What lengths alone call whole may not be; what is proved is always listed as whole.
    if (ok) expect(entry, description).toMatchObject({ ok: true });
    const restore = restoreBackup({ from: backupDir, to: restoredDir, ...machine });
    if (!ok) {
      await expect(restore, description).rejects.toMatchObject({
        code: expect.stringMatching(/^(BACKUP_INCOMPLETE|BACKUP_DAMAGED|STORE_DAMAGED|ENOENT)$/),
      });
      expect(machine.disk.stat(restoredDir), description).toBeUndefined();
      return;
    }
    whole += 1;
    await restore;
    const graph = await openGraph({ dir: restoredDir, ...machine });
    expect(await graph.check(), description).toMatchObject({ ok: true, problems: [] });
    expect(await graph.head()).toBe(5);
    await graph.close();
  });
  expect(whole).toBeGreaterThan(0);
});

/** Nothing of the source changes while it is copied. */
function recordFrom(
  observe: World["memory"]["onOperation"],
  look: () => ReadonlyMap<string, string>,
  before: ReadonlyMap<string, string>,
): World["memory"]["onOperation"] {
  return (operation) => {
    expect(look()).toEqual(before);
    observe?.(operation);
  };
}

test("[W16] a power cut at any step of a restore leaves the backup as it was, and no store or a whole one", async () => {
  const start = async (): Promise<World> => {
    const made = await createdWorld();
    const engine = await made.open("a");
    for (let round = 1; round <= ROUNDS; round += 1) {
      await engine.checkpoint();
      await made.commit(engine, `behind-${round}`);
    }
    await backup(engine);
    await engine.close();
    return new World(made.memory.crash({ choose: ({ options }) => options.length - 1 }), {
      isCreated: true,
      txidPrefix: "04",
    });
  };
  let backedUp: ReadonlyMap<string, string> = new Map();
  const images = await crashImages(
    async (world) => {
      backedUp = contentOf(world, backupDir);
      const { memory, clock } = world;
      await restoreBackup({
        from: backupDir,
        to: restoredDir,
        disk: memory.process("r"),
        clock,
        random: seededRandom(9),
      });
    },
    { title: "restore", start },
  );
  let whole = 0;
  await proveEach(images, async ({ disk, description }) => {
    const world = new World(disk);
    expect(contentOf(world, backupDir), description).toEqual(backedUp);
    const machine = { disk: disk.process("p"), clock: world.clock, random: seededRandom(3) };
    const opened = openGraph({ dir: restoredDir, ...machine });
    if (machine.disk.stat(`${restoredDir}/store.json`) === undefined) {
      await expect(opened, description).rejects.toMatchObject({ code: "STORE_NOT_FOUND" });
      return;
    }
    whole += 1;
    const graph = await opened;
    expect(await graph.check(), description).toMatchObject({ ok: true, problems: [] });
    expect(await graph.head(), description).toBe(3 + ROUNDS);
    await graph.close();
  });
  expect(whole).toBeGreaterThan(0);
});

test("[N10] a power cut at any step of a repair leaves the damaged store as it was, and no copy or one that says what was lost", async () => {
  const start = async (): Promise<World> => {
    const made = await createdWorld();
    const engine = await made.open("a");
    for (let round = 1; round <= ROUNDS; round += 1) {
      await made.commit(engine, `behind-${round}`);
      await engine.checkpoint();
    }
    await engine.close();
    const kept = made.memory.crash({ choose: ({ options }) => options.length - 1 });
    spoil(kept, "what second says");
    return new World(kept, { isCreated: true, txidPrefix: "04" });
  };
  let damaged: ReadonlyMap<string, string> = new Map();
  let isReturned = false;
  const images = await crashImages(
    async (world) => {
      damaged = contentOf(world, storeDir);
      const machine = { disk: world.memory.process("r"), clock: world.clock, random: seededRandom(9) };
      for (const to of copies) {
        const report = await repairStore({ from: storeDir, to, ...machine });
        expect(report).toMatchObject({ isComplete: false, check: { ok: true } });
      }
      isReturned = true;
    },
    { title: "repair", start },
  );
  expect(isReturned).toBe(true);
  let finished = 0;
  let unfinished = 0;
  await proveEach(images, async ({ disk, description }) => {
    const world = new World(disk);
    expect(contentOf(world, storeDir), description).toEqual(damaged);
    const machine = { disk: disk.process("p"), clock: world.clock, random: seededRandom(3) };
    for (const copy of copies) {
      if (machine.disk.stat(`${copy}/store.json`) === undefined) return;
      const text = readWholeFile(machine.disk, `${copy}/repair.json`)?.toString("utf8") ?? "{}";
      const report = JSON.parse(text) as Partial<RepairReport>;
      expect(report, description).toMatchObject({ isComplete: false, lost: { partial: [{ unreadable: 1 }] } });
      if (report.check?.ok === true) finished += 1;
      else unfinished += 1;
      const graph = await openGraph({ dir: copy, ...machine });
      expect(await graph.check(), description).toMatchObject({ ok: true, problems: [] });
      await graph.close();
    }
  });
  expect(finished).toBeGreaterThan(0);
  expect(unfinished).toBeGreaterThan(0);
});

/** Changes one byte of the first text like this in history. */
function spoil(memory: MemoryDisk, text: string): void {
  const [path = "", bytes = Buffer.alloc(0)] =
    [...memory.files()].find(([name, content]) => name.includes("/history/") && Buffer.from(content).includes(text)) ??
    [];
  const disk = memory.process("hand");
  const file = disk.open(path, "read-write");
  file.write(Buffer.from("#"), Buffer.from(bytes).indexOf(text));
  file.syncData();
  file.close();
}

test("ENGINE K1, K3: a power cut at any step of merging history runs leaves the old generation or the new one", async () => {
  const made = await createdWorld();
  const builder = await made.open("a");
  for (let count = 1; count <= HISTORY_RUNS; count += 1) {
    await made.commit(builder, `run-${count}`);
    await builder.checkpoint();
  }
  await builder.close();
  const start = async (): Promise<World> => {
    const kept = made.memory.crash({ choose: ({ options }) => options.length - 1 });
    return new World(kept, { isCreated: true, txidPrefix: "04" });
  };
  let runsLeft = 0;
  const images = await crashImages(
    async (world) => {
      const engine = await world.open("b");
      await world.commit(engine, "last");
      await engine.checkpoint();
      runsLeft = world.memory.process("look").list(`${storeDir}/history`).length;
      await engine.close();
    },
    { title: "merge of history", start, stopsMax: 40 },
  );
  expect(runsLeft).toBe(1);
  // Each has 65 runs to check: an even sample of them.
  const sample = images.filter((_, index) => index % Math.ceil(images.length / IMAGES_MAX) === 0);
  expect(sample.length).toBeGreaterThan(IMAGES_MAX / 2);
  await proveEach(sample, async ({ disk, description, required }) => {
    const world = new World(disk, { isCreated: true, txidPrefix: "06" });
    const engine = await world.open("p");
    expect(await engine.check(), description).toMatchObject({ ok: true, problems: [] });
    const pairs = await readPairs(engine);
    expect(pairs.length, description).toBeGreaterThanOrEqual(HISTORY_RUNS + 2 + required.length);
    await engine.close();
  });
});

for (const crash of ["power", "kill"] as const) {
  test(`[W25] a ${crash === "power" ? "power cut" : "kill"} at any step of a compaction loses no commit and no newest version`, async () => {
    const images = await crashImages(
      async (world) => {
        const a = await world.open("a");
        const b = await world.open("b");
        for (let round = 1; round <= ROUNDS; round += 1) {
          await world.commit(a, `before-${round}`);
          await Promise.all([a.files?.compact({ keepVersions: 1 }), world.commit(b, `beside-${round}`)]);
        }
        await world.commit(b, "behind");
        await a.close();
        await b.close();
      },
      { title: `compaction, ${crash}`, start: createdWorld, crash, stopsMax: 60 },
    );
    await proveEach(images, async ({ disk, description, required }) => {
      const world = new World(disk, { isCreated: true, txidPrefix: "06" });
      const engine = await world.open("p");
      expect(await engine.check(), description).toMatchObject({ ok: true, problems: [] });
      const commits = await engine.commits({ limit: 100 });
      expect(
        commits.map(({ seq }) => seq),
        description,
      ).toEqual(commits.map((_, index) => index + 1));
      for (const { seq, txid } of required) expect(commits[seq - 1], description).toMatchObject({ seq, txid });
      await engine.read(async (snapshot) => {
        const names = ["first", "second", ...required.map(({ name }) => name)];
        for (const name of names)
          expect(await snapshot.get(`left-${name}`), description).toMatchObject({ version: 1, props: { name } });
        expect((await snapshot.get("sum"))?.props["names"], description).toEqual(expect.arrayContaining(names));
      });
      // What was left half done does not keep the next one from its end.
      await engine.files?.compact({ keepVersions: 1 });
      expect(await engine.check(), description).toMatchObject({ ok: true, problems: [] });
      await engine.close();
    });
  });
}

async function deleteLeft(engine: Engine, name: string): Promise<void> {
  const id = `left-${name}`;
  const { seq, snapshotSeq } = await engine.read(async (snapshot) => ({
    seq: (await snapshot.get(id))?.seq ?? 0,
    snapshotSeq: snapshot.seq,
  }));
  const outcome = await engine.commit({
    txid: "07000000000000000000000000",
    author: "writer",
    snapshotSeq,
    reads: new Map([[id, { version: 1, seq }]]),
    ranges: [],
    writes: [{ op: "delete", id, type: "item", version: 2, props: {} }],
    durability: "balanced",
  });
  expect(outcome.status).toBe("committed");
}

test("[W25] a power cut at any step of a purge leaves a whole store; once it has returned, the text is nowhere", async () => {
  let isPurged = false;
  const images = await crashImages(
    async (world) => {
      isPurged = false;
      const a = await world.open("a");
      await deleteLeft(a, "first");
      await a.checkpoint();
      for (let round = 1; round <= ROUNDS; round += 1) {
        await a.files?.purge("left-first", {});
        isPurged = true;
        await world.commit(a, `behind-${round}`);
      }
      await a.close();
    },
    { title: "purge", start: createdWorld, stopsMax: 60 },
  );
  expect(isPurged).toBe(true);
  let purged = 0;
  await proveEach(images, async ({ disk, description, acknowledged }) => {
    const world = new World(disk, { isCreated: true, txidPrefix: "05" });
    const engine = await world.open("p");
    expect(await engine.check(), description).toMatchObject({ ok: true, problems: [] });
    expect(
      (await engine.commits({ limit: 2 })).map(({ seq }) => seq),
      description,
    ).toEqual([1, 2]);
    // The first commit behind it is acknowledged only after the purge.
    if (acknowledged.length > 0) {
      purged += 1;
      const text = "what first says";
      const traces = [...disk.files()].filter(([, bytes]) => Buffer.from(bytes).includes(text)).map(([path]) => path);
      expect(
        traces.every((path) => otherEntityOnly(disk.files().get(path))),
        description,
      ).toBe(true);
    }
    await engine.close();
  });
  expect(purged).toBeGreaterThan(0);

  /** The other half of the pair says the same, and was not purged. */
  function otherEntityOnly(bytes: Uint8Array | undefined): boolean {
    const lines = Buffer.from(bytes ?? [])
      .toString("latin1")
      .split("\n")
      .filter((line) => line.includes("what first says"));
    return lines.length === 1 && (lines[0] ?? "").includes('"id":"right-first"');
  }
});
