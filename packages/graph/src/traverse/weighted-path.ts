/** A path of the least weight (Dijkstra), the weights taken from the edges. */
import type { Edge } from "../entity.ts";
import { isPromise } from "../awaitable.ts";
import { isEdge } from "../entity-view.ts";
import { edgeId } from "../index-keys.ts";
import type { BoundsGuard } from "../query-bounds.ts";
import type { Plane } from "./adjacency-lists.ts";
import type { Step } from "./edge-choice.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import { NumberHeap } from "./number-heap.ts";
import type { PathOptions } from "./path-options.ts";
import { weightOf, type WeightOptions } from "./weights.ts";

export interface WeightedPathOptions extends Omit<PathOptions, "maxDepth">, WeightOptions<Edge> {}

/** A path and the sum of its weights. */
export interface WeightedPath {
  /** Both ends included. */
  readonly ids: readonly string[];
  readonly weight: number;
}

interface Search extends WeightedPathOptions {
  readonly steps: readonly Step[];
  readonly from: number;
  readonly to: number;
}

/** @throws GraphError INVALID_WEIGHT, LIMIT_EXCEEDED, TIMED_OUT, ABORTED */
export async function weightedPath(
  hood: Neighbourhood,
  search: Search,
  guard: BoundsGuard,
): Promise<WeightedPath | undefined> {
  const planes = hood.planes(search.steps);
  const weights = new Map<number, number>([[search.from, 0]]);
  const cameFrom = new Map<number, number>();
  const settled = new Set<number>();
  const heap = new NumberHeap();
  heap.add(search.from, 0);
  while (heap.size > 0) {
    const { node, weight } = heap.take();
    if (settled.has(node)) continue;
    settled.add(node);
    if (node === search.to) return { ids: trace(hood, cameFrom, node), weight };
    if (!(await passes(hood, node, search))) continue;
    guard.look();
    const pause = guard.pause();
    if (pause !== undefined) await pause;
    for (const plane of planes) {
      for (const edge of await edgesFrom(hood, plane, node)) {
        guard.visit();
        if (search.filterEdges?.(edge) === false) continue;
        const other = hood.numberOf(plane.step.direction === "out" ? edge.to : edge.from);
        const reached = weight + weightOf(edge, search);
        if (reached >= (weights.get(other) ?? Infinity)) continue;
        weights.set(other, reached);
        cameFrom.set(other, node);
        heap.add(other, reached);
      }
    }
  }
  return undefined;
}

async function edgesFrom(hood: Neighbourhood, plane: Plane, node: number): Promise<readonly Edge[]> {
  const read = hood.list(plane, node);
  const list = isPromise(read) ? await read : read;
  const edges: Edge[] = [];
  for (let cell = list.start; cell < list.end; cell += 1) {
    const other = list.others[cell] as number;
    const [from, to] = plane.step.direction === "out" ? [node, other] : [other, node];
    const id = edgeId(hood.idOf(from), hood.typeNameOf(list.types[cell] as number), hood.idOf(to));
    const found = hood.reader.get(id);
    const edge = isPromise(found) ? await found : found;
    if (edge !== undefined && isEdge(edge)) edges.push(edge);
  }
  return edges;
}

async function passes(hood: Neighbourhood, node: number, { from, filter }: Search): Promise<boolean> {
  if (filter === undefined || node === from) return true;
  const entity = await hood.reader.get(hood.idOf(node));
  return entity !== undefined && filter(entity);
}

function trace(hood: Neighbourhood, cameFrom: ReadonlyMap<number, number>, end: number): readonly string[] {
  const ids: string[] = [];
  for (let node: number | undefined = end; node !== undefined; node = cameFrom.get(node)) ids.push(hood.idOf(node));
  return ids.reverse();
}
