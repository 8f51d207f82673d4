/** What a random program may do to a store of several processes, and how each step is compared with the model. */
import type { Graph, PinnedGraphSnapshot } from "@knotwork/graph";
import fc from "fast-check";
import { expect } from "vitest";
import { World } from "../engine/engine-world.ts";
import type { MapModel } from "./map-model.ts";

export const ids: readonly string[] = ["a", "b", "c", "d", "e"];
const processes = ["p", "q", "r"] as const;

/** The real side: three processes on one disk, of which any may not have opened the store. */
export interface Store {
  world: World;
  readonly graphs: Map<string, Graph>;
  readonly held: { readonly process: string; readonly seq: number; readonly snapshot: PinnedGraphSnapshot }[];
  /** Names a process anew after it was killed. */
  generation: number;
}

type Command = fc.AsyncCommand<MapModel, Store>;

export function storeCommands(options: { readonly maxCommands: number }): fc.Arbitrary<Iterable<Command>> {
  const process = fc.constantFrom(...processes);
  const id = fc.constantFrom(...ids);
  const change = fc.record({ id, text: fc.option(fc.string({ maxLength: 12, unit: "grapheme" }), { nil: undefined }) });
  const durability = fc.constantFrom("balanced", "balanced", "relaxed", "paranoid" as const);
  return fc.commands(
    [
      fc
        .record({ process, changes: fc.array(change, { minLength: 1, maxLength: 3 }), durability })
        .map((given) => new Commit(given)),
      process.map((one) => new Read(one)),
      fc.record({ process, part: fc.double({ min: 0, max: 1, noNaN: true }) }).map((given) => new AsOf(given)),
      process.map((one) => new Checkpoint(one)),
      process.map((one) => new Hold(one)),
      fc.nat(3).map((place) => new CompareHeld(place)),
      process.map((one) => new Reopen(one)),
      process.map((one) => new Kill(one)),
      fc.integer({ min: 1, max: 1_000_000 }).map((seed) => new PowerCut(seed)),
    ],
    { maxCommands: options.maxCommands, size: "max" },
  );
}

/** The graph of a process, opened when it is not. */
export async function graphOf(store: Store, process: string): Promise<Graph> {
  const open = store.graphs.get(process);
  if (open !== undefined) return open;
  const graph = await store.world.graph(`${process}${store.generation}`, { checkpointBytes: 4096 });
  store.graphs.set(process, graph);
  return graph;
}

abstract class Step implements Command {
  check(): boolean {
    return true;
  }
  abstract run(model: MapModel, store: Store): Promise<void>;
  abstract toString(): string;
}

interface CommitGiven {
  readonly process: string;
  readonly changes: readonly { readonly id: string; readonly text: string | undefined }[];
  readonly durability: "paranoid" | "balanced" | "relaxed";
}

class Commit extends Step {
  readonly #given: CommitGiven;
  constructor(given: CommitGiven) {
    super();
    this.#given = given;
  }

  async run(model: MapModel, store: Store): Promise<void> {
    const { process, changes, durability } = this.#given;
    const graph = await graphOf(store, process);
    const before = model.textsAt(model.head);
    const wanted = new Map(changes.map(({ id, text }) => [id, text]));
    // What is not there is not deleted, and an update that changes nothing makes no version.
    const effective = new Map([...wanted].filter(([id, text]) => text !== before[id]));
    if (effective.size === 0) return;
    const { seq } = await graph.transact(
      async (tx) => {
        for (const [id, text] of effective) {
          expect((await tx.get(id))?.props["text"]).toBe(before[id]);
          if (text === undefined) await tx.delete(id);
          else if (id in before) await tx.update(id, { text });
          else await tx.create("thing", { text }, { id });
        }
      },
      { durability },
    );
    expect(seq).toBe(model.commit(effective, { isDurable: durability !== "relaxed" }));
  }

  toString(): string {
    const { process, changes, durability } = this.#given;
    return `${process}.commit(${JSON.stringify(changes)}, ${durability})`;
  }
}

class Read extends Step {
  readonly #process: string;
  constructor(process: string) {
    super();
    this.#process = process;
  }

  async run(model: MapModel, store: Store): Promise<void> {
    const graph = await graphOf(store, this.#process);
    await expectContent(graph, model, model.head);
    for (const id of ids) {
      const history = await graph.history(id);
      expect(
        history.map(({ version, seq, deleted, props }) => ({
          version,
          seq,
          text: deleted === true ? undefined : props["text"],
        })),
      ).toEqual(model.history(id));
    }
  }

  toString(): string {
    return `${this.#process}.read()`;
  }
}

class AsOf extends Step {
  readonly #given: { readonly process: string; readonly part: number };
  constructor(given: { readonly process: string; readonly part: number }) {
    super();
    this.#given = given;
  }

  async run(model: MapModel, store: Store): Promise<void> {
    const { process, part } = this.#given;
    const graph = await graphOf(store, process);
    const seq = Math.round(part * model.head);
    const past = graph.asOf(seq);
    await expectContent(past, model, seq);
    past.release();
    const [commit] = seq === 0 ? [] : await graph.commits({ after: seq - 1, limit: 1 });
    if (commit === undefined) return;
    // Several commits may bear one time: the last of them is meant.
    const later = await graph.commits({ after: seq, limit: 1000 });
    const last = later.findLast(({ time }) => time === commit.time)?.seq ?? seq;
    const then = graph.asOf(new Date(commit.time));
    await expectContent(then, model, last);
    then.release();
  }

