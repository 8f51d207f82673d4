/**
 * Commits whose traces can be told whole from half: each creates two nodes and adds its name to a list that all share. From a
 * store they are read back with proof that each is there once, whole, in one order, and that nothing else is.
 */
import type { CommitOutcome, Durability, Engine, EngineSnapshot, IndexDefinition } from "@knotwork/graph";
import { expect } from "vitest";

export interface PairRequest {
  /** Names the commit, once per store. */
  readonly name: string;
  readonly txid: string;
  readonly durability: Durability;
}

export interface PairCommit {
  readonly name: string;
  readonly txid: string;
  readonly seq: number;
}

/** An index over what the commits write, so that every checkpoint has a declared index to keep. */
export const byName: IndexDefinition = { name: "item/name", type: "item", parts: [{ field: "name" }] };

/** Commits, again and again while others get in its way. */
export async function commitPair(engine: Engine, request: PairRequest): Promise<number> {
  for (;;) {
    const outcome = await tryPair(engine, request);
    if (outcome.status === "committed") return outcome.seq;
    if (outcome.status === "duplicate") throw new Error(`"${request.name}" was committed before`);
  }
}

/**
 * Lets a writer look at the end of the log, which cuts off what a crash left there, and write nothing: a key is looked up
 * under the lock.
 */
export async function recover(engine: Engine): Promise<void> {
  const outcome = await engine.commit({
    txid: "00000000000000000000RECOVER",
    author: "recoverer",
    idempotency: { key: "recover", fingerprint: "", result: null },
    snapshotSeq: await engine.head(),
    reads: new Map(),
    ranges: [],
    writes: [],
    durability: "balanced",
  });
  expect(outcome.status).toBe("committed");
}

/** All commits of pairs in order. Fails when one is half, doubled, or when there is anything beside them. */
export async function readPairs(engine: Engine): Promise<readonly PairCommit[]> {
  const commits = await engine.commits({ limit: 10_000 });
  expect(commits.map(({ seq }) => seq)).toEqual(commits.map((_, index) => index + 1));
  expect(await engine.head()).toBe(commits.length);
  expect(new Set(commits.map(({ txid }) => txid)).size).toBe(commits.length);
  const pairs = commits
    .filter(({ changes }) => changes.length > 0)
    .map(({ seq, txid, changes }) => ({ seq, txid, changes, name: (changes[0]?.id ?? "").slice("left-".length) }));
  await engine.read(async (snapshot) => {
    for (const [index, { name, seq, changes }] of pairs.entries()) {
      expect(changes.map(({ id, version }) => `${id} ${version}`)).toEqual([
        `left-${name} 1`,
        `right-${name} 1`,
        `sum ${index + 1}`,
      ]);
      for (const side of ["left", "right"])
        expect(await snapshot.get(`${side}-${name}`)).toMatchObject({
          seq,
          version: 1,
          deleted: false,
          props: propsOf(name),
        });
    }
    await expectNothingElse(
      snapshot,
      pairs.map(({ name }) => name),
    );
    expect((await snapshot.history("sum")).map(({ seq }) => seq)).toEqual(pairs.map(({ seq }) => seq));
  });
  return pairs.map(({ name, seq, txid }) => ({ name, seq, txid }));
}

/** Fails unless the snapshot shows exactly the pairs with these names, in this order. */
export async function expectNothingElse(snapshot: EngineSnapshot, names: readonly string[]): Promise<void> {
  const sum = await snapshot.get("sum");
  expect(sum?.props ?? { names: [] }).toEqual({ names });
  expect(sum?.version ?? 0).toBe(names.length);
  const ids = names.flatMap((name) => [`left-${name}`, `right-${name}`]);
  expect(await scanIds(snapshot, "type")).toEqual([...ids, ...(names.length > 0 ? ["sum"] : [])].toSorted());
  if (snapshot.hasIndex(byName.name)) expect(await scanIds(snapshot, byName.name)).toEqual(ids.toSorted());
}

async function scanIds(snapshot: EngineSnapshot, index: string): Promise<readonly string[]> {
  const ids: string[] = [];
  let lower = "";
  for (;;) {
    const { hits, done } = await snapshot.scan({ index, lower, upper: undefined, limit: 1000 });
    ids.push(...hits.map(({ id }) => id));
    if (done) return ids.toSorted();
    lower = `${hits.at(-1)?.key ?? ""}\0`;
  }
}

async function tryPair(engine: Engine, { name, txid, durability }: PairRequest): Promise<CommitOutcome> {
  const { sum, snapshotSeq } = await engine.read(async (snapshot) => ({
    sum: await snapshot.get("sum"),
    snapshotSeq: snapshot.seq,
  }));
  const names = (sum?.props["names"] ?? []) as readonly string[];
  const put = { op: "put", version: 1, type: "item", props: propsOf(name) } as const;
  const absent = { version: 0, seq: 0 };
  return engine.commit({
    txid,
    author: "writer",
    snapshotSeq,
    reads: new Map([
      [`left-${name}`, absent],
      [`right-${name}`, absent],
      ["sum", { version: sum?.version ?? 0, seq: sum?.seq ?? 0 }],
    ]),
    ranges: [],
    writes: [
      { ...put, id: `left-${name}` },
      { ...put, id: `right-${name}` },
      {
        op: "put",
        id: "sum",
        type: "sum",
        version: names.length + 1,
        props: { names: [...names, name] },
        ...(sum === undefined ? {} : { createdAt: sum.createdAt }),
      },
    ],
    durability,
  });
}

function propsOf(name: string): { readonly name: string; readonly text: string } {
  return { name, text: `what ${name} says, long enough to be torn somewhere` };
}
