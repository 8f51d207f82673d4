/**
 * A walk that is taken node by node, breadth first or depth first, without recursion. A node is given once, whatever ways
 * lead to it; the start never is.
 */
import type { Edge, Entity } from "../entity.ts";
import { isPromise } from "../awaitable.ts";
import { isEdge } from "../entity-view.ts";
import { edgeId } from "../index-keys.ts";
import type { BoundsGuard } from "../query-bounds.ts";
import type { NodeList, Plane } from "./adjacency-lists.ts";
import type { Step } from "./edge-choice.ts";
import type { Neighbourhood } from "./neighbourhood.ts";

/** How a walk met a node. */
export interface WalkStep {
  readonly id: string;
  /** Edges from the start on the way it was met, which breadth first is a shortest one. */
  readonly depth: number;
  /** The node it was met from, and the edge between them. */
  readonly via: { readonly id: string; readonly type: string; readonly direction: "out" | "in" };
}

export interface WalkOptions {
  readonly start: string;
  readonly steps: readonly Step[];
  readonly order: "breadth" | "depth";
  readonly maxDepth: number;
  readonly nodeFilters: readonly ((node: Entity) => boolean)[];
  readonly edgeFilters: readonly ((edge: Edge) => boolean)[];
}

/** A node whose neighbours are looked at. */
interface Place {
  readonly node: number;
  readonly depth: number;
  plane: number;
  list: NodeList | undefined;
  at: number;
}

export class WalkCursor {
  readonly #hood: Neighbourhood;
  readonly #options: WalkOptions;
  readonly #guard: BoundsGuard;
  readonly #planes: readonly Plane[];
  /** Breadth first a queue, depth first a stack. */
  readonly #places: Place[] = [];
  #first = 0;
  /** The depth each node was met at; -1 for those that are not walked through. */
  readonly #depths = new Map<number, number>();

  constructor(hood: Neighbourhood, options: WalkOptions, guard: BoundsGuard) {
    this.#hood = hood;
    this.#options = options;
    this.#guard = guard;
    this.#planes = hood.planes(options.steps);
    const start = hood.numberOf(options.start);
    this.#depths.set(start, 0);
    this.#push(start, 0);
  }

  /** The next node, or `undefined` at the end. One call at a time. @throws GraphError LIMIT_EXCEEDED, TIMED_OUT, ABORTED */
  async next(): Promise<WalkStep | undefined> {
    for (let place = this.#place(); place !== undefined; place = this.#place()) {
      const plane = this.#planes[place.plane];
      if (plane === undefined) {
        this.#pop();
        continue;
      }
      if (place.list === undefined) {
        this.#guard.look();
        const pause = this.#guard.pause();
        if (pause !== undefined) await pause;
        const list = this.#hood.list(plane, place.node);
        place.list = isPromise(list) ? await list : list;
        place.at = place.list.start;
      }
      const step = await this.#scan(place, place.list, plane);
      if (step !== undefined) return step;
    }
    return undefined;
  }

  /** Does not walk through a node that `next` has given. */
  skip(id: string): void {
    const node = this.#hood.numberOf(id);
    this.#depths.set(node, -1);
    const last = this.#places.at(-1);
    if (last?.node === node) this.#places.pop();
  }

  /** Goes on in a list up to the next node to give. */
  async #scan(place: Place, list: NodeList, plane: Plane): Promise<WalkStep | undefined> {
    const depth = place.depth + 1;
    while (place.at < list.end) {
      const other = list.others[place.at] as number;
      const type = this.#hood.typeNameOf(list.types[place.at] as number);
      place.at += 1;
      const before = this.#depths.get(other);
      if (before !== undefined && (before <= depth || !this.#mayMeetAgain)) continue;
      const { direction } = plane.step;
      const step = { id: this.#hood.idOf(other), depth, via: { id: this.#hood.idOf(place.node), type, direction } };
      if (this.#options.edgeFilters.length > 0 && !(await this.#followsEdge(step))) continue;
      if (before === undefined) {
        this.#guard.visit();
        const pause = this.#guard.pause();
        if (pause !== undefined) await pause;
        const passed = this.#options.nodeFilters.length === 0 || (await this.#takesNode(step.id));
        this.#depths.set(other, passed ? depth : -1);
        if (!passed) continue;
      } else {
        this.#depths.set(other, depth);
      }
      this.#push(other, depth);
      if (before === undefined) return step;
      // Met before by a longer way: what lies behind it may be within reach only now. Depth first goes there at once.
      return undefined;
    }
    place.plane += 1;
    place.list = undefined;
    return undefined;
  }

  /** Depth first, a node may first be met by a way too long to reach all that is behind it. */
  get #mayMeetAgain(): boolean {
    return this.#options.order === "depth" && this.#options.maxDepth < Infinity;
  }

  #place(): Place | undefined {
    return this.#options.order === "breadth" ? this.#places[this.#first] : this.#places.at(-1);
  }

  #push(node: number, depth: number): void {
    if (depth >= this.#options.maxDepth) return;
    this.#places.push({ node, depth, plane: 0, list: undefined, at: 0 });
  }

  #pop(): void {
    if (this.#options.order === "depth") {
      this.#places.pop();
      return;
    }
    this.#first += 1;
    if (this.#first < 1024 || 2 * this.#first < this.#places.length) return;
    this.#places.splice(0, this.#first);
    this.#first = 0;
  }

  async #followsEdge({ id, via }: WalkStep): Promise<boolean> {
    const { edgeFilters } = this.#options;
    this.#guard.visit();
    const [from, to] = via.direction === "out" ? [via.id, id] : [id, via.id];
    const edge = await this.#hood.reader.get(edgeId(from, via.type, to));
    return edge !== undefined && isEdge(edge) && edgeFilters.every((filter) => filter(edge));
  }

  async #takesNode(id: string): Promise<boolean> {
    const { nodeFilters } = this.#options;
    const node = await this.#hood.reader.get(id);
    return node !== undefined && nodeFilters.every((filter) => filter(node));
  }
}
