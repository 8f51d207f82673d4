/** Walks along edges, described step by step; immutable, each call gives a new walk. */
import type { Awaitable } from "./engine.ts";
import type { Edge, Entity } from "./entity.ts";
import { isPromise } from "./awaitable.ts";
import type { ReadSource } from "./graph-reads.ts";
import { BoundsGuard, assertBounds, type QueryBounds } from "./query-bounds.ts";
import type { Reader } from "./reader.ts";
import type { AdjacencyCache } from "./traverse/adjacency-cache.ts";
import { distinctSteps, type Step, stepsOf } from "./traverse/edge-choice.ts";
import { Neighbourhood } from "./traverse/neighbourhood.ts";
import { quickReach } from "./traverse/quick-reach.ts";
import { WalkCursor, type WalkStep } from "./traverse/walk-cursor.ts";

export interface WalkSpec {
  readonly start: string;
  readonly steps?: readonly Step[];
  readonly order?: "breadth" | "depth";
  readonly maxDepth?: number;
  readonly bounds?: QueryBounds;
  readonly nodeFilters?: readonly ((node: Entity) => boolean)[];
  readonly edgeFilters?: readonly ((edge: Edge) => boolean)[];
}

/** What a visitor may answer: to end the walk, or not to go on behind this node. */
export type WalkAnswer = "stop" | "skip" | void;

/** How many nodes a walk or path may meet when its bounds do not say. */
export const maxVisitedDefault = 100_000;

