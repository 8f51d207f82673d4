/**
 * Fails every disk call of several workloads, each in turn, once and from there on: nothing that was acknowledged is lost, nothing
 * is doubled or halved, what was refused as definite did not happen, and after a failed sync nothing is acknowledged any more.
 */
import { isDiskError } from "@knotwork/disk";
import type { DiskCall, DiskOperation, Fault } from "@knotwork/disk/testing";
import type { Engine } from "@knotwork/graph";
import { expect, test } from "vitest";
import { proveWithFigure, sized } from "../prove/figures.ts";
import { expectCoded, FaultRun } from "./fault-run.ts";

/** Calls whose failure no file system reports, and `close`, after which nothing is asked of the file any more, are left out. */
const FAILING_CALLS: readonly DiskCall[] = [
  "create",
  "list",
  "lockDirectory",
  "makeDirectory",
  "open",
  "read",
  "rename",
  "stat",
  "syncData",
  "syncDirectory",
  "truncate",
  "tryLock",
  "unlink",
  "write",
];

interface Workload {
  readonly title: string;
  /** What is there before anything fails. */
  readonly start: () => Promise<FaultRun>;
  /** The process that the faults hit does this; another may stand by. Errors with a code are part of it. */
  readonly run: (run: FaultRun) => Promise<void>;
  /** What never fails. */
  readonly spared?: RegExp;
}

const workloads: readonly Workload[] = [
  {
    title: "commits and a checkpoint",
    start: storeWithOneCommit,
    run: async (run) =>
      withEngine(run, async (engine) => {
        await run.commit(engine);
        await run.commit(engine, "paranoid");
        await run.commit(engine, "relaxed");
        await engine.checkpoint().catch(expectCoded);
        await run.commit(engine);
      }),
  },
  {
    title: "first creation",
    start: async () => new FaultRun(),
    run: async (run) => withEngine(run, async (engine) => void (await run.commit(engine))),
  },
  {
    title: "recovery of a torn tail",
    start: storeWithTornTail,
    run: async (run) =>
      withEngine(run, async (engine) => {
        await run.commit(engine);
        await run.commit(engine);
      }),
  },
  {
    title: "two processes in turns",
    start: storeWithOneCommit,
    // docs/GUARANTEES.md, "What is assumed of the disk": who learns that a sync failed can still tell the others so.
    spared: /\/wal\/durable$/u,
    run: async (run) => {
      const sound = await run.open();
      await withEngine(run, async (engine) => {
        for (const durability of ["balanced", "relaxed", "paranoid"] as const) {
          await run.commit(engine, durability);
          await run.commit(sound, durability);
        }
      });
      // Whatever failed for the other, this one goes on: at the latest when it is opened again.
      await sound.close().catch(expectCoded);
      const again = await run.open();
      expect(await run.commit(again)).toMatchObject({ status: "committed" });
      await again.close();
    },
  },
  {
    title: "checkpoints that merge",
    start: storeWithOneCommit,
    run: async (run) =>
      withEngine(run, async (engine) => {
        for (let round = 0; round < 3; round += 1) {
          await run.commit(engine);
          await engine.checkpoint().catch(expectCoded);
        }
      }),
  },
];

interface NamedFault extends Omit<Fault, "call" | "of"> {
  readonly title: string;
}

const faults: readonly NamedFault[] = [
  ...["EIO", "ENOSPC", "EDQUOT", "EMFILE", "EINTR"].flatMap((code) => [
    { title: `${code}, once`, code, mode: "once" as const },
    { title: `${code}, from there on`, code, mode: "from-here-on" as const },
  ]),
  { title: "a short write of 1 byte", code: "", mode: "once" as const, shortBytes: 1 },
  { title: "a short write of 100 bytes", code: "", mode: "once" as const, shortBytes: 100 },
  { title: "short writes of 100 bytes from there on", code: "", mode: "from-here-on" as const, shortBytes: 100 },
];

for (const workload of workloads) {
  test(`[N5] [T12] every disk call of ${workload.title} that fails loses, doubles and halves nothing, and errors tell the truth`, async () => {
    for (const { title, ...fault } of faults) {
      const of = fault.shortBytes === undefined ? FAILING_CALLS : (["write"] as const);
      const calls = await countCalls(workload, of);
      // The long run takes every call, the suite an even sample.
      const stride = sized(Math.ceil(calls / 9), 1);
      await proveWithFigure({ proof: "faults", part: workload.title }, async (at) => {
        let count = 0;
        for (let call = 1; call <= calls; call += stride) {
          const run = await workload.start();
          run.disk.failAt({ ...fault, call: fromCall(call, workload.spared), of });
          try {
            await workload.run(run);
            run.disk.heal();
            run.memory.kill("faulty");
            at.kind = "lost";
            await run.prove(run.memory.crash(), true);
            await run.prove(run.memory, false);
          } catch (error) {
            if (error instanceof Error) error.message = `${title}, call ${call}: ${error.message}`;
            throw error;
          }
          count += 1;
        }
        return { count };
      });
    }
  });
}

