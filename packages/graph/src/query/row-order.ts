/** The order of the rows of a query, the same whether an index gives it or a sort does. */
import { type ByteString, encodeKeyPart } from "@knotwork/indexer";
import type { Entity } from "../entity.ts";
import { GraphError } from "../graph-error.ts";
import { indexedElements, indexedScalar, isId, type JsonScalar } from "../index-keys.ts";
import type { JsonValue } from "../json.ts";
import type { TypeRegistry } from "../type-registry.ts";
import { rankOf } from "../words.ts";
import { propertyName, valueOf } from "./predicate.ts";
import { type Cursor, orderOf, type OrderTerm, type QuerySpec, rankTerm, tieDirection } from "./query-spec.ts";

/** A row with what it is sorted by. */
export interface SortedRow {
  readonly entity: Entity;
  readonly sortKeys: readonly ByteString[];
}

export class RowOrder {
  readonly #terms: readonly OrderTerm[];
  readonly #orders: readonly (readonly string[] | undefined)[];
  readonly #rankOf: ((entity: Entity) => number) | undefined;
  readonly #tieSign: 1 | -1;
  /** With a `contains` condition the one array that indexes take apart is that one; others sort as null. */
  readonly #arraysCount: boolean;

  constructor(spec: QuerySpec, types: TypeRegistry) {
    const order = orderOf(spec);
    this.#terms = order;
    this.#orders = order.map(({ field }) => types.orderOf(spec.type, propertyName(field)));
    const { words } = spec;
    if (order[0] === rankTerm && words !== undefined) {
      const { parts } = types.textIndexOf(spec.type);
      this.#rankOf = ({ props }) => rankOf(props, parts, words) ?? 0;
    }
    this.#tieSign = tieDirection(order) === "asc" ? 1 : -1;
    this.#arraysCount = !(spec.predicates ?? []).some(({ op }) => op === "contains");
  }

  /** What an entity is sorted by: of an array its first element in the term's direction, as an index meets it. */
  sortValues(entity: Entity): readonly JsonScalar[] {
    if (this.#rankOf !== undefined) return [this.#rankOf(entity)];
    let arraysCount = this.#arraysCount;
    return this.#terms.map(({ field, direction }, i) => {
      const value = valueOf(entity, field);
      if (!Array.isArray(value)) return indexedScalar(value, this.#orders[i]);
      if (!arraysCount) return null;
      arraysCount = false;
      return extreme(indexedElements(value as readonly JsonValue[], this.#orders[i]), direction === "asc" ? 1 : -1);
    });
  }

  /** The place of an entity in the order. */
  cursorOf(entity: Entity): Cursor {
    return { sortValues: this.sortValues(entity), id: entity.id };
  }

  row(entity: Entity): SortedRow {
    return { entity, sortKeys: this.sortValues(entity).map(encodeKeyPart) };
  }

  compare(a: SortedRow, b: SortedRow): number {
    return this.#compareKeys(a.sortKeys, b.sortKeys) || this.#tieSign * compareStrings(a.entity.id, b.entity.id);
  }

  /** Whether a row comes after the place of a cursor. */
  isAfter(row: SortedRow, cursor: Cursor): boolean {
    const sign = this.#compareKeys(row.sortKeys, cursor.sortValues.map(encodeKeyPart));
    return (sign || this.#tieSign * compareStrings(row.entity.id, cursor.id)) > 0;
  }

  #compareKeys(a: readonly ByteString[], b: readonly ByteString[]): number {
    for (const [i, { direction }] of this.#terms.entries()) {
      const sign = compareStrings(a[i] ?? "", b[i] ?? "");
      if (sign !== 0) return direction === "asc" ? sign : -sign;
    }
    return 0;
  }
}

/** An opaque text for a cursor, bound to the order of its query. */
export function encodeCursor(cursor: Cursor, order: readonly OrderTerm[]): string {
  return Buffer.from(JSON.stringify([orderName(order), cursor.sortValues, cursor.id])).toString("base64url");
}

/** @throws GraphError INVALID_CURSOR for a text that is none, or one of a query with another order */
export function decodeCursor(text: string, order: readonly OrderTerm[]): Cursor {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, "base64url").toString());
  } catch (cause) {
    throw invalidCursor(cause);
  }
  if (!Array.isArray(parts)) throw invalidCursor();
  const [name, sortValues, id] = parts as readonly unknown[];
  if (name !== orderName(order) || !isId(id) || !Array.isArray(sortValues)) throw invalidCursor();
  const scalars = sortValues as readonly unknown[];
  if (scalars.length !== order.length || !scalars.every(isSortValue)) throw invalidCursor();
  return { sortValues: scalars as readonly JsonScalar[], id };
}

/** No text that no entity can have. */
function isSortValue(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  return value === null || typeof value !== "object";
}

function orderName(order: readonly OrderTerm[]): string {
  return order.map(({ field, direction }) => `${field} ${direction}`).join(",");
}

function invalidCursor(cause?: unknown): GraphError {
  return new GraphError("INVALID_CURSOR", "Cannot continue: the cursor does not belong to this query", {
    hint: "Use a cursor only with the query that gave it, with the same order.",
    ...(cause === undefined ? {} : { cause }),
  });
}

function extreme(values: readonly JsonScalar[], sign: 1 | -1): JsonScalar {
  return values.reduce((best, value) =>
    compareStrings(encodeKeyPart(value), encodeKeyPart(best)) * sign < 0 ? value : best,
  );
}

function compareStrings(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
