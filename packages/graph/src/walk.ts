/**
 * Walks along edges, breadth first, without recursion: a node is met once, by a shortest way. The start is never part of
 * the result, whatever cycles lead back to it.
 */
import type { Entity } from "./entity.ts";
import { isPromise } from "./entity-cache.ts";
import { GraphError } from "./graph-error.ts";
import type { ReadSource } from "./graph-reads.ts";
import { otherEndOfKey } from "./index-keys.ts";
import { edgeInterval } from "./index-intervals.ts";
import type { Reader } from "./reader.ts";

/** One kind of step: against or along edges, of one type or of all. */
export interface Step {
  readonly direction: "out" | "in";
  readonly type: string | undefined;
}

/** Which edges a path may use; an empty list means every type. Without any: every type, forward. */
export interface PathOptions {
  readonly out?: readonly string[];
  readonly in?: readonly string[];
  readonly both?: readonly string[];
  /** The longest path to look for, in edges. */
  readonly maxDepth?: number;
  /** Default 100,000 nodes. */
  readonly maxVisited?: number;
}

interface WalkSpec {
  readonly start: string;
  readonly steps?: readonly Step[];
  readonly maxDepth?: number;
  readonly maxVisited?: number;
  readonly filter?: (entity: Entity) => boolean;
}

const maxVisitedDefault = 100_000;
const pageSize = 256;

/** A walk being described; immutable, each call gives a new one. Nothing is read before `ids` or `all`. */
export class Walk {
  readonly #source: ReadSource;
  readonly #spec: WalkSpec;

  constructor(source: ReadSource, spec: WalkSpec) {
    this.#source = source;
    this.#spec = spec;
  }

  /** Follows edges of these types (none: all) forward. */
  out(...types: readonly string[]): Walk {
    return this.#withSteps(stepsOf("out", types));
  }

  /** Follows edges of these types (none: all) backward. */
  in(...types: readonly string[]): Walk {
    return this.#withSteps(stepsOf("in", types));
  }

  /** Follows edges of these types (none: all) both ways. */
  both(...types: readonly string[]): Walk {
    return this.#withSteps([...stepsOf("out", types), ...stepsOf("in", types)]);
  }

