/**
 * Random programs of several processes on one store: commits, checkpoints, crashes of one of them, reopening, power cuts.
 * Whatever happens, every handle shows what a plain map holds, old snapshots stay what they were, and the check is clean.
 */
import { machineClock } from "@knotwork/disk";
import { MemoryDisk, seededRandom } from "@knotwork/disk/testing";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Engine, IndexDefinition, PinnedSnapshot } from "../engine.ts";
import { commit, scanIds } from "../testing/conformance/subject.ts";
import { openLocalEngine } from "./open-local-engine.ts";

const BY_N: IndexDefinition = { name: "item/n", type: "item", parts: [{ field: "n" }] };
/** What the processes hold of the tail in memory: places only, some of it, all. */
const TAILS = [{ tailBytesMax: 0 }, { tailBytesMax: 700 }, {}];
const EVERYTHING = { lower: "", upper: undefined };
const process = fc.integer({ min: 0, max: 2 });
const id = fc.constantFrom("a", "b", "c", "d", "e");
const command = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("put" as const), process, id, n: fc.integer({ max: 9, min: 0 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("remove" as const), process, id }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("look" as const), process }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("checkpoint" as const), process }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("pin" as const), process }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("define" as const), process }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("kill" as const), process }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("power cut" as const), process }) },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

interface Pinned {
  readonly snapshot: PinnedSnapshot;
  readonly state: ReadonlyMap<string, number>;
  readonly process: number;
}

class Machine {
  #memory: MemoryDisk = new MemoryDisk();
  #engines: (Engine | undefined)[] = [];
  #pinned: Pinned[] = [];
  #names = 0;
  readonly #processNames: string[] = [];
  readonly #random = seededRandom(11);
  readonly state = new Map<string, number>();
  readonly versions = new Map<string, number>();

  async run(one: Command): Promise<void> {
    const engine = await this.#engine(one.process);
    switch (one.do) {
      case "put":
        await commit(engine, async (tx) => tx.put(one.id, { n: one.n }));
        this.state.set(one.id, one.n);
        this.versions.set(one.id, (this.versions.get(one.id) ?? 0) + 1);
        return;
      case "remove":
        if (!this.state.delete(one.id)) return;
        await commit(engine, async (tx) => tx.remove(one.id));
        this.versions.set(one.id, (this.versions.get(one.id) ?? 0) + 1);
        return;
      case "look":
        return this.look(one.process);
      case "checkpoint":
        return engine.checkpoint();
      case "define":
        return engine.define([BY_N]);
      case "pin":
        this.#pinned.push({ snapshot: await engine.pin(), state: new Map(this.state), process: one.process });
        return;
      case "kill":
        return this.#kill(one.process);
      case "power cut":
        return this.#cutPower();
    }
  }

  async look(process: number): Promise<void> {
    const engine = await this.#engine(process);
    await engine.read(async (snapshot) => expectState(snapshot, this.state));
    for (const [entity, version] of this.versions) {
      const found = await engine.read((snapshot) => snapshot.history(entity));
      expect(found.map((one) => one.version)).toEqual(Array.from({ length: version }, (_, index) => index + 1));
    }
    for (const pinned of this.#pinned) await expectState(pinned.snapshot, pinned.state);
  }

  async end(): Promise<void> {
    for (const one of [0, 1, 2]) await this.look(one);
    expect((await (await this.#engine(0)).check()).problems).toEqual([]);
    for (const pinned of this.#pinned.splice(0)) pinned.snapshot.release();
    for (const engine of this.#engines) await engine?.close();
  }

  async #engine(process: number): Promise<Engine> {
    const open = this.#engines[process];
    if (open !== undefined) return open;
    this.#names += 1;
    const name = `process-${process}-${this.#names}`;
    this.#processNames[process] = name;
    const engine = await openLocalEngine({
      dir: "/store",
      disk: this.#memory.process(name),
      clock: machineClock(),
      random: this.#random,
      create: true,
      ...TAILS[process],
    });
    this.#engines[process] = engine;
    return engine;
  }

  async #kill(process: number): Promise<void> {
    const engine = this.#engines[process];
    this.#pinned = this.#pinned.filter((pinned) => pinned.process !== process);
    this.#memory.kill(this.#processNames[process] ?? "");
    this.#engines[process] = undefined;
    await engine?.close().catch(() => undefined);
  }

  /** Commits are made durable first: what is lost otherwise is another test's matter. */
  async #cutPower(): Promise<void> {
    const engine = await this.#engine(0);
    const snapshotSeq = await engine.head();
    const request = { txid: "", author: "", snapshotSeq, reads: new Map(), ranges: [], writes: [] };
    await engine.commit({ ...request, durability: "balanced" });
    const after = this.#memory.crashRandomly(this.#random);
    for (const process of [0, 1, 2]) await this.#kill(process);
    this.#memory = after;
  }
}

async function expectState(
  snapshot: PinnedSnapshot | Parameters<Parameters<Engine["read"]>[0]>[0],
  state: ReadonlyMap<string, number>,
): Promise<void> {
  const ids = [...state.keys()].toSorted();
  expect(await scanIds(snapshot, { index: "type", ...EVERYTHING })).toEqual(ids);
  for (const [entity, n] of state) expect((await snapshot.get(entity))?.props).toEqual({ n });
  if (!snapshot.hasIndex(BY_N.name)) return;
  const byN = [...state].toSorted(([a, x], [b, y]) => x - y || (a < b ? -1 : 1)).map(([entity]) => entity);
  expect(await scanIds(snapshot, { index: BY_N.name, ...EVERYTHING })).toEqual(byN);
}

test(
  "whatever processes do to one store, each shows what was committed, and snapshots stay what they were",
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 40 }), async (commands) => {
        const machine = new Machine();
        for (const one of commands) await machine.run(one);
        await machine.end();
      }),
      { numRuns: globalThis.process.env["KNOT_LONG"] === "1" ? 3000 : 60 },
    );
  },
);
