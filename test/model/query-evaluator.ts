/**
 * What a query means, written down without any of its code: no index, no plan, every row looked at. Works on plain states;
 * slow and obvious.
 */
import type { JsonObject, JsonValue } from "@knotwork/graph";

/** A node or edge as the model keeps it. */
export interface ModelEntity {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly from?: string;
  readonly to?: string;
  readonly props: JsonObject;
}

export type ModelCondition =
  | { readonly field: string; readonly op: string; readonly value: JsonValue }
  | { readonly all: readonly ModelCondition[] }
  | { readonly any: readonly ModelCondition[] }
  | { readonly not: ModelCondition };

export interface ModelOrder {
  readonly field: string;
  readonly direction: "asc" | "desc";
}

export interface ModelQuery {
  readonly type: string;
  readonly conditions: readonly ModelCondition[];
  readonly order: readonly ModelOrder[];
  readonly limit: number | undefined;
  readonly offset: number;
}

export interface ModelAggregate {
  readonly op: string;
  readonly field?: string;
  readonly distinct?: boolean;
}

export interface ModelGrouping {
  readonly by: readonly string[];
  readonly aggregates: Readonly<Record<string, ModelAggregate>>;
  readonly having: readonly ModelCondition[];
  readonly order: readonly ModelOrder[];
  readonly limit: number | undefined;
}

/** The enum of the model's types: field `p`, in this order. */
export const modelPriorities = ["high", "mid", "low"];

export function naiveRows(entities: readonly ModelEntity[], query: ModelQuery): readonly ModelEntity[] {
  const rows = entities.filter(
    (entity) => entity.type === query.type && query.conditions.every((each) => naiveMeets(entity, each)),
  );
  const tie = query.order.at(-1)?.direction === "desc" ? -1 : 1;
  rows.sort((a, b) => {
    for (const { field, direction } of query.order) {
      const sign = compareValues(valueOf(a, field), valueOf(b, field), field);
      if (sign !== 0) return direction === "asc" ? sign : -sign;
    }
    return tie * compareTexts(a.id, b.id);
  });
  return rows.slice(query.offset, query.limit === undefined ? undefined : query.offset + query.limit);
}

export function naiveMeets(entity: ModelEntity, condition: ModelCondition): boolean {
  if ("all" in condition) return condition.all.every((each) => naiveMeets(entity, each));
  if ("any" in condition) return condition.any.some((each) => naiveMeets(entity, each));
  if ("not" in condition) return !naiveMeets(entity, condition.not);
  const { field, op, value } = condition;
  const actual = valueOf(entity, field);
  const same = (other: JsonValue): boolean => text(actual) === text(other);
  if (op === "=") return same(value);
  if (op === "!=") return !same(value);
  if (op === "in") return (value as readonly JsonValue[]).some(same);
  if (op === "isNull") return (actual === null) === value;
  if (op === "startsWith") return typeof actual === "string" && actual.startsWith(value as string);
  if (op === "contains") return Array.isArray(actual) && actual.some((each) => text(each as JsonValue) === text(value));
  return inRange(actual, value, { op, field });
}

export function naiveGroups(
  rows: readonly ModelEntity[],
  { by, aggregates, having, order, limit }: ModelGrouping,
): readonly JsonObject[] {
  const members = new Map<string, ModelEntity[]>();
  if (by.length === 0) members.set("", []);
  for (const row of rows) {
    const key = by.length === 0 ? "" : text(by.map((field) => valueOf(row, field)));
    members.set(key, [...(members.get(key) ?? []), row]);
  }
  const groups = [...members.values()].map((group) => {
    const columns: Record<string, JsonValue> = {};
    for (const field of by) columns[field] = valueOf(group[0] as ModelEntity, field);
    for (const [name, aggregate] of Object.entries(aggregates)) columns[name] = summed(group, aggregate);
    return columns;
  });
  const terms = [...order, ...by.map((field) => ({ field, direction: "asc" as const }))];
  return groups
    .filter((columns) => having.every((each) => naiveMeets({ id: "", type: "", version: 1, props: columns }, each)))
    .sort((a, b) => {
      for (const { field, direction } of terms) {
        const enumField = field === "least" || field === "most" ? (aggregates[field]?.field ?? field) : field;
        const sign = compareValues(a[field] ?? null, b[field] ?? null, enumField);
        if (sign !== 0) return direction === "asc" ? sign : -sign;
      }
      return 0;
    })
    .slice(0, limit);
}

/** The value of a field, null for absence. */
export function valueOf(entity: ModelEntity, field: string): JsonValue {
  if (field === "id" || field === "type" || field === "version") return entity[field];
  if (field === "from" || field === "to") return entity[field] ?? null;
  let value: JsonValue | undefined = entity.props;
  for (const name of field.split(".")) value = (value as JsonObject | null | undefined)?.[name];
  return value ?? null;
}

/** In the order of rows: null, false, true, numbers, text by code point; an enum's values by rank, before other text. */
export function compareValues(a: JsonValue, b: JsonValue, field: string): number {
  const [x, y] = [orderable(a, field), orderable(b, field)];
  if (x.kind !== y.kind) return x.kind - y.kind;
  return typeof x.value === "number" ? x.value - (y.value as number) : compareTexts(x.value, y.value as string);
}

function orderable(value: JsonValue, field: string): { readonly kind: number; readonly value: number | string } {
  if (value === null || typeof value === "object") return { kind: 0, value: 0 };
  if (field.endsWith("p")) {
    const rank = modelPriorities.indexOf(value as string);
    return rank >= 0 ? { kind: 3, value: rank } : { kind: 4, value: String(value) };
  }
  if (typeof value === "boolean") return { kind: value ? 2 : 1, value: 0 };
  return typeof value === "number" ? { kind: 3, value } : { kind: 4, value };
}

function inRange(
  actual: JsonValue,
  value: JsonValue,
  { op, field }: { readonly op: string; readonly field: string },
): boolean {
  if (actual === null || typeof actual === "object") return false;
  const [x, y] = [orderable(actual, field), orderable(value, field)];
  const isSameKind = x.kind === y.kind || (x.kind <= 2 && y.kind <= 2);
  if (!isSameKind) return false;
  const sign = compareValues(actual, value, field);
  return op === "<" ? sign < 0 : op === "<=" ? sign <= 0 : op === ">" ? sign > 0 : sign >= 0;
}

function summed(group: readonly ModelEntity[], { op, field, distinct }: ModelAggregate): JsonValue {
  if (field === undefined) return group.length;
  let values = group.map((row) => valueOf(row, field)).filter((value) => value !== null);
  if (distinct === true)
    values = values.filter((value, i) => values.findIndex((each) => text(each) === text(value)) === i);
  const numbers = values.filter((value) => typeof value === "number");
  const total = numbers.reduce((sum, each) => sum + each, 0);
  if (op === "count") return values.length;
  if (op === "sum") return total;
  if (op === "avg") return numbers.length === 0 ? null : total / numbers.length;
  if (op === "collect") return values;
  const scalars = values.filter((value) => typeof value !== "object");
  const sorted = scalars.sort((a, b) => compareValues(a, b, field));
  return (op === "min" ? sorted[0] : sorted.at(-1)) ?? null;
}

function compareTexts(a: string, b: string): number {
  const [x, y] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const difference = (x[i]?.codePointAt(0) ?? 0) - (y[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}

function text(value: JsonValue): string {
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(text).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, each]) => `${name}:${text(each)}`).join(",")}}`;
}
