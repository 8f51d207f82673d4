/** Paths, components and orders beside graphology's, which somebody else wrote: three shapes of graph, 1,000 pairs each. */
import { DirectedGraph } from "graphology";
import { connectedComponents, stronglyConnectedComponents } from "graphology-components";
import { hasCycle, topologicalGenerations } from "graphology-dag";
import dijkstra from "graphology-shortest-path/dijkstra.js";
import { bidirectional } from "graphology-shortest-path/unweighted.js";
import { expect, test } from "vitest";
import { type Graph, openGraph } from "@knotwork/graph";
import { MemoryEngine } from "@knotwork/graph/testing";

const pairs = 1000;
const nodeCount = 300;

interface Shape {
  readonly name: string;
  /** Pairs of node numbers. */
  edges(random: () => number): readonly (readonly [number, number])[];
}

const shapes: readonly Shape[] = [
  {
    name: "uniform",
    edges: (random) => Array.from({ length: 600 }, () => [pick(random), pick(random)] as const),
  },
  {
    name: "skewed: few nodes have most edges",
    edges: (random) => Array.from({ length: 900 }, () => [pick(random), pick(() => random() ** 3)] as const),
  },
  {
    name: "layered, without cycles",
    edges: (random) =>
      Array.from({ length: 700 }, () => {
        const from = Math.floor(random() * (nodeCount - 1));
        return [from, Math.min(nodeCount - 1, from + 1 + Math.floor(random() * 12))] as const;
      }),
  },
];

test.for(shapes)("[Q2] paths, components and order equal graphology's on a graph that is $name", async (shape) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const random = seededRandom(seed);
  const { graph, yardstick } = await build(shape.edges(random), random);
  const context = `seed ${seed}`;

  for (let i = 0; i < pairs; i += 1) {
    const [from, to] = [id(pick(random)), id(pick(random))];
    const path = await graph.path(from, to, { out: ["TO"] });
    const expected = bidirectional(yardstick, from, to);
    expect(path?.length, `${context}: ${from} to ${to}`).toBe(expected?.length);
    for (const [at, node] of (path ?? []).entries()) {
      expect(at === 0 || yardstick.hasEdge(path?.[at - 1], node), context).toBe(true);
    }
    const weighted = await graph.weightedPath(from, to, { out: ["TO"], weight: "weight" });
    const lightest = dijkstra.bidirectional(yardstick, from, to, "weight") as string[] | null;
    expect(weighted?.weight, `${context}: ${from} to ${to} by weight`).toBe(weightOf(yardstick, lightest));
    if (weighted !== undefined) expect(weightOf(yardstick, weighted.ids), context).toBe(weighted.weight);
  }

  expect(asSets(await graph.components({ kind: "weak" })), context).toEqual(asSets(connectedComponents(yardstick)));
  expect(asSets(await graph.components({ kind: "strong", types: ["node"], edges: ["TO"] })), context).toEqual(
    asSets(stronglyConnectedComponents(yardstick)),
  );
  if (hasCycle(yardstick)) {
    await expect(graph.topological({ first: "from" }), context).rejects.toMatchObject({ code: "CYCLE" });
  } else {
    const waves = await graph.waves({ first: "from" });
    const generations = topologicalGenerations(yardstick);
    expect(
      waves.map((wave) => wave.toSorted()),
      context,
    ).toEqual(generations.map((wave) => wave.toSorted()));
    const places = new Map((await graph.topological({ first: "from" })).map((node, place) => [node, place]));
    yardstick.forEachEdge((_edge, _attributes, from, to) => {
      expect(places.get(from), context).toBeLessThan(places.get(to) as number);
    });
  }
  await graph.close();
});

test("[Q2] the layered shape has no cycle and the uniform one has, so that both answers were compared", () => {
  const cyclic = shapes.map((shape) => {
    const yardstick = new DirectedGraph();
    for (const [from, to] of shape.edges(seededRandom(1))) yardstick.mergeEdge(id(from), id(to));
    return hasCycle(yardstick);
  });
  expect(cyclic).toEqual([true, true, false]);
});

async function build(
  edges: readonly (readonly [number, number])[],
  random: () => number,
): Promise<{ readonly graph: Graph; readonly yardstick: DirectedGraph }> {
  const yardstick = new DirectedGraph();
  for (let i = 0; i < nodeCount; i += 1) yardstick.addNode(id(i));
  for (const [from, to] of edges) {
    if (!yardstick.hasEdge(id(from), id(to))) {
      yardstick.addEdge(id(from), id(to), { weight: 1 + Math.floor(random() * 20) });
    }
  }
  const graph = await openGraph({ engine: new MemoryEngine() });
  await graph.load([
    ...yardstick.mapNodes((node) => ({ id: node, type: "node", props: {} })),
    ...yardstick.mapEdges((_edge, props, from, to) => ({ type: "TO", from, to, props: { ...props } })),
  ]);
  return { graph, yardstick };
}

function weightOf(yardstick: DirectedGraph, path: readonly string[] | null): number | undefined {
  if (path === null) return undefined;
  const weights = path.slice(1).map((node, i) => yardstick.getEdgeAttribute(path[i], node, "weight") as number);
  return weights.reduce((sum, weight) => sum + weight, 0);
}

function asSets(parts: readonly (readonly string[])[]): readonly string[] {
  return parts.map((part) => part.toSorted().join(" ")).toSorted();
}

function id(i: number): string {
  return `n${String(i).padStart(3, "0")}`;
}

function pick(random: () => number): number {
  return Math.floor(random() * nodeCount);
}

function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
