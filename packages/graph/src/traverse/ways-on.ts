/** Where a search may go from a node: the nodes next to it, each once, without those that filters refuse. */
import type { Awaitable } from "../engine.ts";
import type { Edge, Entity } from "../entity.ts";
import { isPromise } from "../awaitable.ts";
import { isEdge } from "../entity-view.ts";
import { edgeId } from "../index-keys.ts";
import type { BoundsGuard } from "../query-bounds.ts";
import type { NodeList, Plane } from "./adjacency-lists.ts";
import { type Step, turned } from "./edge-choice.ts";
import type { Neighbourhood } from "./neighbourhood.ts";

export interface WaysOptions {
  readonly steps: readonly Step[];
  readonly filter?: ((node: Entity) => boolean) | undefined;
  readonly filterEdges?: ((edge: Edge) => boolean) | undefined;
  /** Ends of the path: no filter asks about them. */
  readonly ends: ReadonlySet<number>;
}

export class WaysOn {
  readonly #hood: Neighbourhood;
  readonly #guard: BoundsGuard;
  readonly #options: WaysOptions;
  readonly #planes: readonly Plane[];
  readonly #passed = new Map<number, boolean>();

  constructor(hood: Neighbourhood, guard: BoundsGuard, options: WaysOptions) {
    this.#hood = hood;
    this.#guard = guard;
    this.#options = options;
    this.#planes = hood.planes(options.steps);
  }

  /** The same ways, taken the other way round. */
  turned(): WaysOn {
    return new WaysOn(this.#hood, this.#guard, { ...this.#options, steps: turned(this.#options.steps) });
  }

  /** In the order of the steps, and of the index within a step. @throws GraphError TIMED_OUT, ABORTED */
  async from(node: number): Promise<readonly number[]> {
    this.#guard.look();
    const pause = this.#guard.pause();
    if (pause !== undefined) await pause;
    const ways = new Set<number>();
    for (const plane of this.#planes) {
      const read: Awaitable<NodeList> = this.#hood.list(plane, node);
      const list = isPromise(read) ? await read : read;
      for (let cell = list.start; cell < list.end; cell += 1) {
        const other = list.others[cell] as number;
        if (ways.has(other)) continue;
        const type = list.types[cell] as number;
        if (this.#options.filterEdges !== undefined && !(await this.#usesEdge(plane, node, { other, type }))) continue;
        if (this.#options.filter !== undefined && !(await this.#passes(other))) continue;
        ways.add(other);
      }
    }
    return [...ways];
  }

  async #usesEdge(
    { step }: Plane,
    node: number,
    { other, type }: { readonly other: number; readonly type: number },
  ): Promise<boolean> {
    this.#guard.visit();
    const [from, to] = step.direction === "out" ? [node, other] : [other, node];
    const id = edgeId(this.#hood.idOf(from), this.#hood.typeNameOf(type), this.#hood.idOf(to));
    const edge = await this.#hood.reader.get(id);
    return edge !== undefined && isEdge(edge) && this.#options.filterEdges?.(edge) !== false;
  }

  async #passes(node: number): Promise<boolean> {
    if (this.#options.ends.has(node)) return true;
    const before = this.#passed.get(node);
    if (before !== undefined) return before;
    this.#guard.look();
    const pause = this.#guard.pause();
    if (pause !== undefined) await pause;
    const entity = await this.#hood.reader.get(this.#hood.idOf(node));
    const passed = entity !== undefined && this.#options.filter?.(entity) !== false;
    this.#passed.set(node, passed);
    return passed;
  }
}
