/** Conditions of queries, and what it means that an entity meets one. The truth; indexes only narrow the search. */
import { isDeepStrictEqual } from "node:util";
import type { Entity } from "../entity.ts";
import { fieldValue } from "../index-keys.ts";
import type { JsonValue } from "../json.ts";
import { metaFields } from "../type-definition.ts";

/**
 * - `=` and `!=` compare JSON by value; null also stands for absence; `!=` is true exactly where `=` is not.
 * - `<`, `<=`, `>`, `>=` compare text by code point, numbers, booleans, and enum values by their declared order; what
 *   cannot be compared (another kind, null, nothing, an array) does not match.
 * - `in` is `=` with one of a list.
 * - `contains`: the field is an array with this element. For parts of a text use a filter.
 * - `startsWith`: the field is text that starts so.
 * - `isNull`: null or absent; with the value `false`, neither.
 */
export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "contains" | "startsWith" | "isNull";

export interface Predicate {
  readonly field: string;
  readonly op: Operator;
  readonly value: JsonValue;
}

/** Scalars with an order among their kind: enum values as their rank. */
export type Comparable = string | number | boolean;

const operators: ReadonlySet<string> = new Set([
  "=",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "in",
  "contains",
  "startsWith",
  "isNull",
]);

/** @throws TypeError for an unknown operator or a value that it cannot take */
export function assertPredicate({ field, op, value }: Predicate): void {
  const refuse = (why: string): never => {
    throw new TypeError(`Cannot query where ${field} ${op} ${JSON.stringify(value)}: ${why}`);
  };
  if (typeof field !== "string" || field === "") refuse("the field has no name");
  if (!operators.has(op)) refuse("there is no such operator");
  if (value === undefined) refuse("the value is undefined; use null or isNull");
  if (op === "in" && !Array.isArray(value)) refuse("the value must be a list");
  if (op === "startsWith" && typeof value !== "string") refuse("the value must be text");
  if (op === "isNull" && typeof value !== "boolean") refuse("the value must be true or false");
  if (isRangeOperator(op) && (value === null || typeof value === "object"))
    refuse("the value must be text, a number or a boolean");
}

export function isRangeOperator(op: Operator): op is "<" | "<=" | ">" | ">=" {
  return op === "<" || op === "<=" || op === ">" || op === ">=";
}

/** Whether a name means the entity itself; `props.NAME` always means the property. */
export function isMetaField(field: string): boolean {
  return metaFields.includes(field);
}

/** The name of the property meant by a field that is not one of the entity's own. */
export function propertyName(field: string): string {
  return field.startsWith("props.") ? field.slice("props.".length) : field;
}

/** One spelling for each field: `id`, `to` … or `props.NAME`. */
export function canonicalField(field: string): string {
  return isMetaField(field) ? field : `props.${propertyName(field)}`;
}

/** The value of a field of an entity, its own or one of its props. */
export function valueOf(entity: Entity, field: string): JsonValue | undefined {
  if (!isMetaField(field)) return fieldValue(entity.props, propertyName(field));
  return Object.hasOwn(entity, field) ? (entity as unknown as Record<string, JsonValue>)[field] : undefined;
}

/** Whether an entity meets a condition. `order`: the declared order of the field, if it is an enum. */
export function matches(
  entity: Entity,
  { field, op, value }: Predicate,
  order: readonly string[] | undefined,
): boolean {
  const actual = valueOf(entity, field) ?? null;
  switch (op) {
    case "=":
      return equal(actual, value);
    case "!=":
      return !equal(actual, value);
    case "in":
      return (value as readonly JsonValue[]).some((each) => equal(actual, each));
    case "contains":
      return Array.isArray(actual) && (actual as readonly JsonValue[]).some((element) => equal(element, value));
    case "startsWith":
      return typeof actual === "string" && actual.startsWith(value as string);
    case "isNull":
      return (actual === null) === value;
    case "<":
    case "<=":
    case ">":
    case ">=": {
      const sign = compare(comparable(actual, order), comparable(value, order));
      return sign !== undefined && inRange(op, sign);
    }
  }
}

/** A scalar by what it is compared: enum values by rank, other values of an enum field as text. */
export function comparable(value: JsonValue, order: readonly string[] | undefined): Comparable | undefined {
  if (value === null || typeof value === "object") return undefined;
  if (order === undefined) return value;
  const rank = typeof value === "string" ? order.indexOf(value) : -1;
  return rank >= 0 ? rank : String(value);
}

function compare(a: Comparable | undefined, b: Comparable | undefined): number | undefined {
  if (a === undefined || b === undefined || typeof a !== typeof b) return undefined;
  if (typeof a === "string") return compareText(a, b as string);
  return Number(a) - Number(b);
}

/** By code point, as indexes order text; `<` on strings goes by UTF-16 unit, which differs beyond U+D7FF. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  let i = 0;
  while (i < a.length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  const x = a.charCodeAt(i);
  const y = b.charCodeAt(i);
  if (Number.isNaN(x)) return -1;
  if (Number.isNaN(y)) return 1;
  // Surrogates stand for code points above every other unit.
  return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function inRange(op: "<" | "<=" | ">" | ">=", sign: number): boolean {
  switch (op) {
    case "<":
      return sign < 0;
    case "<=":
      return sign <= 0;
    case ">":
      return sign > 0;
    case ">=":
      return sign >= 0;
  }
}

function equal(a: JsonValue, b: JsonValue): boolean {
  return a === b || (typeof a === "object" && typeof b === "object" && isDeepStrictEqual(a, b));
}
