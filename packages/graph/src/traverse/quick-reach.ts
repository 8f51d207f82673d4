/**
 * The nodes that steps lead to, nearest first, out of lists of neighbours that are in memory already; nothing waits, so
 * the lists cannot change meanwhile. What is not there, or is too much for one turn of the event loop, is left to the
 * caller's slower way.
 */
import type { AdjacencyCache } from "./adjacency-cache.ts";
import type { AdjacencyLists, Plane } from "./adjacency-lists.ts";
import type { Step } from "./edge-choice.ts";
import type { ReachBuffers } from "./reach-buffers.ts";

export interface QuickReachOptions {
  readonly start: string;
  readonly steps: readonly Step[];
  readonly maxDepth: number;
  readonly maxVisited: number;
  readonly limit: number;
  /** The state that is read. */
  readonly seq: number;
}

/** About a millisecond's work. */
const visitsMax = 20_000;

/** The ids met, without the start, which counts as met; `undefined` when lists are missing or the bounds are passed. */
export function quickReach(cache: AdjacencyCache, options: QuickReachOptions): string[] | undefined {
  const { lists, buffers } = cache;
  const { start, steps, maxDepth, maxVisited, limit } = options;
  const node = lists.find(start);
  const planes = findPlanes(lists, steps);
  if (node === undefined || planes === undefined) return undefined;
  const visitedMax = Math.min(visitsMax, maxVisited);
  const wanted = Math.min(visitedMax, limit);

  const newestStamp = lists.stampOf(options.seq);
  const marks = buffers.fitMarks(lists.ids.length);
  marks[node >>> 5] = 1 << (node & 31);
  buffers.met[0] = node;
  let count = 1;
  let isKnown = true;
  for (let depth = 0, at = 0; isKnown && depth < maxDepth && at < count && count - 1 <= wanted; depth += 1) {
    const listCount = (count - at) * planes.length;
    const knownCount = findLists(buffers, { planes, at, end: count, newestStamp, others: lists.others });
    at = count;
    count = meetAll(buffers, { others: lists.others, listCount: knownCount, count, countMax: wanted + 1 });
    isKnown = knownCount === listCount || count > wanted + 1;
  }

  // The marks are cleared whether there is an answer or not.
  const { met } = buffers;
  for (let i = 0; i < count; i += 1) marks[(met[i] as number) >>> 5] = 0;
  if (!isKnown || (count - 1 > visitedMax && limit > visitedMax)) return undefined;
  return idsOf(lists.ids, met, Math.min(count - 1, limit));
}

/**
 * Where the lists of one level stand, up to the first that is not known; how many those are. What is looked at is far
 * apart in memory: two loops, whose rounds do not depend on each other, so that it is fetched at the same time.
 */
function findLists(
  buffers: ReachBuffers,
  level: {
    readonly planes: readonly Plane[];
    readonly at: number;
    readonly end: number;
    readonly newestStamp: number;
    readonly others: Uint32Array;
  },
): number {
  const { planes, at, end, newestStamp, others } = level;
  buffers.fitLists((end - at) * planes.length);
  const { met, starts, ends } = buffers;
  let count = 0;
  search: for (let i = at; i < end; i += 1) {
    const node = met[i] as number;
    for (let n = 0; n < planes.length; n += 1) {
      const plane = planes[n] as Plane;
      const place = node < plane.places.length ? (plane.places[node] as number) : 0;
      if (place === 0) break search;
      if (plane.newestStamp > newestStamp && (plane.stamps[node] as number) > newestStamp) break search;
      starts[count] = place;
      count += 1;
    }
  }
  for (let i = 0; i < count; i += 1) {
    const first = starts[i] as number;
    ends[i] = first + (others[first - 1] as number);
  }
  return count;
}

/** Adds the nodes of the lists found that were not met before; gives the count of all met, more than `countMax` at the first list that passes it. */
function meetAll(
  buffers: ReachBuffers,
  level: {
    readonly others: Uint32Array;
    readonly listCount: number;
    readonly count: number;
    readonly countMax: number;
  },
): number {
  const { marks, starts, ends } = buffers;
  const { others, listCount, countMax } = level;
  let { met } = buffers;
  let { count } = level;
  for (let i = 0; i < listCount && count <= countMax; i += 1) {
    const first = starts[i] as number;
    const end = ends[i] as number;
    if (count + end - first > met.length) met = buffers.fitMet(count + end - first);
    for (let cell = first; cell < end; cell += 1) {
      // Without a branch, which nobody could foresee: written down in any case, and counted if it is new.
      const other = others[cell] as number;
      const word = marks[other >>> 5] as number;
      marks[other >>> 5] = word | (1 << (other & 31));
      met[count] = other;
      count += 1 - ((word >>> (other & 31)) & 1);
    }
  }
  return count;
}

function idsOf(ids: readonly string[], met: Uint32Array, count: number): string[] {
  // As long as it will be from the start: an array that grows is copied again and again.
  const found = ids.slice(0, count);
  for (let i = 0; i < count; i += 1) found[i] = ids[met[i + 1] as number] as string;
  return found;
}

function findPlanes(lists: AdjacencyLists, steps: readonly Step[]): readonly Plane[] | undefined {
  const planes: Plane[] = [];
  for (const { direction, type } of steps) {
    const plane = lists.findPlane(direction, type);
    if (plane === undefined) return undefined;
    planes.push(plane);
  }
  return planes;
}
