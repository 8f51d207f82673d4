/** Queries of many steps while other processes write: each sees one committed state, whatever way it reads. */
import { expect, onTestFinished, test } from "vitest";
import { type Edge, type Entity, type Graph, type GraphSnapshot, isEdge, openGraph } from "@knotwork/graph";
import { startChild } from "./child-processes.ts";
import { useScratchDir } from "./scratch-dir.ts";

const scratch = useScratchDir();
const queryCount = 1000;
const writerCount = 4;
const nodes = Array.from({ length: 8 }, (_, i) => `n${i}`);

test("[Q2] [Q4] 1,000 queries of many steps, while 4 processes write, each see exactly one committed state", async () => {
  const dir = scratch.make("store");
  const graph = await openGraph({ dir, create: true, durability: "relaxed" });
  await graph.transact(async (tx) => {
    await tx.create("hub", {}, { id: "hub" });
    for (const id of nodes) await tx.create("node", { in: 0, out: 0 }, { id });
    for (const id of nodes) await tx.link("hub", "HAS", id);
  });
  const seed = Math.floor(Math.random() * 2 ** 31);
  const writers = Array.from({ length: writerCount }, (_, i) =>
    startChild<{ commits: number }>("balance-sums.mjs", { dir, nodes, seed: seed + i }),
  );
  await Promise.all(writers.map((writer) => writer.ready));
  for (const writer of writers) writer.start();
  onTestFinished(() => {
    for (const writer of writers) writer.process.kill("SIGKILL");
  });

  const start = await graph.head();
  const seen = new Set<string>();
  const kinds = [searchNow, askSnapshot, searchNow, askThePast, searchNow, askSnapshot, searchNow, askInTransaction];
  while ((await graph.head()) < start + 50) await new Promise((resolve) => setTimeout(resolve, 5));
  for (let asked = 0; asked < queryCount; asked += kinds.length) {
    // At once: what one of them learns of others' commits must not get into another one's state.
    for (const state of await Promise.all(kinds.map(async (kind) => await kind(graph)))) {
      expect(sumsOf(state), `seed ${seed}`).toEqual(sumsKept(state));
      seen.add(JSON.stringify(sumsKept(state)));
    }
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  const end = await graph.head();
  for (const writer of writers) writer.process.send({ stop: true });
  const answers = await Promise.all(writers.map((writer) => writer.answer));

  expect(answers.every((answer) => answer !== undefined && answer.commits > 0)).toBe(true);
  expect(end - start).toBeGreaterThan(100);
  expect(seen.size).toBeGreaterThan(50);
  expect(await graph.check()).toMatchObject({ ok: true });
  await graph.close();
});

/** What one query read: the nodes, and the edges between them. */
interface State {
  readonly nodes: readonly Entity[];
  readonly edges: readonly Edge[];
}

/** One search through everything there is: its goal does not exist. */
async function searchNow(graph: Graph): Promise<State> {
  const found = { nodes: new Map<string, Entity>(), edges: new Map<string, Edge>() };
  await graph.weightedPath("hub", "nowhere", {
    out: ["HAS", "TO"],
    weight: (edge) => {
      // A search begins anew when the files it read were replaced; what it told before is of an older state.
      if (found.edges.has(edge.id)) for (const part of Object.values(found)) part.clear();
      found.edges.set(edge.id, edge);
      return 0;
    },
    filter: (node) => {
      found.nodes.set(node.id, node);
      return true;
    },
  });
  return { nodes: [...found.nodes.values()], edges: [...found.edges.values()].filter(({ type }) => type === "TO") };
}

/** Many calls on one held state, by lists of neighbours and back. */
async function askSnapshot(graph: Graph): Promise<State> {
  const snapshot = await graph.snapshot();
  try {
    return await askByCalls(snapshot);
  } finally {
    snapshot.release();
  }
}

async function askThePast(graph: Graph): Promise<State> {
  return await askByCalls(graph.asOf((await graph.head()) - 3));
}

/** Reads only, and yet of one state: nothing is repeated, nothing is written. */
async function askInTransaction(graph: Graph): Promise<State> {
  return (await graph.transact((tx) => askByCalls(tx))).value;
}

async function askByCalls(reads: Pick<GraphSnapshot, "neighbours" | "getMany" | "getEdge">): Promise<State> {
  const ids = await reads.neighbours("hub", { out: ["HAS"] });
  const edges: (Edge | undefined)[] = [];
  for (const [i, from] of ids.entries()) {
    // Half of the edges are found from their start, half of them from their end; an edge to itself is no neighbour.
    const forward = await reads.neighbours(from, { out: ["TO"] });
    for (const to of forward) if (i % 2 === 0) edges.push(await reads.getEdge(from, "TO", to));
    edges.push(await reads.getEdge(from, "TO", from));
    for (const source of await reads.neighbours(from, { in: ["TO"] })) {
      if (ids.indexOf(source) % 2 === 1) edges.push(await reads.getEdge(source, "TO", from));
    }
  }
  const found = await reads.getMany(ids);
  return {
    nodes: found.filter((node) => node !== undefined),
    edges: edges.filter((e) => e !== undefined && isEdge(e)),
  };
}

type Sums = Readonly<Record<string, readonly [number, number]>>;

/** The sums the nodes hold. */
function sumsKept({ nodes: found }: State): Sums {
  const sums = found.map(({ id, props }) => [id, [Number(props["out"]), Number(props["in"])]] as const);
  return Object.fromEntries(sums.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The sums the edges have. */
function sumsOf({ edges }: State): Sums {
  const sum = (end: "from" | "to", id: string): number =>
    edges.filter((edge) => edge[end] === id).reduce((total, edge) => total + Number(edge.props["weight"]), 0);
  return Object.fromEntries(nodes.toSorted().map((id) => [id, [sum("from", id), sum("to", id)]]));
}
