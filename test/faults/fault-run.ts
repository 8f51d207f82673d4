/** A store on a disk that fails, what its callers were told, and the proof that all of it is true. */
import { FaultyDisk, MemoryDisk, seededRandom } from "@knotwork/disk/testing";
import type { CommitOutcome, Durability, Engine } from "@knotwork/graph";
import { expect } from "vitest";
import { openLocalEngine } from "../../packages/graph/src/local/open-local-engine.ts";
import { BusyClock } from "../engine/engine-world.ts";

const DIR = "/store";

/** What the caller of one commit was told. */
interface Told {
  readonly id: string;
  readonly outcome: "acknowledged" | "refused" | "unknown";
  readonly durability: Durability;
}

const UNKNOWN: ReadonlySet<string> = new Set(["OUTCOME_UNKNOWN"]);

export class FaultRun {
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

  /** The segment that is appended to. */
  activeSegment(): string {
    const names = this.memory.process("observer").list(`${DIR}/wal`);
    return `${DIR}/wal/${names.filter((name) => name.endsWith(".jsonl")).at(-1)}`;
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

export function expectCoded(error: unknown): void {
  expect(error).toHaveProperty("code");
}
