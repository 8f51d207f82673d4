/**
 * Chooses how a query is answered: which index, which intervals of it, in which direction, and whether its rows then come
 * in the order asked for.
 *
 * Invariants:
 * - The intervals hold every entity that meets the conditions; they may hold others, the conditions are checked again.
 * - `ordered` is claimed only when the index orders the rows exactly as `RowOrder` does, ties included.
 */
import { type ByteString, encodeKeyPart, keyPrefixEnd } from "@knotwork/indexer";
import type { IndexDefinition, IndexInterval } from "../engine.ts";
import type { Reader } from "../reader.ts";
import { isEmptyInterval, keyAfter } from "../reader.ts";
import { canonicalField, type Predicate } from "./predicate.ts";
import { pointsOf, rangeOf } from "./part-bounds.ts";
import { type Cursor, type OrderTerm, orderOf, type QuerySpec, tieDirection, withCondition } from "./query-spec.ts";

export interface Plan {
  /** Several, joined by " or ", when alternatives have an index each. */
  readonly index: string;
  /** `seek`: conditions choose the intervals; `scan`: all of the type is read. */
  readonly access: "seek" | "scan";
  /** In scan order. */
  readonly intervals: readonly IndexInterval[];
  readonly reverse: boolean;
  /** The rows come in the query's order; otherwise they must be sorted. */
  readonly ordered: boolean;
  /** The parts of a declared index: an entity with an array in one comes once for each element. */
  readonly fields: readonly string[];
  /** Any entity may be met several times. */
  readonly repeats: boolean;
}

/** An index as the planner sees it: the fixed start of its keys, then these parts, then (unless it is a part) the id. */
interface IndexShape {
  readonly index: string;
  readonly prefix: ByteString;
  readonly parts: readonly ShapePart[];
  /** Parts that `prefix` already binds. */
  readonly bound: number;
  readonly declared: boolean;
}

interface ShapePart {
  /** Canonical. */
  readonly field: string;
  readonly order?: readonly string[];
}

interface ScoredPlan extends Plan {
  readonly score: number;
}

/** More alternatives than these are not looked up one by one. */
const alternativesMax = 32;

/** More points than these are not looked up one by one. */
const pointsMax = 100;

export function planQuery(spec: QuerySpec, reader: Reader): Plan {
  const single = planSingle(spec, reader);
  const endsEarly = single.ordered && spec.limit !== undefined && orderOf(spec).length > 0;
  if (single.access === "seek" || endsEarly) return single;
  return planAlternatives(spec, reader) ?? single;
}

function planSingle(spec: QuerySpec, reader: Reader): Plan {
  const predicates = (spec.predicates ?? []).map((each) => ({ ...each, field: canonicalField(each.field) }));
  const order = effectiveOrder(spec, predicates);
  const plans = shapesOf(spec.type, predicates, reader).map((shape) => planShape(shape, { predicates, order, spec }));
  return plans.reduce((best, plan) => (plan.score > best.score ? plan : best));
}

/** The plans of the alternatives of one condition together, if an index helps each of them. */
function planAlternatives(spec: QuerySpec, reader: Reader): Plan | undefined {
  const { type, predicates = [], conditions = [] } = spec;
  for (const condition of conditions) {
    if (!("any" in condition) || condition.any.length > alternativesMax) continue;
    // The other conditions narrow nothing here: trying their alternatives within these would multiply the work.
    const plans = condition.any.map((alternative) =>
      planQuery(withCondition({ type, predicates }, alternative), reader),
    );
    if (plans.some(({ access }) => access === "scan")) continue;
    return {
      index: [...new Set(plans.map(({ index }) => index))].join(" or "),
      access: "seek",
      intervals: plans.flatMap(({ intervals }) => intervals),
      reverse: false,
      ordered: false,
      fields: [],
      repeats: true,
    };
  }
  return undefined;
}

function shapesOf(type: string, predicates: readonly Predicate[], reader: Reader): readonly IndexShape[] {
  const typeKey = encodeKeyPart(type);
  const shapes: IndexShape[] = [
    { index: "type", prefix: typeKey, parts: [{ field: "id" }], bound: 0, declared: false },
  ];
  for (const [index, near, far] of [
    ["out", "from", "to"],
    ["in", "to", "from"],
  ] as const) {
    const end = predicates.find(({ field, op }) => field === near && op === "=")?.value;
    if (typeof end !== "string") continue;
    shapes.push({ index, prefix: encodeKeyPart(end) + typeKey, parts: [{ field: far }], bound: 1, declared: false });
  }
  for (const definition of reader.types.indexesOf(type)) {
    if (reader.hasIndex(definition.name)) shapes.push(declaredShape(definition));
  }
  return shapes;
}

function declaredShape({ name, parts }: IndexDefinition): IndexShape {
  return {
    index: name,
    prefix: "",
    parts: parts.map((part) => ({ ...part, field: `props.${part.field}` })),
    bound: 0,
    declared: true,
  };
}

interface PlanRequest {
  readonly predicates: readonly Predicate[];
  readonly order: EffectiveOrder;
  readonly spec: QuerySpec;
}

