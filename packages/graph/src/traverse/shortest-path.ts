/**
 * A path of the fewest edges, looked for from both ends at once: the side with the smaller rim takes the next step, so
 * that what is read grows with the square root of what a search from one end would read.
 */
import type { BoundsGuard } from "../query-bounds.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import type { WaysOn } from "./ways-on.ts";

export interface ShortestPathOptions {
  readonly from: number;
  readonly to: number;
  readonly maxDepth: number;
  readonly ways: WaysOn;
}

/** What was met from one end. */
interface Side {
  readonly ways: WaysOn;
  /** The node each node was met from; the end itself from -1. */
  readonly cameFrom: Map<number, number>;
  rim: readonly number[];
  depth: number;
}

/** The numbers of the nodes, both ends included, or `undefined`. @throws GraphError LIMIT_EXCEEDED, TIMED_OUT, ABORTED */
export async function shortestPath(
  { from, to, maxDepth, ways }: ShortestPathOptions,
  guard: BoundsGuard,
): Promise<readonly number[] | undefined> {
  if (from === to) return [from];
  const forward: Side = { ways, cameFrom: new Map([[from, -1]]), rim: [from], depth: 0 };
  const backward: Side = { ways: ways.turned(), cameFrom: new Map([[to, -1]]), rim: [to], depth: 0 };
  while (forward.depth + backward.depth < maxDepth && forward.rim.length > 0 && backward.rim.length > 0) {
    const [side, other] = forward.rim.length <= backward.rim.length ? [forward, backward] : [backward, forward];
    const meeting = await takeStep(side, other, guard);
    if (meeting !== undefined) {
      return [...trace(forward, meeting).reverse(), ...trace(backward, meeting).slice(1)];
    }
  }
  return undefined;
}

export function idsOf(hood: Neighbourhood, nodes: readonly number[]): readonly string[] {
  return nodes.map((node) => hood.idOf(node));
}

/** Meets all that is one edge further; the first node that the other side has met too ends the search. */
async function takeStep(side: Side, other: Side, guard: BoundsGuard): Promise<number | undefined> {
  const rim: number[] = [];
  for (const node of side.rim) {
    for (const next of await side.ways.from(node)) {
      if (side.cameFrom.has(next)) continue;
      side.cameFrom.set(next, node);
      if (other.cameFrom.has(next)) return next;
      guard.visit();
      rim.push(next);
    }
  }
  side.rim = rim;
  side.depth += 1;
  return undefined;
}

/** From a node back to the end of its side. */
function trace({ cameFrom }: Side, node: number): number[] {
  const path: number[] = [];
  for (let at = node; at !== -1; at = cameFrom.get(at) ?? -1) path.push(at);
  return path;
}