  /** At most so many edges away from the start. */
  maxDepth(depth: number): Walk {
    assertCount(depth, "maxDepth");
    return new Walk(this.#source, { ...this.#spec, maxDepth: depth });
  }

  /** Fails with LIMIT_EXCEEDED when the walk meets more nodes. Default 100,000. */
  maxVisited(count: number): Walk {
    assertCount(count, "maxVisited");
    return new Walk(this.#source, { ...this.#spec, maxVisited: count });
  }

  /** Leaves out nodes for which `filter` is false, and does not walk through them. */
  filter(filter: (entity: Entity) => boolean): Walk {
    const before = this.#spec.filter;
    const both = before === undefined ? filter : (entity: Entity) => before(entity) && filter(entity);
    return new Walk(this.#source, { ...this.#spec, filter: both });
  }

  /** The ids of the nodes met, nearest first. @throws GraphError LIMIT_EXCEEDED; TypeError when no direction was given */
  async ids(): Promise<readonly string[]> {
    return await this.#source.run((reader) => walkIds(reader, this.#spec));
  }

  /** The nodes met, nearest first. @throws GraphError LIMIT_EXCEEDED; TypeError when no direction was given */
  async all(): Promise<readonly Entity[]> {
    return await this.#source.run(async (reader) => {
      const entities: Entity[] = [];
      for (const id of await walkIds(reader, this.#spec)) {
        const entity = await reader.get(id);
        if (entity !== undefined) entities.push(entity);
      }
      return entities;
    });
  }

  #withSteps(steps: readonly Step[]): Walk {
    return new Walk(this.#source, { ...this.#spec, steps: [...(this.#spec.steps ?? []), ...steps] });
  }
}

async function walkIds(reader: Reader, spec: WalkSpec): Promise<readonly string[]> {
  const { start, steps, maxDepth = Infinity, maxVisited = maxVisitedDefault, filter } = spec;
  if (steps === undefined) throw new TypeError("Cannot walk: no direction was given. Call out, in or both first");
  const met = new Set<string>([start]);
  const refused = new Set<string>();
  let frontier: readonly string[] = [start];
  for (let depth = 0; depth < maxDepth && frontier.length > 0; depth++) {
    const next: string[] = [];
    for (const id of frontier) {
      for (const neighbour of await neighbours(reader, id, steps)) {
        if (met.has(neighbour) || refused.has(neighbour)) continue;
        const passed = filter === undefined || (await passes(reader, neighbour, filter));
        (passed ? met : refused).add(neighbour);
        if (met.size + refused.size - 1 > maxVisited) throw visitedTooMany(start, maxVisited);
        if (passed) next.push(neighbour);
      }
    }
    frontier = next;
  }
  met.delete(start);
  return [...met];
}

/** A shortest path, by the way each node was first met. */
export async function findPath(
  reader: Reader,
  options: PathOptions & { readonly from: string; readonly to: string },
): Promise<readonly string[] | undefined> {
  const { from, to, maxDepth = Infinity, maxVisited = maxVisitedDefault } = options;
  const steps = pathSteps(options);
  if ((await reader.get(from)) === undefined) return undefined;
  if (from === to) return [from];
  const cameFrom = new Map<string, string | undefined>([[from, undefined]]);
  let frontier: readonly string[] = [from];
  for (let depth = 0; depth < maxDepth && frontier.length > 0; depth++) {
    const next: string[] = [];
    for (const id of frontier) {
      for (const neighbour of await neighbours(reader, id, steps)) {
        if (cameFrom.has(neighbour)) continue;
        cameFrom.set(neighbour, id);
        if (neighbour === to) return trace(cameFrom, to);
        if (cameFrom.size - 1 > maxVisited) throw visitedTooMany(from, maxVisited);
        next.push(neighbour);
      }
    }
    frontier = next;
  }
  return undefined;
}

function trace(cameFrom: ReadonlyMap<string, string | undefined>, end: string): readonly string[] {
  const path: string[] = [];
  for (let id: string | undefined = end; id !== undefined; id = cameFrom.get(id)) path.push(id);
  return path.reverse();
}

async function neighbours(reader: Reader, id: string, steps: readonly Step[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const { direction, type } of steps) {
    const cursor = reader.scan(edgeInterval(direction, id, type));
    for (;;) {
      const page = cursor.next(pageSize);
      const hits = isPromise(page) ? await page : page;
      if (hits.length === 0) break;
      for (const hit of hits) ids.push(otherEndOfKey(hit.key));
    }
  }
  return ids;
}

async function passes(reader: Reader, id: string, filter: (entity: Entity) => boolean): Promise<boolean> {
  const entity = await reader.get(id);
  return entity !== undefined && filter(entity);
}

function pathSteps({ out, in: into, both }: PathOptions): readonly Step[] {
  if (out === undefined && into === undefined && both === undefined) return stepsOf("out", []);
  return [
    ...(out === undefined ? [] : stepsOf("out", out)),
    ...(into === undefined ? [] : stepsOf("in", into)),
    ...(both === undefined ? [] : [...stepsOf("out", both), ...stepsOf("in", both)]),
  ];
}

function stepsOf(direction: "out" | "in", types: readonly string[]): readonly Step[] {
  return types.length === 0 ? [{ direction, type: undefined }] : types.map((type) => ({ direction, type }));
}

function assertCount(count: number, name: string): void {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`Cannot walk: ${name} is ${count}`);
}

function visitedTooMany(start: string, maxVisited: number): GraphError {
  return new GraphError("LIMIT_EXCEEDED", `Cannot walk from ${start}: more than ${maxVisited} nodes were met`, {
    hint: "Limit the walk by edge types, maxDepth or a filter, or raise maxVisited.",
    context: { start, maxVisited },
  });
}
