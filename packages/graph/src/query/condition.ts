/**
 * Conditions as data, of queries and patterns alike: what a builder collects and a text front end parses. Each is simply true
 * or false of an entity, absence included, so `not` is the exact opposite.
 */
import type { Entity } from "../entity.ts";
import { copyStorable } from "../storable.ts";
import { assertPredicate, canonicalField, matches, type Predicate, propertyName } from "./predicate.ts";

export type Condition =
  | Predicate
  /** Every one is met; also when there are none. */
  | { readonly all: readonly Condition[] }
  /** At least one is met; never when there are none. */
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

/** Gives the declared order of a field, if it is an enum. */
export type OrderOf = (field: string) => readonly string[] | undefined;

const never: Predicate = { field: "id", op: "in", value: [] };
/** Deeper conditions are refused: they are walked by recursion. */
const conditionDepthMax = 64;

/**
 * A condition checked, copied, and in a simpler form that means the same: flat, `not` moved inwards where an operator has an
 * opposite, alternatives for one field as one list.
 * @throws TypeError for what is no condition; GraphError INVALID_VALUE, LIMIT_EXCEEDED
 */
export function normalCondition(condition: Condition): Condition {
  return simplify(checkedCopy(condition, conditionDepthMax), false);
}

/** The conditions that must all be met. */
export function conjunctsOf(condition: Condition): readonly Condition[] {
  return "all" in condition ? condition.all : [condition];
}

export function isPredicate(condition: Condition): condition is Predicate {
  return "field" in condition;
}

/** The fields that a condition names, as it names them. */
export function fieldsOf(condition: Condition): readonly string[] {
  if ("all" in condition) return condition.all.flatMap(fieldsOf);
  if ("any" in condition) return condition.any.flatMap(fieldsOf);
  return "not" in condition ? fieldsOf(condition.not) : [condition.field];
}

/** A function that tells whether an entity meets a condition. */
export function compileCondition(condition: Condition, orderOf: OrderOf): (entity: Entity) => boolean {
  if ("all" in condition) {
    const parts = condition.all.map((each) => compileCondition(each, orderOf));
    return (entity) => parts.every((meets) => meets(entity));
  }
  if ("any" in condition) {
    const parts = condition.any.map((each) => compileCondition(each, orderOf));
    return (entity) => parts.some((meets) => meets(entity));
  }
  if ("not" in condition) {
    const meets = compileCondition(condition.not, orderOf);
    return (entity) => !meets(entity);
  }
  const order = orderOf(propertyName(condition.field));
  return (entity) => matches(entity, condition, order);
}

function checkedCopy(condition: Condition, depthMax: number): Condition {
  if (typeof condition !== "object" || condition === null) refuse(condition, "it is no object");
  if (depthMax === 0) refuse(condition, `it is nested deeper than ${conditionDepthMax}`);
  if (isPredicate(condition)) {
    const { field, op } = condition;
    // A condition built without a value means the one that `isNull` has by default.
    const { value = op === "isNull" ? true : undefined } = condition as Partial<Predicate>;
    const predicate = { field, op, value: value === undefined ? value : copyStorable(value).value } as Predicate;
    assertPredicate(predicate);
    return predicate;
  }
  if ("not" in condition) return { not: checkedCopy(condition.not, depthMax - 1) };
  const parts: readonly Condition[] | undefined = "all" in condition ? condition.all : condition.any;
  if (!Array.isArray(parts)) refuse(condition, "give field, op and value, or all, any or not");
  const copies = (parts as readonly Condition[]).map((each) => checkedCopy(each, depthMax - 1));
  return "all" in condition ? { all: copies } : { any: copies };
}

function refuse(condition: unknown, why: string): never {
  throw new TypeError(`Cannot query where ${JSON.stringify(condition)?.slice(0, 100)}: ${why}`);
}

function simplify(condition: Condition, negated: boolean): Condition {
  if ("not" in condition) return simplify(condition.not, !negated);
  if (isPredicate(condition)) return negated ? opposite(condition) : condition;
  const isAll = "all" in condition;
  const parts = (isAll ? condition.all : condition.any).map((each) => simplify(each, negated));
  return isAll === negated ? anyOf(parts) : allOf(parts);
}

function allOf(parts: readonly Condition[]): Condition {
  const flat = parts.flatMap((part) => ("all" in part ? part.all : [part]));
  const [only, ...others] = flat;
  return only !== undefined && others.length === 0 ? only : { all: flat };
}

function anyOf(parts: readonly Condition[]): Condition {
  const flat = parts.flatMap((part) => ("any" in part ? part.any : [part]));
  if (flat.some((part) => "all" in part && part.all.length === 0)) return { all: [] };
  const [first, ...others] = mergePoints(flat);
  if (first === undefined) return never;
  return others.length === 0 ? first : { any: [first, ...others] };
}

/** Alternatives that name values of one field become one list. */
function mergePoints(parts: readonly Condition[]): readonly Condition[] {
  const merged: Condition[] = [];
  const placeByField = new Map<string, number>();
  for (const part of parts) {
    const list = isPredicate(part) ? asList(part) : undefined;
    if (list === undefined) {
      merged.push(part);
      continue;
    }
    const field = canonicalField(list.field);
    const place = placeByField.get(field);
    if (place === undefined) {
      placeByField.set(field, merged.push(part) - 1);
      continue;
    }
    const before = asList(merged[place] as Predicate)?.value ?? [];
    merged[place] = { field: list.field, op: "in", value: [...before, ...list.value] };
  }
  return merged;
}

function asList({
  field,
  op,
  value,
}: Predicate): { readonly field: string; readonly value: readonly Predicate["value"][] } | undefined {
  if (op === "=") return { field, value: [value] };
  if (op === "in") return { field, value: value as readonly Predicate["value"][] };
  return op === "isNull" && value === true ? { field, value: [null] } : undefined;
}

function opposite(predicate: Predicate): Condition {
  const { field, op, value } = predicate;
  if (op === "=") return { field, op: "!=", value };
  if (op === "!=") return { field, op: "=", value };
  if (op === "isNull") return { field, op, value: value === false };
  // The opposite of `<` is not `>=`: neither holds of what cannot be compared.
  return { not: predicate };
}
