/**
 * Every simple path between two nodes (none passes a node twice), shortest first. Lengths are tried one after the other;
 * how far each node is from the goal, found once by a search backwards, tells which ways can still reach it in time.
 */
import type { BoundsGuard } from "../query-bounds.ts";
import type { WaysOn } from "./ways-on.ts";

export interface AllPathsOptions {
  readonly from: number;
  readonly to: number;
  readonly maxDepth: number;
  /** Paths wanted; one more is looked for. */
  readonly limit: number;
  readonly ways: WaysOn;
}

interface Search extends AllPathsOptions {
  readonly distances: ReadonlyMap<number, number>;
  readonly waysByNode: Map<number, readonly number[]>;
  readonly guard: BoundsGuard;
}

/** Up to `limit` + 1 paths, as numbers of nodes. @throws GraphError LIMIT_EXCEEDED, TIMED_OUT, ABORTED */
export async function allPaths(options: AllPathsOptions, guard: BoundsGuard): Promise<readonly (readonly number[])[]> {
  const { from, to, maxDepth, limit, ways } = options;
  if (from === to) return [[from]];
  const distances = await distancesTo(to, { maxDepth, ways: ways.turned(), guard });
  const search: Search = { ...options, distances, waysByNode: new Map(), guard };
  const paths: (readonly number[])[] = [];
  // A simple path has fewer edges than there are nodes it may pass.
  const longest = Math.min(maxDepth, distances.size - 1);
  for (let length = distances.get(from) ?? Infinity; length <= longest && paths.length <= limit; length += 1) {
    await addPathsOfLength(length, search, paths);
  }
  return paths;
}

async function distancesTo(
  goal: number,
  { maxDepth, ways, guard }: { readonly maxDepth: number; readonly ways: WaysOn; readonly guard: BoundsGuard },
): Promise<ReadonlyMap<number, number>> {
  const distances = new Map([[goal, 0]]);
  // A map gives what is added while it is gone through: it is the queue as well.
  for (const [node, distance] of distances) {
    if (distance >= maxDepth) break;
    for (const next of await ways.from(node)) {
      if (distances.has(next)) continue;
      guard.visit();
      distances.set(next, distance + 1);
    }
  }
  return distances;
}

/** Depth first; `path` is the way to the node that is looked at, `turns` how many of each node's ways were tried. */
async function addPathsOfLength(length: number, search: Search, paths: (readonly number[])[]): Promise<void> {
  const { from, to, distances, guard, limit } = search;
  const path = [from];
  const onPath = new Set(path);
  const turns = [0];
  while (path.length > 0 && paths.length <= limit) {
    const depth = path.length - 1;
    const ways = await waysFrom(path[depth] as number, search);
    const next = ways[turns[depth] as number];
    if (next === undefined) {
      onPath.delete(path.pop() as number);
      turns.pop();
      continue;
    }
    turns[depth] = (turns[depth] as number) + 1;
    const pause = guard.pause();
    if (pause !== undefined) await pause;
    guard.visit();
    if (next === to) {
      if (depth + 1 === length) paths.push([...path, to]);
      continue;
    }
    if (onPath.has(next) || depth + 1 + (distances.get(next) ?? Infinity) > length) continue;
    path.push(next);
    onPath.add(next);
    turns.push(0);
  }
}

async function waysFrom(node: number, { ways, waysByNode }: Search): Promise<readonly number[]> {
  const known = waysByNode.get(node);
  if (known !== undefined) return known;
  const found = await ways.from(node);
  waysByNode.set(node, found);
  return found;
}
