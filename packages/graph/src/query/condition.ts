/**
 * What `where` says of an entity, and how values compare: as the indexes order them (index-keys.ts), so that an answer
 * never depends on which index was used.
 */
import { encodeKeyPart } from "@knotwork/indexer";
import type { ByteString } from "@knotwork/indexer";
import type { Entity } from "../entity.ts";
import { fieldValue, indexedElements, indexedScalar } from "../index-keys.ts";
import type { JsonScalar } from "../index-keys.ts";
import type { JsonValue } from "../json.ts";
import { metaFields } from "../type-definition.ts";

export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "contains" | "startsWith" | "isNull";

export interface Condition {
  readonly field: string;
  readonly operator: Operator;
  /** A list for `in`, true or false for `isNull`, else a scalar. */
  readonly value: JsonValue;
}

export interface Order {
  readonly field: string;
  readonly direction: "asc" | "desc";
}

/** The declared order of an enum field, if it has one. */
export type OrderOf = (field: string) => readonly string[] | undefined;

/** The value of a property, or of the entity itself (`id`, `version`, `createdAt` …) when the name is one of those. */
export function valueOf(entity: Entity, field: string): JsonValue | undefined {
  if (metaFields.includes(field)) return (entity as unknown as Readonly<Record<string, JsonValue | undefined>>)[field];
  return fieldValue(entity.props, field);
}

export function matches(entity: Entity, condition: Condition, orderOf: OrderOf): boolean {
  const value = valueOf(entity, condition.field);
  const order = orderOf(condition.field);
  switch (condition.operator) {
    case "=":
      return isSame(value, condition.value);
    case "!=":
      return !isSame(value, condition.value);
    case "in":
      return (condition.value as readonly JsonValue[]).some((one) => isSame(value, one));
    case "isNull":
      return (value === undefined || value === null) === condition.value;
    case "contains":
      return Array.isArray(value)
        ? value.some((one) => isSame(one as JsonValue, condition.value))
        : typeof value === "string" && typeof condition.value === "string" && value.includes(condition.value);
    case "startsWith":
      return typeof value === "string" && typeof condition.value === "string" && value.startsWith(condition.value);
    default:
      return compares(value, condition, order);
  }
}

/** Values of different kinds, absence included, are neither smaller nor larger than each other. */
function compares(
  value: JsonValue | undefined,
  { operator, value: bound }: Condition,
  order: readonly string[] | undefined,
): boolean {
  if (value === undefined || value === null || typeof value === "object") return false;
  const left = sortScalar(value, order);
  const right = sortScalar(bound, order);
  if (typeof left !== typeof right) return false;
  const [a, b] = [encodeKeyPart(left), encodeKeyPart(right)];
  if (operator === "<") return a < b;
  if (operator === "<=") return a <= b;
  return operator === ">" ? a > b : a >= b;
}

function sortScalar(value: JsonValue | undefined, order: readonly string[] | undefined): JsonScalar {
  // Only ranks are looked up; long strings are compared whole.
  return order === undefined && typeof value === "string" ? value : indexedScalar(value, order);
}

function isSame(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  const a = left ?? null;
  const b = right ?? null;
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return a === b;
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Where an entity stands in an order: one key a field. A list stands where its first element in that direction stands. */
export function sortKeys(entity: Entity, orders: readonly Order[], orderOf: OrderOf): readonly ByteString[] {
  return orders.map(({ field, direction }) => {
    const value = valueOf(entity, field);
    if (!Array.isArray(value)) return encodeKeyPart(indexedScalar(value, orderOf(field)));
    const keys = indexedElements(value as readonly JsonValue[], orderOf(field)).map((element) =>
      encodeKeyPart(element),
    );
    return keys.reduce((first, key) => ((direction === "asc" ? key < first : key > first) ? key : first));
  });
}

/** Compares two places in an order; entities at the same place stand by id. */
export function comparePlaces(a: Place, b: Place, orders: readonly Order[]): number {
  for (const [index, { direction }] of orders.entries()) {
    const [left = "", right = ""] = [a.keys[index], b.keys[index]];
    if (left !== right) return (left < right ? -1 : 1) * (direction === "asc" ? 1 : -1);
  }
  const sign = orders.at(-1)?.direction === "desc" ? -1 : 1;
  return a.entity.id === b.entity.id ? 0 : (a.entity.id < b.entity.id ? -1 : 1) * sign;
}

export interface Place {
  readonly entity: Entity;
  readonly keys: readonly ByteString[];
}
