import type { Engine } from "@knotwork/graph";
import { type MemoryDisk, TestClock } from "@knotwork/disk/testing";
import { setImmediate as turnOfEventLoop } from "node:timers/promises";
import { expect, test } from "vitest";
import { proveCrashes, storeDir } from "./crash-workload.ts";
import type { OpenOptions, World } from "./crash-workload.ts";
import { createdWorld } from "./created-world.ts";
import { readPairs } from "./pair-commits.ts";

test("ENGINE K3: a power cut at any step of building, publishing and collecting leaves the old generation or the new one", async () => {
  await proveCrashes(checkpointsOfTwo, { title: "checkpoints", start: createdWorld }, proveCollected);
});

test("ENGINE K3: killed at any step of a checkpoint, the next one finishes and removes what was left", async () => {
  await proveCrashes(
    checkpointsOfTwo,
    { title: "checkpoints, killed", start: createdWorld, crash: "kill" },
    proveCollected,
  );
});

for (const crash of ["power", "kill"] as const) {
  test(`ENGINE K3: a ${crash === "power" ? "power cut" : "kill"} at any step of checkpoints that threads build leaves the old generation or the new one`, async () => {
    await proveCrashes(
      async (world) => {
        // A log of one commit is too long, so that a thread begins.
        await checkpointsOfTwo(world, { inThread: true, checkpointBytes: 200 });
        const built = world.threads.flatMap(({ said }) => said.filter((kind) => kind === "built"));
        expect(built.length).toBeGreaterThanOrEqual(2);
      },
      { title: `checkpoints in threads, ${crash}`, part: "checkpoints", start: createdWorld, crash },
      proveCollected,
    );
  });
}

for (const crash of ["kill", "power"] as const) {
  test(`[C9] after a ${crash === "kill" ? "kill" : "power cut"} at any step of a store's life files are whole or ignored, and what was left half done is collected`, async () => {
    await proveCrashes(
      async (world) => {
        const a = await world.create("a");
        await world.commit(a, "one");
        await a.checkpoint();
        await world.commit(a, "two");
        await a.checkpoint();
        await a.close();
      },
      { title: `a store's life, ${crash}`, part: "checkpoints", crash, ...(crash === "kill" ? {} : { stopsMax: 35 }) },
      async (world, engine) => {
        await proveCollected(world, engine);
        const names = [...world.memory.files().keys()].map((path) => path.slice(storeDir.length + 1));
        expect(names.filter((name) => !finished.test(name))).toEqual([]);
      },
    );
  });
}

/** The files of a store under their own names, as docs/FORMAT.md lists them. */
const finished =
  /^(?:store\.json|MANIFEST\.json|manifest\/\d{8}-\w+\.json|wal\/(?:\d{16}\.jsonl|durable|lock|waiters|holder)|history\/\d{16}-\w+\.jsonl|index\/run-\w+\.index|quarantine\/[^.].*)$/u;

test("ENGINE S3: a relaxed commit that came in right before the seal makes no power cut look like damage", async () => {
  await proveCrashes(
    async (world) => {
      const stalled = await stallCheckpoint(world, "seal");
      const b = await world.open("b");
      await world.commit(b, "late", "relaxed");
      await world.commit(b, "later", "relaxed");
      await stalled.wake();
      await stalled.engine.close();
      await b.close();
    },
    { title: "a commit before the seal", part: "checkpoints", start: createdWorld },
  );
});

/** Both checkpoint, with commits before, beside and behind. */
async function checkpointsOfTwo(world: World, options: OpenOptions = {}): Promise<void> {
  const a = await world.open("a", options);
  const b = await world.open("b", options);
  await world.commit(a, "before", "relaxed");
  await Promise.all([a.checkpoint(), world.commit(b, "beside"), world.commit(a, "beside too", "paranoid")]);
  await world.commit(b, "between");
  await b.checkpoint();
  await world.commit(a, "behind");
  await a.close();
  await b.close();
}

/** A checkpoint of the store as it was recovered moves all commits, and leaves no file that no generation names. */
async function proveCollected({ memory }: World, engine: Engine): Promise<void> {
  const before = await readPairs(engine);
  await engine.checkpoint();
  expect(await readPairs(engine)).toEqual(before);
  expect(await engine.check()).toMatchObject({ ok: true, problems: [] });
  const named = namedFiles(memory);
  expect(filesUnder(memory, "history", "index", "manifest")).toEqual([...named].toSorted());
}

for (const stage of ["seal", "publish"] as const) {
  for (const notice of [
    "learns that it lost the directory lock",
    "still believes it has the directory lock",
  ] as const) {
    test(`ENGINE K1, K2: a checkpoint that stalls before it can ${stage} and ${notice} harms nothing when it wakes`, async () => {
      const world = await createdWorld();
      const stalled = await stallCheckpoint(world, stage);

      const isTold = notice.startsWith("learns");
      if (isTold) world.memory.stealDirectoryLock(historyLock);
      // With a threshold of one byte the log is far too long: then the directory lock is ignored after a while.
      const b = await world.open("b", isTold ? {} : { checkpointBytes: 1 });
      await world.clock.advanceWhileAsleep(world.commit(b, "one"));
      if (isTold) await b.checkpoint();
      await world.clock.advanceWhileAsleep(world.commit(b, "two"));
      // K2: b has collected, and let alone what a holds under construction.
      for (const path of stalled.constructed) expect([...world.memory.files().keys()]).toContain(path);
      expect(stalled.constructed.length > 0).toBe(stage === "publish");
      const published = namedFiles(world.memory);
      expect(published.length).toBeGreaterThan(2);
      const before = world.memory.files();

      await stalled.wake();
      for (const path of stalled.constructed) expect([...world.memory.files().keys()]).not.toContain(path);
      // K1: what the other published is as it was, unless a generation of its own took its place.
      if (generationOf(world.memory) === generationIn(before))
        for (const path of published) expect(world.memory.files().get(path)).toEqual(before.get(path));
      await proveAll(world, [stalled.engine, b]);
    });
  }
}

