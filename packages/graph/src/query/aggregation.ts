/** Groups rows and sums them up. What a group gives does not depend on the order its rows came in, `collect` aside. */
import { encodeKeyPart } from "@knotwork/indexer";
import type { Entity } from "../entity.ts";
import { indexedScalar } from "../index-keys.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { type Condition, compileCondition, isPredicate, type OrderOf } from "./condition.ts";
import { ExactSum } from "./exact-sum.ts";
import type { OrderTerm } from "./query-spec.ts";

/**
 * - `count`: rows, or with a field those where it is neither null nor absent; `distinct`: its different values.
 * - `sum`, `avg`: of the numbers in the field, anything else left aside; rounded once, at the end. Of none: 0 and null.
 * - `min`, `max`: of the scalars in the field, in the order of `orderBy`; null and absence left aside. Of none: null.
 * - `collect`: the values, null and absence left aside, in the order of the rows; `distinct`: each once.
 */
export interface Aggregate {
  readonly op: "count" | "sum" | "avg" | "min" | "max" | "collect";
  readonly field?: string;
  readonly distinct?: boolean;
}

/** A grouping as data. Columns of its rows: the fields grouped by, and the aggregates by name. */
export interface GroupSpec {
  /** Without fields there is one group, also of no rows. */
  readonly by: readonly string[];
  readonly aggregates: Readonly<Record<string, Aggregate>>;
  /** Conditions on columns, all to be met. */
  readonly having?: readonly Condition[];
  /** By columns; then by the fields grouped by, ascending. */
  readonly order?: readonly OrderTerm[];
  readonly limit?: number;
  readonly offset?: number;
}

export type ValueOf = (field: string) => JsonValue | undefined;

export class Aggregation {
  readonly #spec: GroupSpec;
  readonly #orderOf: OrderOf;
  readonly #groupsByKey = new Map<string, Group>();

  /** `orderOf`: the declared order of a field of the rows. */
  constructor(spec: GroupSpec, orderOf: OrderOf) {
    this.#spec = spec;
    this.#orderOf = orderOf;
    if (spec.by.length === 0) this.#groupOf([]);
  }

  add(valueOf: ValueOf): void {
    const { tallies } = this.#groupOf(this.#spec.by.map((field) => valueOf(field) ?? null));
    for (const tally of tallies) tally.add(valueOf);
  }

  /** The groups as rows, in order. */
  rows(): readonly JsonObject[] {
    const { by, aggregates, having = [], offset = 0, limit = Infinity } = this.#spec;
    const names = Object.keys(aggregates);
    const meets = having.map((each) => compileCondition(onColumns(each), (column) => this.#columnOrder(column)));
    const rows = [...this.#groupsByKey].map(([key, { values, tallies }]) => {
      const row: Record<string, JsonValue> = {};
      for (const [i, field] of by.entries()) row[field] = values[i] ?? null;
      for (const [i, name] of names.entries()) row[name] = tallies[i]?.result() ?? null;
      return { key, row: Object.freeze(row) };
    });
    return rows
      .filter(({ row }) => meets.every((met) => met({ props: row } as unknown as Entity)))
      .map((each) => ({ ...each, sortKeys: this.#sortKeys(each.row) }))
      .sort((a, b) => this.#compare(a, b))
      .slice(offset, offset + limit)
      .map(({ row }) => row);
  }

  #groupOf(values: readonly JsonValue[]): Group {
    const key = canonicalText(values);
    let group = this.#groupsByKey.get(key);
    if (group === undefined) {
      const tallies = Object.values(this.#spec.aggregates).map((aggregate) => new Tally(aggregate, this.#orderOf));
      this.#groupsByKey.set(key, (group = { values, tallies }));
    }
    return group;
  }

  #terms(): readonly OrderTerm[] {
    const { by, order = [] } = this.#spec;
    return [...order, ...by.map((field): OrderTerm => ({ field, direction: "asc" }))];
  }

  #sortKeys(row: JsonObject): readonly string[] {
    return this.#terms().map(({ field }) => encodeKeyPart(indexedScalar(row[field], this.#columnOrder(field))));
  }

  #compare(a: SortedGroup, b: SortedGroup): number {
    for (const [i, { direction }] of this.#terms().entries()) {
      const [x = "", y = ""] = [a.sortKeys[i], b.sortKeys[i]];
      if (x !== y) return x < y === (direction === "asc") ? -1 : 1;
    }
    return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
  }

  /** Of a column that has values of a field: the order of that field. */
  #columnOrder(column: string): readonly string[] | undefined {
    const { by, aggregates } = this.#spec;
    if (by.includes(column)) return this.#orderOf(column);
    const { op, field } = (Object.hasOwn(aggregates, column) ? aggregates[column] : undefined) ?? {};
    return (op === "min" || op === "max") && field !== undefined ? this.#orderOf(field) : undefined;
  }
}

interface Group {
  readonly values: readonly JsonValue[];
  readonly tallies: readonly Tally[];
}

interface SortedGroup {
  readonly key: string;
  readonly sortKeys: readonly string[];
}

/** One aggregate of one group. */
class Tally {
  readonly #aggregate: Aggregate;
  readonly #order: readonly string[] | undefined;
  readonly #sum = new ExactSum();
  readonly #seen = new Set<string>();
  readonly #values: JsonValue[] = [];
  #count = 0;
  #extreme: { readonly value: JsonValue; readonly key: string } | undefined;

  constructor(aggregate: Aggregate, orderOf: OrderOf) {
    this.#aggregate = aggregate;
    this.#order = aggregate.field === undefined ? undefined : orderOf(aggregate.field);
  }

  add(valueOf: ValueOf): void {
    const { op, field, distinct = false } = this.#aggregate;
    if (field === undefined) {
      this.#count++;
      return;
    }
    const value = valueOf(field) ?? null;
    if (value === null || (distinct && this.#seen.size === this.#seen.add(canonicalText(value)).size)) return;
    if (op === "sum" || op === "avg") {
      if (typeof value !== "number") return;
      this.#sum.add(value);
    } else if (op === "collect") {
      this.#values.push(value);
    } else if (op !== "count") {
      this.#compete(value);
    }
    this.#count++;
  }

  result(): JsonValue {
    switch (this.#aggregate.op) {
      case "count":
        return this.#count;
      case "sum":
        return this.#sum.value();
      case "avg":
        return this.#count === 0 ? null : this.#sum.value() / this.#count;
      case "min":
      case "max":
        return this.#extreme?.value ?? null;
      case "collect":
        return Object.freeze(this.#values) as JsonValue;
    }
  }

  #compete(value: JsonValue): void {
    if (typeof value === "object") return;
    // The text itself decides between those whose starts are the same.
    const key = encodeKeyPart(indexedScalar(value, this.#order)) + (typeof value === "string" ? value : "");
    const isLess = this.#extreme === undefined || key < this.#extreme.key === (this.#aggregate.op === "min");
    if (isLess && key !== this.#extreme?.key) this.#extreme = { value, key };
  }
}

/** Conditions on columns, whatever their names. */
function onColumns(condition: Condition): Condition {
  if (isPredicate(condition)) return { ...condition, field: `props.${condition.field}` };
  if ("not" in condition) return { not: onColumns(condition.not) };
  return "all" in condition ? { all: condition.all.map(onColumns) } : { any: condition.any.map(onColumns) };
}

/** The same text for values that are equal as JSON, whatever the order of their names. */
function canonicalText(value: JsonValue): string {
  return JSON.stringify(value, (_, each: JsonValue) => {
    if (typeof each !== "object" || each === null || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