  toString(): string {
    return `${this.#given.process}.asOf(${this.#given.part})`;
  }
}

class Checkpoint extends Step {
  readonly #process: string;
  constructor(process: string) {
    super();
    this.#process = process;
  }

  async run(_model: MapModel, store: Store): Promise<void> {
    await (await graphOf(store, this.#process)).checkpoint();
  }

  toString(): string {
    return `${this.#process}.checkpoint()`;
  }
}

class Hold extends Step {
  readonly #process: string;
  constructor(process: string) {
    super();
    this.#process = process;
  }

  async run(model: MapModel, store: Store): Promise<void> {
    if (store.held.length >= 4) return;
    const snapshot = await (await graphOf(store, this.#process)).snapshot();
    expect(snapshot.seq).toBe(model.head);
    store.held.push({ process: this.#process, seq: snapshot.seq, snapshot });
  }

  toString(): string {
    return `${this.#process}.snapshot()`;
  }
}

class CompareHeld extends Step {
  readonly #place: number;
  constructor(place: number) {
    super();
    this.#place = place;
  }

  async run(model: MapModel, store: Store): Promise<void> {
    const held = store.held[this.#place];
    if (held === undefined) return;
    await expectContent(held.snapshot, model, held.seq);
    if (this.#place % 2 === 1) {
      held.snapshot.release();
      store.held.splice(this.#place, 1);
    }
  }

  toString(): string {
    return `compareHeld(${this.#place})`;
  }
}

class Reopen extends Step {
  readonly #process: string;
  constructor(process: string) {
    super();
    this.#process = process;
  }

  async run(_model: MapModel, store: Store): Promise<void> {
    dropHeld(store, (process) => process === this.#process);
    await store.graphs.get(this.#process)?.close();
    store.graphs.delete(this.#process);
    await graphOf(store, this.#process);
  }

  toString(): string {
    return `${this.#process}.reopen()`;
  }
}

class Kill extends Step {
  readonly #process: string;
  constructor(process: string) {
    super();
    this.#process = process;
  }

  async run(_model: MapModel, store: Store): Promise<void> {
    const killed = store.graphs.get(this.#process);
    if (killed === undefined) return;
    store.world.memory.kill(`${this.#process}${store.generation}`);
    store.held.splice(0, Infinity, ...store.held.filter(({ process }) => process !== this.#process));
    store.graphs.delete(this.#process);
    // Its timers run in this process: they must not call a disk that is gone for it.
    await killed.close().catch((error: unknown) => expect(error).toMatchObject({ code: "PROCESS_KILLED" }));
    // Names are given once: what a killed process left behind belongs to nobody.
    for (const process of store.graphs.keys()) {
      dropHeld(store, (one) => one === process);
      await store.graphs.get(process)?.close();
    }
    store.graphs.clear();
    store.generation += 1;
  }

  toString(): string {
    return `${this.#process}.kill()`;
  }
}

class PowerCut extends Step {
  readonly #seed: number;
  constructor(seed: number) {
    super();
    this.#seed = seed;
  }

  async run(model: MapModel, store: Store): Promise<void> {
    let state = this.#seed;
    const random = (): number => {
      state = (state * 16_807) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const dead = [...store.graphs.values()];
    store.world = new World(store.world.memory.crashRandomly(random), 1000 + store.generation);
    store.graphs.clear();
    store.held.length = 0;
    store.generation += 1;
    for (const one of dead) await one.close();
    const graph = await graphOf(store, "p");
    const head = await graph.head();
    expect(head).toBeGreaterThanOrEqual(model.durableSeq);
    expect(head).toBeLessThanOrEqual(model.head);
    model.cutBackTo(head);
    await expectContent(graph, model, head);
    expect((await graph.check()).problems).toEqual([]);
  }

  toString(): string {
    return `powerCut(${this.#seed})`;
  }
}

function dropHeld(store: Store, isDropped: (process: string) => boolean): void {
  const kept = store.held.filter(({ process }) => !isDropped(process));
  for (const { process, snapshot } of store.held) if (isDropped(process)) snapshot.release();
  store.held.splice(0, Infinity, ...kept);
}

/** One by one, and by the index of the type: both ways lead to the same. */
async function expectContent(reads: Pick<Graph, "get" | "query">, model: MapModel, seq: number): Promise<void> {
  const expected = model.textsAt(seq);
  const found: Record<string, unknown> = {};
  for (const id of ids) {
    const entity = await reads.get(id);
    if (entity === undefined) continue;
    found[id] = entity.props["text"];
    const { version, seq: at } = model.versionAt(seq, id) ?? {};
    expect({ version: entity.version, seq: entity.seq }, id).toEqual({ version, seq: at });
  }
  expect(found).toEqual(expected);
  expect([...(await reads.query("thing").ids())].sort()).toEqual(Object.keys(expected).sort());
}
