/**
 * Fails every disk call of a workload, each in turn, once and from there on: nothing that was acknowledged is lost, nothing is
 * doubled or halved, what was refused as definite did not happen, and after a failed sync nothing is acknowledged any more.
 */
import { isDiskError } from "@knotwork/disk";
import { type DiskCall, FaultyDisk, MemoryDisk, seededRandom } from "@knotwork/disk/testing";
import type { CommitOutcome, Durability, Engine } from "@knotwork/graph";
import { expect, test } from "vitest";
import { openLocalEngine } from "../../packages/graph/src/local/open-local-engine.ts";
import { BusyClock } from "./engine-world.ts";

const DIR = "/store";
/** Calls whose failure no file system reports, and `close`, after which nothing is asked of the file any more. */
const FAILING_CALLS: readonly DiskCall[] = [
  "create",
  "list",
  "lockDirectory",
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

/** What the caller of one commit was told. */
interface Told {
  readonly id: string;
  readonly outcome: "acknowledged" | "refused" | "unknown";
  readonly durability: Durability;
}

const isLong = process.env["KNOT_LONG"] === "1";

const UNKNOWN: ReadonlySet<string> = new Set(["OUTCOME_UNKNOWN"]);

class FaultRun {
  readonly memory: MemoryDisk = new MemoryDisk();
  readonly disk: FaultyDisk;
  readonly told: Told[] = [];
  readonly #clock = new BusyClock();
  readonly #random = seededRandom(3);
  #txids = 0;

  constructor() {
    this.disk = new FaultyDisk(this.memory.process("faulty"), {
      failSync: (path, code) => this.memory.failNextSync(path, code),
    });
  }

  async open(disk = this.memory.process("sound")): Promise<Engine> {
    return openLocalEngine({ dir: DIR, disk, clock: this.#clock, random: this.#random, create: true });
  }

  async commit(engine: Engine, durability: Durability = "balanced"): Promise<CommitOutcome | undefined> {
    this.#txids += 1;
    const id = `n${this.#txids}`;
    const note = (outcome: Told["outcome"]): void => void this.told.push({ id, outcome, durability });
    try {
      const snapshotSeq = await engine.head();
      const outcome = await engine.commit({
        txid: `01${String(this.#txids).padStart(24, "0")}`,
        author: "tester",
        snapshotSeq,
        reads: new Map([[id, { version: 0, seq: 0 }]]),
        ranges: [],
        writes: ["", "-twin"].map((end) => ({
          op: "put" as const,
          id: id + end,
          type: "item",
          version: 1,
          props: { text: "x".repeat(200) },
        })),
        durability,
      });
      expect(outcome.status).toBe("committed");
      note("acknowledged");
      return outcome;
    } catch (error) {
      const { code } = error as { readonly code?: string };
      if (code === undefined) throw error;
      note(UNKNOWN.has(code) ? "unknown" : "refused");
      return undefined;
    }
  }

  /** What a new process finds on `memory`: nothing half, everything promised, nothing refused. */
  async prove(memory: MemoryDisk, afterPowerCut: boolean): Promise<void> {
    const engine = await openLocalEngine({
      dir: DIR,
      disk: memory.process("prover"),
      clock: this.#clock,
      random: this.#random,
      create: this.told.every(({ outcome }) => outcome !== "acknowledged"),
    });
    try {
      const found = new Set((await engine.commits({ limit: 1000 })).map(({ changes }) => changes[0]?.id ?? ""));
      await engine.read(async (snapshot) => {
        for (const { id, outcome, durability } of this.told) {
          const isThere = (await snapshot.get(id)) !== undefined;
          expect(isThere, `${id} and its twin are there together`).toBe(
            (await snapshot.get(`${id}-twin`)) !== undefined,
          );
          expect(found.has(id)).toBe(isThere);
          if (outcome === "acknowledged" && !(afterPowerCut && durability === "relaxed"))
            expect(isThere, `${id} was acknowledged`).toBe(true);
          if (outcome === "refused") expect(isThere, `${id} was refused`).toBe(false);
        }
      });
      expect(await engine.check()).toMatchObject({ ok: true, problems: [] });
    } finally {
      await engine.close();
    }
  }
}

/** Creates nothing: the store is there. Commits at every durability, checkpoints, commits again. */
async function workload(run: FaultRun): Promise<void> {
  let engine: Engine;
  try {
    engine = await run.open(run.disk);
  } catch (error) {
    expect(error).toHaveProperty("code");
    return;
  }
  await run.commit(engine);
  await run.commit(engine, "paranoid");
  await run.commit(engine, "relaxed");
  await engine.checkpoint().catch(expectCoded);
  await run.commit(engine);
  await engine.close().catch(expectCoded);
}

function expectCoded(error: unknown): void {
  expect(error).toHaveProperty("code");
}

async function storeWithOneCommit(): Promise<FaultRun> {
  const run = new FaultRun();
  const engine = await run.open();
  await run.commit(engine);
  await engine.close();
  return run;
}

async function countCalls(): Promise<number> {
  const run = await storeWithOneCommit();
  let calls = 0;
  run.disk.failAt({ call: () => (calls += 1) < 0, of: FAILING_CALLS, code: "EIO" });
  await workload(run);
  expect(run.told.every(({ outcome }) => outcome === "acknowledged")).toBe(true);
  return calls;
}

for (const code of ["EIO", "ENOSPC", "EMFILE"]) {
  for (const mode of ["once", "from-here-on"] as const) {
    test(`every disk call that fails with ${code}, ${mode}, loses, doubles and halves nothing, and errors tell the truth`, async () => {
      const calls = await countCalls();
      expect(calls).toBeGreaterThan(100);
      // The long run takes every call, the suite an even sample.
      const stride = isLong ? 1 : code === "EIO" && mode === "once" ? 2 : 5;
      for (let call = 1; call <= calls; call += stride) {
        const run = await storeWithOneCommit();
        run.disk.failAt({ call, of: FAILING_CALLS, code, mode });
        try {
          await workload(run);
          run.disk.heal();
          run.memory.kill("faulty");
          await run.prove(run.memory.crash(), true);
          await run.prove(run.memory, false);
        } catch (error) {
          if (error instanceof Error) error.message = `call ${call}: ${error.message}`;
          throw error;
        }
      }
    });
  }
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
