/** Follows one step of a pattern from a node that is bound: binds its other end, for each way there is. */
import type { Awaitable } from "../engine.ts";
import { isPromise } from "../awaitable.ts";
import type { Edge, Entity } from "../entity.ts";
import { isEdge } from "../entity-view.ts";
import type { BoundsGuard } from "../query-bounds.ts";
import type { Reader } from "../reader.ts";
import type { TypeRegistry } from "../type-registry.ts";
import { compileCondition, type Condition } from "./condition.ts";
import { type Hop, HopCursor, hopsBetween } from "./hop-cursor.ts";
import type { MatchState } from "./match-state.ts";
import type { PlannedStep } from "./pattern-plan.ts";
import type { PathPattern } from "./pattern-spec.ts";

export interface StepFollowerOptions extends PlannedStep {
  readonly state: MatchState;
  readonly guard: BoundsGuard;
  /** No step is followed after this one: what it uses need not be noted. */
  readonly isLast: boolean;
  /** Whether a node may stand for the end that is not bound yet. */
  readonly test: (node: Entity) => boolean;
}

/** The edges from the near end on, and the nodes they lead to. */
interface Trace {
  readonly edgeIds: string[];
  readonly nodeIds: string[];
}

export class StepFollower {
  readonly #reader: Reader;
  readonly #options: StepFollowerOptions;
  readonly #nearName: string;
  readonly #farName: string;
  readonly #testEdge: ((edge: Entity) => boolean) | undefined;

  constructor(reader: Reader, options: StepFollowerOptions) {
    const { step, backward } = options;
    this.#reader = reader;
    this.#options = options;
    this.#nearName = backward ? step.to : step.from;
    this.#farName = backward ? step.from : step.to;
    this.#testEdge = step.conditions.length === 0 ? undefined : testByType(step.conditions, reader.types);
  }

