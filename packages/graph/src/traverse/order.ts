/** Orders of a graph without cycles: in waves, and along its heaviest way. */
import { GraphError } from "../graph-error.ts";
import { type Subgraph, turnedSubgraph } from "./subgraph.ts";

/**
 * Wave 0 holds the nodes no edge leads to, each further wave those whose sources are all in waves before: the numbers of
 * the nodes, in their order.
 * @throws GraphError CYCLE
 */
export function wavesOf(subgraph: Subgraph, action: string): readonly (readonly number[])[] {
  const { ids, offsets, targets } = subgraph;
  const waiting = new Uint32Array(ids.length);
  for (const target of targets) waiting[target] = (waiting[target] as number) + 1;
  const waves: number[][] = [];
  let wave = ids.map((_, node) => node).filter((node) => waiting[node] === 0);
  let count = 0;
  while (wave.length > 0) {
    waves.push(wave);
    count += wave.length;
    const next: number[] = [];
    for (const node of wave) {
      for (let at = offsets[node] as number; at < (offsets[node + 1] as number); at += 1) {
        const target = targets[at] as number;
        const left = (waiting[target] as number) - 1;
        waiting[target] = left;
        if (left === 0) next.push(target);
      }
    }
    wave = next.sort((a, b) => a - b);
  }
  if (count < ids.length) throw cycleFound(subgraph, waiting, action);
  return waves;
}

/** The way with the greatest sum of the weights of its nodes; empty for an empty graph. @throws GraphError CYCLE */
export function heaviestWay(
  subgraph: Subgraph,
  weights: readonly number[],
  action: string,
): { readonly nodes: readonly number[]; readonly weight: number } {
  const { offsets, targets } = subgraph;
  const sums = Float64Array.from(weights);
  const cameFrom = new Int32Array(weights.length).fill(-1);
  let last = -1;
  for (const node of wavesOf(subgraph, action).flat()) {
    const sum = sums[node] as number;
    if (last === -1 || sum > (sums[last] as number)) last = node;
    for (let at = offsets[node] as number; at < (offsets[node + 1] as number); at += 1) {
      const target = targets[at] as number;
      const reached = sum + (weights[target] as number);
      // A first way in is taken even when it weighs nothing: the path is to begin where the work begins.
      if (cameFrom[target] !== -1 && reached <= (sums[target] as number)) continue;
      sums[target] = reached;
      cameFrom[target] = node;
    }
  }
  const nodes: number[] = [];
  for (let node = last; node !== -1; node = cameFrom[node] ?? -1) nodes.push(node);
  return { nodes: nodes.reverse(), weight: last === -1 ? 0 : (sums[last] as number) };
}

/** What still waits is on a cycle or behind one: going back from anywhere, one node must come twice. */
function cycleFound(subgraph: Subgraph, waiting: Uint32Array, action: string): GraphError {
  const { ids } = subgraph;
  const { offsets, targets: sources } = turnedSubgraph(subgraph);
  const places = new Map<number, number>();
  const way: number[] = [];
  let node = waiting.findIndex((count) => count > 0);
  while (!places.has(node)) {
    places.set(node, way.length);
    way.push(node);
    const before = sources.subarray(offsets[node], offsets[node + 1]);
    node = before.find((source) => (waiting[source] as number) > 0) as number;
  }
  const cycle = way.slice(places.get(node)).reverse();
  const named = [...cycle, cycle[0] as number].map((at) => ids[at] as string);
  return new GraphError("CYCLE", `Cannot ${action}: there is a cycle, ${named.join(" → ")}`, {
    hint: "Remove one of its edges, or leave out its nodes or the type of its edges.",
    context: { path: named.join(" → ") },
  });
}
