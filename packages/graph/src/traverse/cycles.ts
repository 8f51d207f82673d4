/**
 * Every elementary cycle (none passes a node twice), each once, beginning with its first node in the order of the graph.
 * From each node, ways are followed through later nodes of its strong part only, and only while they can still lead back
 * in time.
 */
import type { BoundsGuard } from "../query-bounds.ts";
import { strongComponents } from "./components.ts";
import { type Subgraph, turnedSubgraph } from "./subgraph.ts";

export interface CyclesOptions {
  /** Cycles wanted; one more is looked for. */
  readonly limit: number;
  /** The longest cycle, in edges. */
  readonly maxDepth: number;
}

/** Up to `limit` + 1 cycles, as numbers of nodes. @throws GraphError LIMIT_EXCEEDED, TIMED_OUT, ABORTED */
export async function cyclesOf(
  subgraph: Subgraph,
  options: CyclesOptions,
  guard: BoundsGuard,
): Promise<readonly (readonly number[])[]> {
  const partOf = new Uint32Array(subgraph.ids.length);
  for (const [part, nodes] of strongComponents(subgraph).entries()) for (const node of nodes) partOf[node] = part;
  const backward = turnedSubgraph(subgraph);
  const cycles: (readonly number[])[] = [];
  for (let first = 0; first < subgraph.ids.length && cycles.length <= options.limit; first += 1) {
    const mayPass = (node: number): boolean => node >= first && partOf[node] === partOf[first];
    const distances = distancesTo(first, { backward, mayPass, maxDepth: options.maxDepth, guard });
    await addCyclesThrough(first, { subgraph, distances, options, guard, cycles });
  }
  return cycles;
}

/** How many edges each node is away from `goal`, for nodes that may be passed. */
function distancesTo(
  goal: number,
  {
    backward: { offsets, targets },
    mayPass,
    maxDepth,
    guard,
  }: {
    readonly backward: Subgraph;
    readonly mayPass: (node: number) => boolean;
    readonly maxDepth: number;
    readonly guard: BoundsGuard;
  },
): ReadonlyMap<number, number> {
  const distances = new Map([[goal, 0]]);
  for (const [node, distance] of distances) {
    if (distance + 1 >= maxDepth) break;
    for (let at = offsets[node] as number; at < (offsets[node + 1] as number); at += 1) {
      const source = targets[at] as number;
      if (distances.has(source) || !mayPass(source)) continue;
      guard.visit();
      distances.set(source, distance + 1);
    }
  }
  return distances;
}

interface Search {
  readonly subgraph: Subgraph;
  readonly distances: ReadonlyMap<number, number>;
  readonly options: CyclesOptions;
  readonly guard: BoundsGuard;
  readonly cycles: (readonly number[])[];
}

async function addCyclesThrough(first: number, search: Search): Promise<void> {
  const { subgraph, distances, options, guard, cycles } = search;
  const path = [first];
  const onPath = new Set(path);
  const ways = [waysFrom(subgraph, first)];
  while (path.length > 0 && cycles.length <= options.limit) {
    const next = ways.at(-1)?.pop();
    if (next === undefined) {
      onPath.delete(path.pop() as number);
      ways.pop();
      continue;
    }
    const pause = guard.pause();
    if (pause !== undefined) await pause;
    guard.visit();
    if (next === first) {
      if (path.length <= options.maxDepth) cycles.push([...path]);
      continue;
    }
    const distance = distances.get(next);
    if (distance === undefined || onPath.has(next) || path.length + distance > options.maxDepth) continue;
    path.push(next);
    onPath.add(next);
    ways.push(waysFrom(subgraph, next));
  }
}

/** The targets of a node's edges, each once, the first one last: they are taken from the end. */
function waysFrom({ offsets, targets }: Subgraph, node: number): number[] {
  return [...new Set(targets.subarray(offsets[node], offsets[node + 1]))].reverse();
}