/** Picks the n-th call and all later ones, but for those on paths that are spared. */
function fromCall(first: number, spared: RegExp | undefined): (operation: DiskOperation) => boolean {
  let calls = 0;
  return ({ path }) => !(spared?.test(path) ?? false) && (calls += 1) >= first;
}

async function countCalls(workload: Workload, of: readonly DiskCall[]): Promise<number> {
  const run = await workload.start();
  let calls = 0;
  run.disk.failAt({ call: ({ path }) => !(workload.spared?.test(path) ?? false) && (calls += 1) < 0, of, code: "EIO" });
  await workload.run(run);
  expect(run.told.every(({ outcome }) => outcome === "acknowledged")).toBe(true);
  expect(calls).toBeGreaterThan(of.length > 1 ? 50 : 3);
  return calls;
}

/** Opens the engine that the faults hit, and closes it whatever it met. */
async function withEngine(run: FaultRun, use: (engine: Engine) => Promise<void>): Promise<void> {
  let engine: Engine;
  try {
    engine = await run.open(run.disk);
  } catch (error) {
    expectCoded(error);
    return;
  }
  await use(engine);
  await engine.close().catch(expectCoded);
}

async function storeWithOneCommit(): Promise<FaultRun> {
  const run = new FaultRun();
  const engine = await run.open();
  await run.commit(engine);
  await engine.close();
  return run;
}

/** As a power cut leaves it: a record that begins and does not end. */
async function storeWithTornTail(): Promise<FaultRun> {
  const run = await storeWithOneCommit();
  const file = run.memory.process("crashed").open(run.activeSegment(), "append");
  file.write(Buffer.from('{"crc":"00000000","head":     214,"seq":'));
  file.syncData();
  file.close();
  return run;
}

test("after a failed sync nothing is acknowledged until the store is opened again", async () => {
  const run = await storeWithOneCommit();
  const engine = await run.open(run.disk);
  run.disk.failAt({ call: ({ path }) => path.endsWith(".jsonl"), of: ["syncData"], code: "EIO" });
  expect(await run.commit(engine)).toBeUndefined();
  for (const durability of ["balanced", "relaxed", "paranoid"] as const)
    expect(await run.commit(engine, durability)).toBeUndefined();
  expect(run.told.map(({ outcome }) => outcome)).toEqual(["acknowledged", "unknown", "refused", "refused", "refused"]);
  await engine.close().catch(expectCoded);
  const again = await run.open(run.disk);
  expect(await run.commit(again)).toMatchObject({ status: "committed" });
  await again.close();
  run.memory.kill("faulty");
  await run.prove(run.memory.crash(), true);
});

test("when the disk is full commits are refused, reads go on, and once there is room commits work again", async () => {
  const run = await storeWithOneCommit();
  const engine = await run.open(run.disk);
  for (let room = 0; room < 1500; room += 250) {
    run.memory.capacityBytes = run.memory.tree.usedBytes + room;
    await run.commit(engine);
    await run.commit(engine);
    expect(await engine.read((snapshot) => snapshot.get("n1"))).toBeDefined();
    await engine.checkpoint().catch((error: unknown) => {
      expect(isDiskError(error, "ENOSPC") || (error as { readonly code?: string }).code === "NO_SPACE").toBe(true);
    });
    run.memory.capacityBytes = undefined;
    expect(await run.commit(engine)).toMatchObject({ status: "committed" });
  }
  expect(run.told.some(({ outcome }) => outcome === "refused")).toBe(true);
  expect(run.told.filter(({ outcome }) => outcome === "unknown")).toEqual([]);
  await engine.close();
  run.memory.kill("faulty");
  await run.prove(run.memory.crash(), true);
});

test("[N5] the later sync of a relaxed commit whose success cannot be told throws at nobody, and is tried again", async () => {
  const run = await storeWithOneCommit();
  const engine = await run.open(run.disk);
  await run.commit(engine, "relaxed");
  const syncs = (): number => run.memory.counts.of({ process: "faulty", call: "syncData" });
  const before = syncs();
  // The marks of others cannot be read, until the first sync is done.
  run.disk.failAt({
    call: ({ path }) => path.endsWith("/wal/durable") && syncs() <= before + 1,
    of: ["read"],
    code: "EIO",
    mode: "from-here-on",
  });
  // What a power cut leaves: the commit.
  const isDurable = (): boolean =>
    [...run.memory.crash().files()].some(
      ([path, bytes]) => path.endsWith(".jsonl") && Buffer.from(bytes).includes('"n2"'),
    );
  expect(isDurable()).toBe(false);
  await expect.poll(isDurable, { timeout: 5000 }).toBe(true);
  run.disk.heal();
  await expect.poll(syncs, { timeout: 5000 }).toBe(before + 2);
  await engine.close();
});
