/**
 * The nodes that steps lead to, nearest first, out of lists of neighbours that are in memory already; nothing waits, so
 * the lists cannot change meanwhile. What is not there, or is too much for one turn of the event loop, is left to the
 * caller's slower way.
 */
import type { AdjacencyCache } from "./adjacency-cache.ts";
import type { AdjacencyLists, Plane } from "./adjacency-lists.ts";
import type { Step } from "./edge-choice.ts";

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
  const { lists, marks, queue } = cache;
  const { start, steps, maxDepth, seq, limit } = options;
  const node = lists.find(start);
  const planes = findPlanes(lists, steps);
  if (node === undefined || planes === undefined) return undefined;
  const visitedMax = Math.min(visitsMax, options.maxVisited);
  const wanted = Math.min(visitedMax, limit);

  const { ids, others } = lists;
  const newestStamp = lists.stampOf(seq);
  marks.add(node);
  queue[0] = node;
  let count = 1;
  let isKnown = true;
  for (let depth = 0, at = 0; isKnown && depth < maxDepth && at < count && count - 1 <= wanted; depth += 1) {
    for (const levelEnd = count; isKnown && at < levelEnd && count - 1 <= wanted; at += 1) {
      const from = 2 * (queue[at] as number);
      for (let i = 0; i < planes.length; i += 1) {
        const { places } = planes[i] as Plane;
        const stamp = from < places.length ? (places[from] as number) : 0;
        if (stamp === 0 || stamp > newestStamp) {
          isKnown = false;
          break;
        }
        const first = (places[from + 1] as number) + 1;
        const end = first + (others[first - 1] as number);
        for (let cell = first; cell < end; cell += 1) {
          const other = others[cell] as number;
          if (marks.add(other)) queue[count++] = other;
        }
      }
    }
  }
  for (let i = 0; i < count; i += 1) marks.delete(queue[i] as number);
  if (!isKnown || (count - 1 > visitedMax && limit > visitedMax)) return undefined;
  return queue.slice(1, Math.min(count, limit + 1)).map((met) => ids[met] as string);
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
