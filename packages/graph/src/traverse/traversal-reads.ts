/** Neighbours, walks, paths and the algorithms over parts of the graph, for a graph, a snapshot and a transaction alike. */
import type { Entity } from "../entity.ts";
import type { ReadSource } from "../graph-reads.ts";
import { assertId } from "../index-keys.ts";
import { assertBounds, BoundsGuard, type QueryBounds } from "../query-bounds.ts";
import type { Reader } from "../reader.ts";
import { type DirectedWalk, maxVisitedDefault, quickWalk, Walk } from "../walk.ts";
import { allPaths } from "./all-paths.ts";
import { strongComponents, weakComponents } from "./components.ts";
import { cyclesOf } from "./cycles.ts";
import { type EdgeChoice, stepsOf, stepsOfChoice } from "./edge-choice.ts";
import { Neighbourhood } from "./neighbourhood.ts";
import { heaviestWay, wavesOf } from "./order.ts";
import { assertDepth, type PathOptions } from "./path-options.ts";
import { idsOf, shortestPath } from "./shortest-path.ts";
import { loadSubgraph, type Scope, type Subgraph, turnedSubgraph } from "./subgraph.ts";
import { WaysOn } from "./ways-on.ts";
import { type WeightedPath, weightedPath, type WeightedPathOptions } from "./weighted-path.ts";
import { weightOf, type WeightOptions } from "./weights.ts";

export interface ReachOptions extends EdgeChoice, QueryBounds {
  readonly maxDepth?: number;
}

export interface PathsOptions extends PathOptions {
  /** Default 100 paths. */
  readonly limit?: number;
}

/** Simple paths, shortest first; `truncated` when there are more. */
export interface PathList {
  readonly paths: readonly (readonly string[])[];
  readonly truncated: boolean;
}

export interface ComponentsOptions extends Scope {
  /** `weak`: connected by edges whatever their direction; `strong`: each leads to each other along edges. */
  readonly kind: "weak" | "strong";
}

export interface OrderOptions extends Scope {
  /** Which end of an edge comes first: `to` for edges like DEPENDS_ON, `from` for edges like BLOCKS. */
  readonly first: "from" | "to";
}

export interface CriticalPathOptions extends OrderOptions, WeightOptions<Entity> {}

export interface CyclesOptions extends Scope {
  /** Default 100 cycles. */
  readonly limit?: number;
  /** The longest cycle to look for, in edges. */
  readonly maxDepth?: number;
}

/** Cycles, each beginning with its first node; `truncated` when there are more. */
export interface CycleList {
  readonly cycles: readonly (readonly string[])[];
  readonly truncated: boolean;
}

const resultsDefault = 100;
const pathDepthDefault = 10;
/** Searches that may take exponential time, or look at every edge on the way. */
const searchVisitedDefault = 1_000_000;

export abstract class TraversalReads {
  /** Not for callers: what the reads of this object read from. */
  protected abstract readonly source: ReadSource;

  /** Walks along edges from a node. Say the direction: `.out(...)`, `.in(...)`, `.both(...)`. */
  walk(id: string): Walk {
    assertId(id);
    return new Walk(this.source, { start: id });
  }

  /**
   * The ids of the nodes next to a node, each once, without itself: ordered by direction, edge type and id.
   * @throws TypeError when no direction is named; GraphError LIMIT_EXCEEDED, TIMED_OUT, ABORTED
   */
  async neighbours(id: string, options: EdgeChoice & QueryBounds): Promise<readonly string[]> {
    const walk = this.#walkTo(id, options, 1);
    return quickWalk(this.source, walk) ?? (await new Walk(this.source, walk).ids());
  }

  /**
   * The ids of all nodes that edges lead to from a node, nearest first, without itself. For more, see `walk`.
   * @throws TypeError when no direction is named; GraphError LIMIT_EXCEEDED (more than 100,000, or `maxVisited`), TIMED_OUT, ABORTED
   */
  async reachable(id: string, options: ReachOptions): Promise<readonly string[]> {
    const { maxDepth = Infinity } = options;
    assertDepth(maxDepth, "look for neighbours");
    const walk = this.#walkTo(id, options, maxDepth);
    return quickWalk(this.source, walk) ?? (await new Walk(this.source, walk).ids());
  }