function planShape(shape: IndexShape, { predicates, order, spec }: PlanRequest): ScoredPlan {
  const { prefixes, points, containsUsed } = bindPoints(shape, predicates);
  const open = shape.parts[points.length];
  const range = open === undefined ? undefined : rangeOf(open, predicates);
  const contains = predicates.some(({ op }) => op === "contains");
  const ordered = order.uniform && (!contains || containsUsed) && followsOrder(shape, points, order.terms);
  const { reverse } = order;
  const all = prefixes.map((prefix): IndexInterval => ({ index: shape.index, ...(range?.(prefix) ?? whole(prefix)) }));
  if (reverse) all.reverse();
  const seek = ordered && spec.after !== undefined ? seekKey(shape, points, { after: spec.after, spec }) : undefined;
  const intervals = all
    .map((interval) => clip(interval, seek, reverse))
    .filter((interval) => !isEmptyInterval(interval));
  return {
    index: shape.index,
    access: points.length + shape.bound > 0 || range !== undefined ? "seek" : "scan",
    intervals,
    reverse,
    ordered,
    fields: shape.declared ? shape.parts.map(({ field }) => field) : [],
    repeats: false,
    score:
      4 * (points.length + shape.bound) + (range === undefined ? 0 : 2) + (ordered && order.terms.length > 0 ? 3 : 0),
  };
}

/** The values that conditions allow for one part, encoded. */
interface BoundPart {
  readonly field: string;
  readonly keys: readonly ByteString[];
  readonly contains: boolean;
}

function bindPoints(
  shape: IndexShape,
  predicates: readonly Predicate[],
): { readonly prefixes: readonly ByteString[]; readonly points: readonly BoundPart[]; readonly containsUsed: boolean } {
  let prefixes: readonly ByteString[] = [shape.prefix];
  const points: BoundPart[] = [];
  let containsUsed = false;
  for (const part of shape.parts) {
    const found = pointsOf(part, predicates, { contains: !containsUsed });
    if (found === undefined || found.keys.length * prefixes.length > pointsMax) break;
    containsUsed ||= found.contains;
    points.push({ field: part.field, ...found });
    prefixes = prefixes.flatMap((prefix) => found.keys.map((key) => prefix + key));
  }
  return { prefixes, points, containsUsed };
}

/** Whether the keys of the intervals, one after the other, are in the order of the terms, and of the id after them. */
function followsOrder(shape: IndexShape, points: readonly BoundPart[], terms: readonly OrderTerm[]): boolean {
  let next = 0;
  for (const [i, { field }] of shape.parts.entries()) {
    const point = points[i];
    // The elements an array was found by say nothing of what its entity is sorted by.
    if (point?.contains === true && terms.some((term) => term.field === field)) return false;
    const matched = terms[next]?.field === field;
    if (matched) next++;
    const isTie = field === "id" && terms[next] === undefined;
    if (!matched && !isTie && (point === undefined || point.keys.length > 1)) return false;
  }
  return next === terms.length || terms[next]?.field === "id";
}

interface EffectiveOrder {
  /** Without terms that are the same for all rows, and without what follows the id. Fields are canonical. */
  readonly terms: readonly OrderTerm[];
  readonly reverse: boolean;
  /** All terms, and the id after them, go in one direction. */
  readonly uniform: boolean;
}

function effectiveOrder(spec: QuerySpec, predicates: readonly Predicate[]): EffectiveOrder {
  const constant = new Set(predicates.filter(isConstant).map(({ field }) => field));
  const given = orderOf(spec);
  const terms: OrderTerm[] = [];
  for (const term of given) {
    const field = canonicalField(term.field);
    if (constant.has(field)) continue;
    terms.push({ field, direction: term.direction });
    if (field === "id") break;
  }
  const directions = new Set(terms.map(({ direction }) => direction));
  if (terms.at(-1)?.field !== "id") directions.add(tieDirection(given));
  return { terms, reverse: directions.has("desc"), uniform: directions.size === 1 };
}

function isConstant({ op, value }: Predicate): boolean {
  return (op === "=" && (value === null || typeof value !== "object")) || (op === "isNull" && value === true);
}

/** The key of the row a cursor points at, in an index that gives the query's order. */
function seekKey(
  shape: IndexShape,
  points: readonly BoundPart[],
  { after, spec }: { readonly after: Cursor; readonly spec: QuerySpec },
): ByteString {
  const order = orderOf(spec);
  let key = shape.prefix;
  for (const [i, { field }] of shape.parts.entries()) {
    const term = order.findIndex((each) => canonicalField(each.field) === field);
    const [only, ...others] = points[i]?.keys ?? [];
    if (only !== undefined && others.length === 0) key += only;
    else key += encodeKeyPart(field === "id" ? after.id : after.sortValues[term]);
  }
  return shape.parts.some(({ field }) => field === "id") ? key : key + encodeKeyPart(after.id);
}

function clip(interval: IndexInterval, seek: ByteString | undefined, reverse: boolean): IndexInterval {
  if (seek === undefined) return interval;
  const { lower, upper } = interval;
  if (reverse) return upper === undefined || seek < upper ? { ...interval, upper: seek } : interval;
  return seek >= lower ? { ...interval, lower: keyAfter(seek) } : interval;
}

function whole(prefix: ByteString): { readonly lower: ByteString; readonly upper: ByteString | undefined } {
  return { lower: prefix, upper: keyPrefixEnd(prefix) };
}
