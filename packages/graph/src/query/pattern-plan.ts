/** Chooses where to begin with a pattern, and in which order and direction to follow its steps. */
import type { Reader } from "../reader.ts";
import { isPredicate } from "./condition.ts";
import type { NodePattern, PatternSpec, StepPattern } from "./pattern-spec.ts";
import { planQuery } from "./plan.ts";
import { canonicalField } from "./predicate.ts";
import type { QuerySpec } from "./query-spec.ts";

export interface PatternPlan {
  readonly start: string;
  /** Each begins at a node that is known by then. */
  readonly steps: readonly PlannedStep[];
  readonly optional: readonly (readonly PlannedStep[])[];
}

export interface PlannedStep {
  readonly step: StepPattern;
  /** Followed from `to`, against its direction. */
  readonly backward: boolean;
  /** Both ends have been met before; of optional parts, they may be missing. */
  readonly closing: boolean;
}

export function planPattern(spec: PatternSpec, reader: Reader): PatternPlan {
  const names = [spec.start, ...spec.steps.flatMap(({ from, to }) => [from, to])];
  // The first node unless another one is found by an index and it is not.
  const cost = (name: string): number => startCost(spec.nodesByName[name], reader);
  const start = names.reduce((best, name) => (cost(name) < cost(best) ? name : best), spec.start);
  const known = new Set([start]);
  return {
    start,
    steps: orderSteps(spec.steps, known),
    optional: spec.optional.map((group) => orderSteps(group, known)),
  };
}

/** The ids a node is looked up by, if its conditions name them. */
export function idsOf({ conditions }: NodePattern): readonly string[] | undefined {
  for (const condition of conditions) {
    if (!isPredicate(condition) || canonicalField(condition.field) !== "id") continue;
    const { op, value } = condition;
    const values = op === "=" ? [value] : op === "in" ? (value as readonly unknown[]) : undefined;
    if (values !== undefined) return [...new Set(values.filter((each) => typeof each === "string"))];
  }
  return undefined;
}

/** The nodes of a pattern that have a type, as a query. */
export function querySpecOf(type: string, { conditions }: NodePattern): QuerySpec {
  return {
    type,
    predicates: conditions.filter(isPredicate),
    conditions: conditions.filter((each) => !isPredicate(each)),
  };
}

function startCost(node: NodePattern | undefined, reader: Reader): number {
  if (node === undefined) return Infinity;
  if (idsOf(node) !== undefined) return 0;
  if (node.type === undefined) return 3;
  return planQuery(querySpecOf(node.type, node), reader).access === "seek" ? 1 : 2;
}

function unreachable(step: StepPattern | undefined): TypeError {
  const name = step?.from ?? "a node";
  return new TypeError(`Cannot match: ${name} may be missing; put the step from it into an optional part`);
}

/** Steps whose ends are both known come first: they only check. Adds to `known`. */
function orderSteps(steps: readonly StepPattern[], known: Set<string>): readonly PlannedStep[] {
  const rest = [...steps];
  const ordered: PlannedStep[] = [];
  while (rest.length > 0) {
    const closing = rest.findIndex(({ from, to }) => known.has(from) && known.has(to));
    const next = closing >= 0 ? closing : rest.findIndex(({ from, to }) => known.has(from) || known.has(to));
    const [step] = next < 0 ? [] : rest.splice(next, 1);
    if (step === undefined) throw unreachable(rest[0]);
    ordered.push({ step, backward: !known.has(step.from), closing: closing >= 0 });
    known.add(step.from).add(step.to);
  }
  return ordered;
}