  /** Whether a path leads from one node to another; a node is connected with itself. @throws as `path` */
  async connected(from: string, to: string, options: PathOptions & EdgeChoice): Promise<boolean> {
    stepsOfChoice(options, "look for a connection");
    return (await this.path(from, to, options)) !== undefined;
  }

  /**
   * The ids of a shortest path between two nodes, both included, or `undefined`. Follows edges of all types forward
   * unless `options` say otherwise.
   * @throws GraphError LIMIT_EXCEEDED when more than `maxVisited` nodes were met (default 100,000); TIMED_OUT, ABORTED
   */
  async path(from: string, to: string, options: PathOptions = {}): Promise<readonly string[] | undefined> {
    return await this.#search({ from, to, options, maxVisited: maxVisitedDefault }, async (ways, guard) => {
      const found = await shortestPath({ ...ways, maxDepth: options.maxDepth ?? Infinity }, guard);
      return found === undefined ? undefined : idsOf(ways.hood, found);
    });
  }

  /**
   * All simple paths between two nodes (none passes a node twice), shortest first: at most `limit` (default 100) of at most
   * `maxDepth` (default 10) edges. Follows edges of all types forward unless `options` say otherwise.
   * @throws GraphError LIMIT_EXCEEDED when the search took more than `maxVisited` steps (default 1,000,000); TIMED_OUT, ABORTED
   */
  async paths(from: string, to: string, options: PathsOptions = {}): Promise<PathList> {
    const { limit = resultsDefault, maxDepth = pathDepthDefault } = options;
    const found = await this.#search({ from, to, options, maxVisited: searchVisitedDefault }, async (ways, guard) =>
      (await allPaths({ ...ways, maxDepth, limit }, guard)).map((path) => idsOf(ways.hood, path)),
    );
    return { paths: (found ?? []).slice(0, limit), truncated: (found ?? []).length > limit };
  }

  /**
   * The path with the least sum of the weights of its edges, or `undefined`. Follows edges of all types forward unless
   * `options` say otherwise.
   * @throws GraphError INVALID_WEIGHT for a weight that is missing or negative; LIMIT_EXCEEDED, TIMED_OUT, ABORTED
   */
  async weightedPath(from: string, to: string, options: WeightedPathOptions): Promise<WeightedPath | undefined> {
    return await this.#search({ from, to, options, maxVisited: searchVisitedDefault }, (ways, guard) =>
      weightedPath(ways.hood, { ...options, ...ways }, guard),
    );
  }

  /** The parts the graph, or the scope, falls into: the largest first, ids in their order. @throws as `topological`, but CYCLE */
  async components(options: ComponentsOptions): Promise<readonly (readonly string[])[]> {
    return await this.#load(options, "find components", ({ ids, ...subgraph }) => {
      const find = options.kind === "strong" ? strongComponents : weakComponents;
      const parts = find({ ids, ...subgraph }).toSorted((a, b) => b.length - a.length);
      return parts.map((part) => part.map((node) => ids[node] as string));
    });
  }

  /**
   * The nodes in an order in which every edge's first end comes before the other: wave after wave (see `waves`).
   * @throws GraphError CYCLE, with the cycle; UNKNOWN_TYPE, LIMIT_EXCEEDED, TIMED_OUT, ABORTED
   */
  async topological(options: OrderOptions): Promise<readonly string[]> {
    return (await this.waves(options)).flat();
  }

  /**
   * The nodes in waves: all of a wave can be done at once when the waves before are done. @throws as `topological`
   */
  async waves(options: OrderOptions): Promise<readonly (readonly string[])[]> {
    return await this.#load(options, "order nodes", (subgraph) =>
      wavesOf(directed(subgraph, options), "order nodes").map((wave) => wave.map((n) => subgraph.ids[n] as string)),
    );
  }

  /**
   * The chain of nodes with the greatest sum of weights, first things first; empty when there are no nodes. Weights come from
   * the nodes. @throws as `topological`; GraphError INVALID_WEIGHT
   */
  async criticalPath(options: CriticalPathOptions): Promise<WeightedPath> {
    return await this.#load(options, "find the critical path", async (subgraph, reader, guard) => {
      const weights: number[] = [];
      for (const id of subgraph.ids) {
        guard.look();
        const pause = guard.pause();
        if (pause !== undefined) await pause;
        const node = await reader.get(id);
        weights.push(node === undefined ? 0 : weightOf(node, options));
      }
      const { nodes, weight } = heaviestWay(directed(subgraph, options), weights, "find the critical path");
      return { ids: nodes.map((node) => subgraph.ids[node] as string), weight };
    });
  }

  /**
   * The elementary cycles (none passes a node twice), each once: at most `limit` (default 100) of at most `maxDepth` edges.
   * @throws GraphError UNKNOWN_TYPE, LIMIT_EXCEEDED, TIMED_OUT, ABORTED
   */
  async cycles(options: CyclesOptions = {}): Promise<CycleList> {
    const { limit = resultsDefault, maxDepth = Infinity } = options;
    assertDepth(maxDepth, "find cycles");
    return await this.#load(options, "find cycles", async (subgraph, _reader, guard) => {
      const found = await cyclesOf(subgraph, { limit, maxDepth }, guard);
      const cycles = found.slice(0, limit).map((cycle) => cycle.map((node) => subgraph.ids[node] as string));
      return { cycles, truncated: found.length > limit };
    });
  }

  #walkTo(id: string, options: ReachOptions, maxDepth: number): DirectedWalk {
    assertId(id);
    const { limit, maxVisited, timeoutMs, signal } = options;
    const isBounded = (limit ?? maxVisited ?? timeoutMs ?? signal) !== undefined;
    if (isBounded) assertBounds(options);
    const steps = stepsOfChoice(options, "look for neighbours");
    return isBounded ? { start: id, steps, maxDepth, bounds: options } : { start: id, steps, maxDepth };
  }

  /** Looks for something between two nodes; `undefined` when the first does not exist. */
  async #search<T>(
    {
      from,
      to,
      options,
      maxVisited,
    }: { readonly from: string; readonly to: string; readonly options: PathOptions; readonly maxVisited: number },
    search: (ways: Ways, guard: BoundsGuard) => Promise<T>,
  ): Promise<T | undefined> {
    assertId(from, "from");
    assertId(to, "to");
    const action = `look for a path from ${from} to ${to}`;
    assertDepth(options.maxDepth, action);
    const steps = isUndirected(options) ? stepsOf("out", []) : stepsOfChoice(options, action);
    const guard = new BoundsGuard(options, { clock: this.source.clock, action, maxVisitedDefault: maxVisited });
    return await this.source.run(async (reader) => {
      guard.restart();
      guard.look();
      if ((await reader.get(from)) === undefined) return undefined;
      const hood = new Neighbourhood(reader);
      const ends = { from: hood.numberOf(from), to: hood.numberOf(to) };
      const { filter, filterEdges } = options;
      const ways = new WaysOn(hood, guard, { steps, filter, filterEdges, ends: new Set([ends.from, ends.to]) });
      return await search({ ...ends, ways, hood, steps }, guard);
    });
  }

  async #load<T>(
    scope: Scope,
    action: string,
    use: (subgraph: Subgraph, reader: Reader, guard: BoundsGuard) => T | Promise<T>,
  ): Promise<T> {
    const { maxVisited, timeoutMs, signal } = scope;
    const bounds = {
      ...(maxVisited === undefined ? {} : { maxVisited }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(signal === undefined ? {} : { signal }),
    };
    const guard = new BoundsGuard(bounds, { clock: this.source.clock, action });
    return await this.source.run(async (reader) => {
      guard.restart();
      guard.look();
      return await use(await loadSubgraph(reader, scope, guard), reader, guard);
    });
  }
}

interface Ways {
  readonly from: number;
  readonly to: number;
  readonly ways: WaysOn;
  readonly hood: Neighbourhood;
  readonly steps: ReturnType<typeof stepsOf>;
}

function isUndirected({ out, in: into, both }: EdgeChoice): boolean {
  return out === undefined && into === undefined && both === undefined;
}

function directed(subgraph: Subgraph, { first }: OrderOptions): Subgraph {
  if (first !== "from" && first !== "to") {
    throw new TypeError("Cannot order nodes: say which end of an edge comes first, `from` or `to`");
  }
  return first === "from" ? subgraph : turnedSubgraph(subgraph);
}