  /** Yields once for each way, bound; what it bound is free again when it goes on. */
  async *follow(): AsyncGenerator<void, void, undefined> {
    const { step, state, closing } = this.#options;
    const near = state.node(this.#nearName);
    if (near === undefined || (closing && state.node(this.#farName) === undefined)) return;
    yield* step.path === undefined ? this.#followEdge(near.id) : this.#followPath(near.id, step.path);
  }

  async *#followEdge(nearId: string): AsyncGenerator<void, void, undefined> {
    const { state } = this.#options;
    const hops = this.#hopsFrom(nearId, this.#farId());
    for (;;) {
      const found = hops.next();
      const hop = isPromise(found) ? await found : found;
      if (hop === undefined) return;
      const pause = this.#options.guard.pause();
      if (pause !== undefined) await pause;
      if (!state.mayUseEdge(hop.edgeId) || !(await this.#passes(hop))) continue;
      yield* this.#arrive({ edgeIds: [hop.edgeId], nodeIds: [hop.nodeId] }, hop.nodeId);
    }
  }

  /** Depth first, on a stack of its own: paths may be longer than any call stack. */
  async *#followPath(nearId: string, path: PathPattern): AsyncGenerator<void, void, undefined> {
    const { state, guard } = this.#options;
    const { min, max = Infinity, cycles } = path;
    const trace: Trace = { edgeIds: [], nodeIds: [] };
    const edgesMet = new Set<string>();
    const nodesMet = new Set<string>([nearId]);
    if (min === 0) yield* this.#arrive(trace, nearId);
    const stack = max === 0 ? [] : [this.#hopsFrom(nearId)];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const found = top.next();
      const hop = isPromise(found) ? await found : found;
      if (hop === undefined) {
        stack.pop();
        stepBack(trace, edgesMet, nodesMet);
        continue;
      }
      const pause = guard.pause();
      if (pause !== undefined) await pause;
      const { edgeId, nodeId } = hop;
      if (!state.mayUseEdge(edgeId) || (cycles === "trail" && edgesMet.has(edgeId))) continue;
      if ((cycles === "simple" && nodesMet.has(nodeId)) || !(await this.#passes(hop))) continue;
      trace.edgeIds.push(edgeId);
      trace.nodeIds.push(nodeId);
      edgesMet.add(edgeId);
      nodesMet.add(nodeId);
      if (trace.edgeIds.length >= min) yield* this.#arrive(trace, nodeId);
      if (trace.edgeIds.length < max && state.mayUseNode(nodeId)) stack.push(this.#hopsFrom(nodeId));
      else stepBack(trace, edgesMet, nodesMet);
    }
  }

  /** Binds the far end and the edges, if they may be bound, and yields. */
  async *#arrive({ edgeIds, nodeIds }: Trace, farId: string): AsyncGenerator<void, void, undefined> {
    const { step, state, closing, isLast } = this.#options;
    const far = closing ? state.node(this.#farName) : await this.#farNode(farId);
    if (far?.id !== farId) return;
    // Paths may be long: they are copied only where somebody looks at them.
    const innerIds = isLast && (closing || state.mayPassItsEnd()) ? [] : nodeIds.slice(0, -1);
    if (!closing && (!state.mayUseNode(farId) || (!state.mayPassItsEnd() && innerIds.includes(farId)))) return;
    const edges = step.edge === undefined ? undefined : await this.#edges(edgeIds);
    if (!isLast) state.useStep(edgeIds, innerIds);
    if (!closing) state.bindNode(this.#farName, far);
    if (step.edge !== undefined && edges !== undefined) state.bindEdge(step.edge, edges);
    yield;
    if (step.edge !== undefined) state.unbindEdge(step.edge);
    if (!closing) state.unbindNode(this.#farName, far);
    if (!isLast) state.freeStep(edgeIds, innerIds);
  }

  #farId(): string | undefined {
    return this.#options.closing ? this.#options.state.node(this.#farName)?.id : undefined;
  }

  /** The hops of this step from a node; with `farId`, those to that node. */
  #hopsFrom(nodeId: string, farId?: string): HopSource {
    const { step, backward, guard } = this.#options;
    const way = backward ? (step.way === "out" ? "in" : step.way === "in" ? "out" : "both") : step.way;
    if (farId !== undefined && step.types.length > 0) {
      return hopsBetween(this.#reader, { way, types: step.types, nearId: nodeId, farId, guard });
    }
    return new HopCursor(this.#reader, {
      way,
      types: step.types,
      nodeId,
      guard,
      ...(farId === undefined ? {} : { farId }),
    });
  }

  async #farNode(id: string): Promise<Entity | undefined> {
    const found = this.#reader.get(id);
    const node = isPromise(found) ? await found : found;
    return node !== undefined && this.#options.test(node) ? node : undefined;
  }

  async #passes({ edgeId }: Hop): Promise<boolean> {
    if (this.#testEdge === undefined) return true;
    const edge = await this.#reader.get(edgeId);
    return edge !== undefined && this.#testEdge(edge);
  }

  /** In the direction of the step. */
  async #edges(ids: readonly string[]): Promise<Edge | readonly Edge[] | undefined> {
    const edges: Edge[] = [];
    for (const id of this.#options.backward ? ids.toReversed() : ids) {
      const edge = await this.#reader.get(id);
      if (edge !== undefined && isEdge(edge)) edges.push(edge);
    }
    return this.#options.step.path === undefined ? edges[0] : Object.freeze(edges);
  }
}

/** Hops one by one; `undefined` at the end. */
export interface HopSource {
  next(): Awaitable<Hop | undefined>;
}

/** Tests conditions of entities of any type: enums compare in the order of the type that an entity has. */
export function testByType(conditions: readonly Condition[], types: TypeRegistry): (entity: Entity) => boolean {
  const testsByType = new Map<string, (entity: Entity) => boolean>();
  return (entity) => {
    const { type } = entity;
    let test = testsByType.get(type);
    if (test === undefined) {
      test = compileCondition({ all: conditions }, (field) => types.orderOf(type, field));
      testsByType.set(type, test);
    }
    return test(entity);
  };
}

/** Takes back the last edge of a path that met no other node or edge twice where that matters. */
function stepBack(trace: Trace, edgesMet: Set<string>, nodesMet: Set<string>): void {
  const edgeId = trace.edgeIds.pop();
  const nodeId = trace.nodeIds.pop();
  if (edgeId !== undefined) edgesMet.delete(edgeId);
  if (nodeId !== undefined) nodesMet.delete(nodeId);
}
