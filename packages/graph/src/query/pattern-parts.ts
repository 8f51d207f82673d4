/** Puts patterns together, and refuses what makes no sense. */
import { type ConditionInput, conditionOf } from "./condition-builder.ts";
import { type Condition, conjunctsOf, normalCondition } from "./condition.ts";
import type { AnyRow } from "./field-types.ts";
import {
  type NodePattern,
  type PathPattern,
  type PatternSpec,
  splitReference,
  type StepPattern,
  type Way,
} from "./pattern-spec.ts";
import type { PathLength } from "./pattern-types.ts";

/** A step as callers give it. */
export interface NewStep {
  readonly from: string;
  readonly way: Way;
  readonly types: string | readonly string[];
  readonly to: string;
  readonly type?: string;
  readonly where?: ConditionInput<AnyRow>;
  readonly edge?: string;
  readonly edgeWhere?: ConditionInput<AnyRow>;
  readonly path?: PathLength;
}

const namePattern = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** The pattern that is one node. @throws TypeError */
export function startSpec(
  name: string,
  { type, where }: { readonly type?: string; readonly where?: ConditionInput<AnyRow> },
): PatternSpec {
  assertName(name);
  return {
    start: name,
    nodesByName: { [name]: nodeOf(type, where) },
    steps: [],
    optional: [],
    injectivity: "edges",
  };
}

/** @throws TypeError for names, types or lengths that make no sense */
export function addStep(spec: PatternSpec, step: NewStep): PatternSpec {
  const { from, way, to, edge, edgeWhere, path } = step;
  assertName(to);
  if (edge !== undefined) assertName(edge);
  const names = namesOf(spec);
  if (edge !== undefined && (names.includes(edge) || edge === to)) refuse(`the name ${edge} is taken`);
  const node = Object.hasOwn(spec.nodesByName, to) ? spec.nodesByName[to] : undefined;
  if (node === undefined && names.includes(to)) refuse(`${to} names an edge`);
  const added: StepPattern = {
    from,
    to,
    way,
    types: [...new Set(typeof step.types === "string" ? [step.types] : step.types)],
    ...(edge === undefined ? {} : { edge }),
    conditions: conditionsOf(edgeWhere),
    ...(path === undefined ? {} : { path: pathOf(path) }),
  };
  return {
    ...spec,
    nodesByName: { ...spec.nodesByName, [to]: mergeNodes(to, node, nodeOf(step.type, step.where)) },
    steps: [...spec.steps, added],
  };
}

/** What `after` has more than `before` becomes one optional part of it. @throws TypeError when there is no step more */
export function markOptional(before: PatternSpec, after: PatternSpec): PatternSpec {
  const group = after.steps.slice(before.steps.length);
  const isBuiltOn = before.steps.every((step, i) => after.steps[i] === step);
  if (group.length === 0 || !isBuiltOn) refuse("the optional part must add steps to the pattern it is given");
  for (const [name, node] of Object.entries(before.nodesByName)) {
    if (after.nodesByName[name] !== node)
      refuse(`the optional part sets a condition on ${name}, which is outside of it`);
  }
  return { ...before, nodesByName: after.nodesByName, optional: [...after.optional, group] };
}

/** That the name of `NAME.FIELD` is one of the pattern. @throws TypeError */
export function assertNamed(spec: PatternSpec, reference: string): void {
  const { name } = splitReference(reference);
  if (!namesOf(spec).includes(name)) refuse(`nothing is named ${name}, to sort or group by ${reference}`);
}

function namesOf({ nodesByName, steps, optional }: PatternSpec): readonly string[] {
  const edges = [...steps, ...optional.flat()].flatMap(({ edge }) => (edge === undefined ? [] : [edge]));
  return [...Object.keys(nodesByName), ...edges];
}

function mergeNodes(name: string, node: NodePattern | undefined, added: NodePattern): NodePattern {
  if (node === undefined) return added;
  if (added.type === undefined && added.conditions.length === 0) return node;
  if (node.type !== undefined && added.type !== undefined && node.type !== added.type)
    refuse(`${name} is a ${node.type} already`);
  return { ...node, ...added, conditions: [...node.conditions, ...added.conditions] };
}

function nodeOf(type: string | undefined, where: ConditionInput<AnyRow> | undefined): NodePattern {
  return { ...(type === undefined ? {} : { type }), conditions: conditionsOf(where) };
}

function conditionsOf(input: ConditionInput<AnyRow> | undefined): readonly Condition[] {
  return input === undefined ? [] : conjunctsOf(normalCondition(conditionOf(input)));
}

function pathOf({ min = 1, max, cycles = "trail" }: PathLength): PathPattern {
  if (!Number.isSafeInteger(min) || min < 0) refuse(`a path of at least ${min} edges`);
  if (max !== undefined && (!Number.isSafeInteger(max) || max < min)) refuse(`a path of ${min} to ${max} edges`);
  if (!["trail", "simple", "walk"].includes(cycles)) refuse(`cycles is ${cycles}; say trail, simple or walk`);
  if (cycles === "walk" && max === undefined) refuse("a walk may be endless; give path.max");
  return { min, ...(max === undefined ? {} : { max }), cycles };
}

function assertName(name: string): void {
  if (typeof name !== "string" || !namePattern.test(name))
    refuse(`${JSON.stringify(name)} is no name for a node or edge`);
}

function refuse(why: string): never {
  throw new TypeError(`Cannot match: ${why}`);
}