/** Nothing is read before `ids`, `all`, `steps`, `visit` or an iteration; each reads one state of the store. */
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

  /** Nearest nodes first, which is also what holds when nothing is said. */
  breadthFirst(): Walk {
    return this.#with({ order: "breadth" });
  }

  /** Goes on from each node before its siblings are met. */
  depthFirst(): Walk {
    return this.#with({ order: "depth" });
  }

  /** At most so many edges away from the start. */
  maxDepth(depth: number): Walk {
    assertCount(depth, "maxDepth");
    return this.#with({ maxDepth: depth });
  }

  /** Fails with LIMIT_EXCEEDED when the walk meets more nodes. Default 100,000. */
  maxVisited(count: number): Walk {
    assertCount(count, "maxVisited");
    return this.within({ maxVisited: count });
  }

  /** Gives at most so many nodes, and ends then. */
  limit(count: number): Walk {
    assertCount(count, "limit");
    return this.within({ limit: count });
  }

  /**
   * Bounds what the walk may cost, each bound given replacing the one before.
   * @throws RangeError for a bound that is not a number >= 0
   */
  within(bounds: QueryBounds): Walk {
    assertBounds(bounds);
    return this.#with({ bounds: { ...this.#spec.bounds, ...bounds } });
  }

  /** Leaves out nodes for which `filter` is false, and does not walk through them. */
  filter(filter: (node: Entity) => boolean): Walk {
    return this.#with({ nodeFilters: [...(this.#spec.nodeFilters ?? []), filter] });
  }

  /** Does not follow edges for which `filter` is false. */
  filterEdges(filter: (edge: Edge) => boolean): Walk {
    return this.#with({ edgeFilters: [...(this.#spec.edgeFilters ?? []), filter] });
  }

  /** What a function makes of this walk: for parts of walks that are used again. */
  pipe<Result>(fragment: (walk: Walk) => Result): Result {
    return fragment(this);
  }

  /**
   * The ids of the nodes met, in the order of the walk; never its start.
   * @throws GraphError LIMIT_EXCEEDED, TIMED_OUT, ABORTED; TypeError when no direction was given
   */
  async ids(): Promise<readonly string[]> {
    const steps = this.#steps();
    const spec = { ...this.#spec, steps };
    return quickWalk(this.#source, spec) ?? (await this.#run((reader, guard) => walkIds(reader, spec, guard)));
  }

  /** The nodes met, in the order of the walk. @throws as `ids` */
  async all(): Promise<readonly Entity[]> {
    const steps = this.#steps();
    return await this.#run(async (reader, guard) => {
      const nodes: Entity[] = [];
      for (const id of await walkIds(reader, { ...this.#spec, steps }, guard)) {
        const node = reader.get(id);
        const entity = isPromise(node) ? await node : node;
        if (entity !== undefined) nodes.push(entity);
      }
      return nodes;
    });
  }

  /** How each node was met, in the order of the walk. @throws as `ids` */
  async steps(): Promise<readonly WalkStep[]> {
    const steps = this.#steps();
    return await this.#run((reader, guard) => walkSteps(reader, { ...this.#spec, steps }, guard));
  }

  /**
   * Calls a function for each node met, one after the other, all of one state; what it answers may end the walk ("stop") or
   * keep it from going on behind the node ("skip"). Gives how many nodes were visited.
   * @throws as `ids`; whatever the function throws
   */
  async visit(visitor: (node: Entity, step: WalkStep) => Awaitable<WalkAnswer>): Promise<number> {
    let count = 0;
    for await (const { node, step, skip } of this.#visits()) {
      count += 1;
      const answer = await visitor(node, step);
      if (answer === "stop") break;
      if (answer === "skip") skip();
    }
    return count;
  }

  /** The nodes met, read as they are asked for, all of one state. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Entity, void, undefined> {
    for await (const { node } of this.#visits()) yield node;
  }

  async *#visits(): AsyncGenerator<{ readonly node: Entity; readonly step: WalkStep; readonly skip: () => void }> {
    const steps = this.#steps();
    const guard = this.#guard();
    const opened = await this.#source.open();
    try {
      const cursor = cursorOf(opened.reader, { ...this.#spec, steps }, guard);
      const { limit = Infinity } = this.#spec.bounds ?? {};
      for (let count = 0; count < limit; count += 1) {
        const step = await cursor.next();
        if (step === undefined) return;
        const node = await opened.reader.get(step.id);
        if (node !== undefined) yield { node, step, skip: () => cursor.skip(step.id) };
      }
    } finally {
      opened.release();
    }
  }

  #steps(): readonly Step[] {
    const { steps } = this.#spec;
    if (steps === undefined) throw new TypeError("Cannot walk: no direction was given. Call out, in or both first");
    return steps;
  }

  #guard(): BoundsGuard {
    const { bounds = {}, start } = this.#spec;
    return new BoundsGuard(bounds, { clock: this.#source.clock, action: `walk from ${start}`, maxVisitedDefault });
  }

  async #run<T>(read: (reader: Reader, guard: BoundsGuard) => Promise<T>): Promise<T> {
    const guard = this.#guard();
    return await this.#source.run((reader) => {
      guard.restart();
      return read(reader, guard);
    });
  }

  #with(change: Partial<WalkSpec>): Walk {
    return new Walk(this.#source, { ...this.#spec, ...change });
  }

  #withSteps(steps: readonly Step[]): Walk {
    return this.#with({ steps: distinctSteps([...(this.#spec.steps ?? []), ...steps]) });
  }
}

export type DirectedWalk = WalkSpec & { readonly steps: readonly Step[] };

/** The ids of a walk, when lists of neighbours in memory can answer at once. Not for callers. */
export function quickWalk(source: ReadSource, spec: DirectedWalk): string[] | undefined {
  const now = isQuick(spec) ? source.adjacency?.() : undefined;
  return now === undefined ? undefined : quickIds(spec, spec.steps, now);
}

async function walkIds(reader: Reader, spec: DirectedWalk, guard: BoundsGuard): Promise<readonly string[]> {
  const { adjacency } = reader;
  const quick = adjacency !== undefined && isQuick(spec) ? quickIds(spec, spec.steps, adjacency) : undefined;
  return quick ?? (await walkSteps(reader, spec, guard)).map(({ id }) => id);
}

async function walkSteps(reader: Reader, spec: DirectedWalk, guard: BoundsGuard): Promise<readonly WalkStep[]> {
  const cursor = cursorOf(reader, spec, guard);
  const { limit = Infinity } = spec.bounds ?? {};
  const steps: WalkStep[] = [];
  while (steps.length < limit) {
    const step = await cursor.next();
    if (step === undefined) break;
    steps.push(step);
  }
  return steps;
}

/** Whether lists of neighbours alone can answer, too soon for a clock or a signal to matter. */
function isQuick({ order, nodeFilters, edgeFilters, bounds }: WalkSpec): boolean {
  return (
    order !== "depth" &&
    nodeFilters === undefined &&
    edgeFilters === undefined &&
    bounds?.timeoutMs === undefined &&
    bounds?.signal === undefined
  );
}

function quickIds(
  { start, maxDepth = Infinity, bounds }: WalkSpec,
  steps: readonly Step[],
  { cache, seq }: { readonly cache: AdjacencyCache; readonly seq: number },
): string[] | undefined {
  const { maxVisited = maxVisitedDefault, limit = Infinity } = bounds ?? {};
  return quickReach(cache, { start, steps, maxDepth, maxVisited, limit, seq });
}

function cursorOf(reader: Reader, spec: DirectedWalk, guard: BoundsGuard): WalkCursor {
  const { start, steps, order = "breadth", maxDepth = Infinity, nodeFilters = [], edgeFilters = [] } = spec;
  const options = { start, steps, order, maxDepth, nodeFilters, edgeFilters };
  return new WalkCursor(new Neighbourhood(reader), options, guard);
}

function assertCount(count: number, name: string): void {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`Cannot walk: ${name} is ${count}`);
}
