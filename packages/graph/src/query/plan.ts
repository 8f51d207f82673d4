/**
 * How a query is answered: which intervals of which index are read, and whether the rows come in the order asked for. The
 * conditions are looked at again on each row, so an interval may be too wide, never too narrow.
 */
import { encodeKeyPart, encodeTextPrefix, keyPrefixEnd } from "@knotwork/indexer";
import type { ByteString } from "@knotwork/indexer";
import type { IndexDefinition, IndexPart } from "../engine.ts";
import { indexedScalar } from "../index-keys.ts";
import type { JsonValue } from "../json.ts";
import type { Condition, Order } from "./condition.ts";

export interface PlanInput {
  readonly type: string;
  readonly conditions: readonly Condition[];
  readonly orders: readonly Order[];
  /** The declared indexes that can be read now. */
  readonly indexes: readonly IndexDefinition[];
}

export interface KeyInterval {
  readonly lower: ByteString;
  readonly upper: ByteString | undefined;
}

export interface Plan {
  readonly index: string;
  /** In the order in which they are to be read. */
  readonly intervals: readonly KeyInterval[];
  readonly reverse: boolean;
  /** The rows come in the order asked for. */
  readonly ordered: boolean;
}

export function planQuery(input: PlanInput): Plan {
  const candidates = input.indexes.filter((index) => index.type === input.type).map((index) => planWith(index, input));
  const [best] = candidates.filter((candidate) => candidate.score > 0).sort((a, b) => b.score - a.score);
  return best?.plan ?? scanOfType(input);
}

function scanOfType({ type, orders }: PlanInput): Plan {
  const prefix = encodeKeyPart(type);
  const [first] = orders;
  const ordered = orders.length === 0 || first?.field === "id";
  return {
    index: "type",
    intervals: [{ lower: prefix, upper: keyPrefixEnd(prefix) }],
    reverse: first?.field === "id" && first.direction === "desc",
    ordered,
  };
}

/** More bound columns first, then a range, then rows that come in order. */
const SCORE = { bound: 100, range: 40, ordered: 30 };

function planWith(index: IndexDefinition, input: PlanInput): { readonly plan: Plan; readonly score: number } {
  let prefixes: readonly ByteString[] = [""];
  let bound = 0;
  const fixed = new Set<string>();
  let listed: string | undefined;
  for (const part of index.parts) {
    const values = equalValues(part, input.conditions);
    if (values === undefined || (values.length > 1 && listed !== undefined)) break;
    if (values.length > 1) listed = part.field;
    else fixed.add(part.field);
    prefixes = prefixes.flatMap((prefix) => values.map((value) => prefix + value));
    bound += 1;
  }
  const next = index.parts[bound];
  const range = next === undefined ? undefined : rangeOf(next, input.conditions);
  const intervals = [...prefixes].sort((a, b) => (a < b ? -1 : 1)).map((prefix) => intervalOf(prefix, range));
  const { ordered, reverse } = orderOfRows(index, bound, fixed, listed, input.orders);
  const useful = bound > 0 || range !== undefined || (ordered && input.orders.length > 0);
  const score = useful
    ? bound * SCORE.bound + (range === undefined ? 0 : SCORE.range) + (ordered ? SCORE.ordered : 0)
    : 0;
  return {
    plan: { index: index.name, intervals: reverse ? [...intervals].reverse() : intervals, reverse, ordered },
    score,
  };
}

/** The encoded values that an equality or a list allows for a column, ascending; `undefined` when none binds it. */
function equalValues(part: IndexPart, conditions: readonly Condition[]): readonly ByteString[] | undefined {
  for (const { field, operator, value } of conditions) {
    if (field !== part.field) continue;
    if (operator === "=" && isScalar(value)) return [encode(value, part)];
    if (operator === "isNull" && value === true) return [encode(null, part)];
    if (operator === "in" && Array.isArray(value) && value.every(isScalar))
      return [...new Set(value.map((one) => encode(one as JsonValue, part)))].sort((a, b) => (a < b ? -1 : 1));
  }
  return undefined;
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== "object";
}

function encode(value: JsonValue, part: IndexPart): ByteString {
  return encodeKeyPart(indexedScalar(value, part.order));
}

/** Bounds of one column: inclusive lower, exclusive upper, both within the values of the bound's own kind. */
function rangeOf(part: IndexPart, conditions: readonly Condition[]): KeyInterval | undefined {
  let lower: ByteString | undefined;
  let upper: ByteString | undefined;
  for (const { field, operator, value } of conditions) {
    if (field !== part.field || value === null || typeof value === "object") continue;
    const key = encode(value, part);
    const kind = key.charAt(0);
    if (operator === "startsWith" && part.order === undefined && typeof value === "string") {
      const start = encodeTextPrefix(String(indexedScalar(value, undefined)));
      lower = larger(lower, start);
      upper = smaller(upper, keyPrefixEnd(start));
    } else if (operator === ">" || operator === ">=") {
      // Long texts share a key with others: the bound itself is always read, the condition decides.
      lower = larger(lower, key);
      upper = smaller(upper, keyPrefixEnd(kind));
    } else if (operator === "<" || operator === "<=") {
      lower = larger(lower, kind);
      upper = smaller(upper, keyPrefixEnd(key));
    }
  }
  return lower === undefined ? undefined : { lower, upper };
}

function larger(a: ByteString | undefined, b: ByteString): ByteString {
  return a === undefined || b > a ? b : a;
}

function smaller(a: ByteString | undefined, b: ByteString | undefined): ByteString | undefined {
  if (a === undefined) return b;
  return b === undefined || a < b ? a : b;
}

function intervalOf(prefix: ByteString, range: KeyInterval | undefined): KeyInterval {
  if (range === undefined) return { lower: prefix, upper: prefix === "" ? undefined : keyPrefixEnd(prefix) };
  const upper = range.upper === undefined ? keyPrefixEnd(prefix) : prefix + range.upper;
  return { lower: prefix + range.lower, upper };
}

/** Whether the index gives the rows in the order asked for: its columns, bound ones aside, are the order's fields. */
function orderOfRows(
  index: IndexDefinition,
  bound: number,
  fixed: ReadonlySet<string>,
  listed: string | undefined,
  orders: readonly Order[],
): { readonly ordered: boolean; readonly reverse: boolean } {
  const wanted = orders.filter(({ field }) => !fixed.has(field));
  const [first] = wanted;
  if (first === undefined)
    return { ordered: listed === undefined || orders.length === 0, reverse: orders.at(-1)?.direction === "desc" };
  const columns = index.parts
    .map((part) => part.field)
    .filter((field, position) => !(position < bound && fixed.has(field)));
  const isPrefix = wanted.every(
    ({ field, direction }, position) => columns[position] === field && direction === first.direction,
  );
  // Rows that agree in all fields come by the next column, then id; a place is shared by id only when nothing stands between.
  const endsWithId = wanted.length === columns.length;
  const sameDirection = orders.at(-1)?.direction === first.direction;
  return { ordered: isPrefix && endsWithId && sameDirection, reverse: first.direction === "desc" };
}