test("ENGINE K2: what a process that died had under construction is removed by the next checkpoint", async () => {
  const world = await createdWorld();
  const stalled = await stallCheckpoint(world, "publish");
  expect(stalled.constructed.length).toBeGreaterThan(0);
  world.memory.kill("a");
  stalled.wake().catch(() => undefined);
  await turnOfEventLoop();
  const b = await world.open("b");
  await b.checkpoint();
  for (const path of stalled.constructed) expect([...world.memory.files().keys()]).not.toContain(path);
  await proveAll(world, [b]);
});

test("ENGINE K2: a checkpoint whose file under construction was removed publishes nothing", async () => {
  const world = await createdWorld();
  const stalled = await stallCheckpoint(world, "publish");
  const [removed = ""] = stalled.constructed;
  world.memory.process("somebody").unlink(removed);
  const generation = generationOf(world.memory);
  await stalled.wake();
  expect(generationOf(world.memory)).toBe(generation);
  await proveAll(world, [stalled.engine]);
});

const historyLock = `${storeDir}/history.lock`;

interface StalledCheckpoint {
  readonly engine: Engine;
  /** Files of history and index that it has made. */
  readonly constructed: readonly string[];
  /** Lets it go on; resolves when it has ended. */
  wake(): Promise<void>;
}

/** A process whose clock stands still while it waits for the kernel lock, which is free again on return. */
async function stallCheckpoint(world: World, stage: "seal" | "publish"): Promise<StalledCheckpoint> {
  const { memory } = world;
  const clock = new TestClock();
  const engine = await world.open("a", { clock });
  await world.commit(engine, "stalled");
  const gate = memory.process("gate").open(`${storeDir}/wal/lock`, "read");
  const constructed: string[] = [];
  if (stage === "seal") expect(gate.tryLock("exclusive")).toBe(true);
  const observe = memory.onOperation;
  memory.onOperation = (operation) => {
    observe?.(operation);
    const { process, call, path } = operation;
    if (process !== "a") return;
    if (call === "create" && /\/(?:history|index)\//u.test(path)) constructed.push(path);
    if (call === "syncDirectory" && path.endsWith("/history")) expect(gate.tryLock("exclusive")).toBe(true);
  };
  let hasEnded = false;
  const running = engine.checkpoint().finally(() => {
    hasEnded = true;
  });
  running.catch(() => undefined);
  while (clock.sleeperCount === 0 && !hasEnded) await turnOfEventLoop();
  expect(hasEnded).toBe(false);
  memory.onOperation = observe;
  gate.close();
  return { engine, constructed, wake: () => clock.advanceUntil(running) };
}

/** Everything acknowledged is there for all that are open and for a newcomer; all go on committing and checkpointing. */
async function proveAll(world: World, engines: readonly Engine[]): Promise<void> {
  const newcomer = await world.open("newcomer");
  for (const [index, engine] of [...engines, newcomer].entries()) {
    await world.clock.advanceWhileAsleep(world.commit(engine, `after ${index}`));
    await engine.checkpoint();
  }
  for (const engine of [...engines, newcomer]) {
    const names = (await readPairs(engine)).map(({ name }) => name);
    expect(names).toEqual(["first", "second", ...world.acknowledged.map(({ name }) => name)]);
    expect(await engine.check()).toMatchObject({ ok: true, problems: [] });
    await engine.close();
  }
}

interface ManifestFiles {
  readonly history: readonly { readonly file: string }[];
  readonly index: readonly { readonly file: string }[];
}

function namedFiles(memory: MemoryDisk): readonly string[] {
  const files = memory.files();
  const { file } = parse(files, `${storeDir}/MANIFEST.json`) as { readonly file: string };
  const manifest = parse(files, `${storeDir}/manifest/${file}`) as ManifestFiles;
  return [
    `${storeDir}/manifest/${file}`,
    ...manifest.history.map((run) => `${storeDir}/history/${run.file}`),
    ...manifest.index.map((run) => `${storeDir}/index/${run.file}`),
  ];
}

function filesUnder(memory: MemoryDisk, ...directories: readonly string[]): readonly string[] {
  const isUnder = (path: string): boolean => directories.some((name) => path.startsWith(`${storeDir}/${name}/`));
  return [...memory.files().keys()].filter(isUnder).toSorted();
}

function generationOf(memory: MemoryDisk): number {
  return generationIn(memory.files());
}

function generationIn(files: ReadonlyMap<string, Uint8Array>): number {
  return (parse(files, `${storeDir}/MANIFEST.json`) as { readonly generation: number }).generation;
}

function parse(files: ReadonlyMap<string, Uint8Array>, path: string): unknown {
  return JSON.parse(Buffer.from(files.get(path) ?? []).toString());
}
