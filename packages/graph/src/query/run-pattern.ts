/** Finds the matches of a pattern on one state of the store, one after the other. */
import { isPromise } from "../awaitable.ts";
import type { Edge, Entity } from "../entity.ts";
import { isEdge } from "../entity-view.ts";
import { prefixInterval } from "../index-intervals.ts";
import type { BoundsGuard } from "../query-bounds.ts";
import type { Reader } from "../reader.ts";
import { MatchState } from "./match-state.ts";
import { idsOf, type PatternPlan, type PlannedStep, querySpecOf } from "./pattern-plan.ts";
import type { NodePattern, PatternSpec } from "./pattern-spec.ts";
import { planQuery } from "./plan.ts";
import { StepFollower, testByType } from "./step-follower.ts";

/** What a name stands for in a match: a node, an edge, the edges of a path; nothing, if it is of a part that is missing. */
export type Bound = Entity | Edge | readonly Edge[] | undefined;
export type MatchRow = Readonly<Record<string, Bound>>;

/** @throws GraphError LIMIT_EXCEEDED, TIMED_OUT, ABORTED, UNKNOWN_TYPE */
export async function* findMatches(
  reader: Reader,
  { spec, plan, guard }: { readonly spec: PatternSpec; readonly plan: PatternPlan; readonly guard: BoundsGuard },
): AsyncGenerator<MatchRow, void, undefined> {
  guard.look();
  for (const { type } of Object.values(spec.nodesByName)) if (type !== undefined) reader.types.assertKnown(type);
  yield* new PatternRun(reader, { spec, plan, guard }).matches();
}

class PatternRun {
  readonly #reader: Reader;
  readonly #spec: PatternSpec;
  readonly #plan: PatternPlan;
  readonly #guard: BoundsGuard;
  readonly #state: MatchState;
  readonly #testsByName = new Map<string, (node: Entity) => boolean>();

  constructor(
    reader: Reader,
    { spec, plan, guard }: { readonly spec: PatternSpec; readonly plan: PatternPlan; readonly guard: BoundsGuard },
  ) {
    this.#reader = reader;
    this.#spec = spec;
    this.#plan = plan;
    this.#guard = guard;
    this.#state = new MatchState(spec.injectivity);
    for (const [name, node] of Object.entries(spec.nodesByName)) this.#testsByName.set(name, this.#testOf(node));
  }

  async *matches(): AsyncGenerator<MatchRow, void, undefined> {
    const { start, steps, optional } = this.#plan;
    const groups = optional.map((group) => group.map((step) => this.#follower(step)));
    const followers = steps.map((step) => this.#follower(step));
    for await (const node of this.#starts(start)) {
      this.#state.bindNode(start, node);
      for await (const _ of this.#follow(followers, 0)) yield* this.#withOptional(groups, 0);
      this.#state.unbindNode(start, node);
    }
  }

  /** Yields once for every way to match the steps from the given one on; what it bound is free again afterwards. */
  async *#follow(followers: readonly StepFollower[], at: number): AsyncGenerator<void, void, undefined> {
    const follower = followers[at];
    if (follower === undefined) yield;
    else for await (const _ of follower.follow()) yield* this.#follow(followers, at + 1);
  }

  async *#withOptional(
    groups: readonly (readonly StepFollower[])[],
    at: number,
  ): AsyncGenerator<MatchRow, void, undefined> {
    const group = groups[at];
    if (group === undefined) {
      yield this.#state.row(this.#names());
      return;
    }
    let found = false;
    for await (const _ of this.#follow(group, 0)) {
      found = true;
      yield* this.#withOptional(groups, at + 1);
    }
    if (!found) yield* this.#withOptional(groups, at + 1);
  }

  async *#starts(name: string): AsyncGenerator<Entity, void, undefined> {
    const node = this.#spec.nodesByName[name];
    const test = this.#testsByName.get(name);
    if (node === undefined || test === undefined) return;
    const met = new Set<string>();
    for await (const id of this.#startIds(node)) {
      if (met.size === met.add(id).size) continue;
      this.#guard.visit();
      const found = this.#reader.get(id);
      const entity = isPromise(found) ? await found : found;
      if (entity !== undefined && test(entity)) yield entity;
    }
  }

  /** Ids of all nodes that may match, and others. */
  async *#startIds(node: NodePattern): AsyncGenerator<string, void, undefined> {
    const ids = idsOf(node);
    if (ids !== undefined) {
      yield* ids;
      return;
    }
    const intervals =
      node.type === undefined
        ? [prefixInterval("type", "")]
        : planQuery(querySpecOf(node.type, node), this.#reader).intervals;
    for (const interval of intervals) {
      const cursor = this.#reader.scan(interval);
      for (;;) {
        const page = cursor.next(256);
        const hits = isPromise(page) ? await page : page;
        if (hits.length === 0) break;
        for (const { id } of hits) yield id;
        const pause = this.#guard.pause();
        if (pause !== undefined) await pause;
      }
    }
  }

  #follower(planned: PlannedStep): StepFollower {
    const { step, backward } = planned;
    const test = this.#testsByName.get(backward ? step.from : step.to) ?? (() => true);
    const isLast = planned === [...this.#plan.steps, ...this.#plan.optional.flat()].at(-1);
    return new StepFollower(this.#reader, { ...planned, isLast, state: this.#state, guard: this.#guard, test });
  }

  #testOf({ type, conditions }: NodePattern): (node: Entity) => boolean {
    const meets = testByType(conditions, this.#reader.types);
    return (entity) => (type === undefined || entity.type === type) && !isEdge(entity) && meets(entity);
  }

  #names(): readonly string[] {
    const { nodesByName, steps, optional } = this.#spec;
    const edges = [...steps, ...optional.flat()].flatMap(({ edge }) => (edge === undefined ? [] : [edge]));
    return [...Object.keys(nodesByName), ...edges];
  }
}
