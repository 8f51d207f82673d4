/** What the conditions of a query say about one part of an index: a few values, or a range. Never less than the truth. */
import { type ByteString, encodeKeyPart, encodeTextPrefix, keyPrefixEnd } from "@knotwork/indexer";
import { indexedScalar, indexedTextUnitsMax } from "../index-keys.ts";
import type { JsonValue } from "../json.ts";
import { comparable, isRangeOperator, type Predicate } from "./predicate.ts";

interface Part {
  readonly field: string;
  readonly order?: readonly string[];
}

interface Bounds {
  readonly lower: ByteString;
  readonly upper: ByteString | undefined;
}

/**
 * The encoded values, in order and each once, that entities meeting the conditions can have in this part.
 * `contains` conditions count only if the index has taken no array apart before this part.
 */
export function pointsOf(
  { field, order }: Part,
  predicates: readonly Predicate[],
  options: { readonly contains: boolean },
): { readonly keys: readonly ByteString[]; readonly contains: boolean } | undefined {
  let best: { readonly keys: readonly ByteString[]; readonly contains: boolean } | undefined;
  for (const predicate of predicates) {
    if (predicate.field !== field) continue;
    const values = valuesOf(predicate, options);
    if (values === undefined || (best !== undefined && best.keys.length <= values.length)) continue;
    const keys = new Set(values.map((value) => encodeKeyPart(indexedScalar(value, order))));
    best = { keys: [...keys].sort(), contains: predicate.op === "contains" };
  }
  return best;
}

/** The bounds below a prefix of the values that meet all range conditions; `undefined` when there are none. */
export function rangeOf(part: Part, predicates: readonly Predicate[]): ((prefix: ByteString) => Bounds) | undefined {
  const relevant = predicates.filter(
    ({ field, op }) =>
      field === part.field && (isRangeOperator(op) || (op === "startsWith" && part.order === undefined)),
  );
  if (relevant.length === 0) return undefined;
  return (prefix) =>
    relevant
      .map((predicate) => boundsOf(prefix, predicate, part.order))
      .reduce((a, b) => ({ lower: a.lower > b.lower ? a.lower : b.lower, upper: smaller(a.upper, b.upper) }));
}

function valuesOf(
  { op, value }: Predicate,
  { contains }: { readonly contains: boolean },
): readonly JsonValue[] | undefined {
  const isScalar = value === null || typeof value !== "object";
  if (op === "=" && isScalar) return [value];
  if (op === "isNull" && value === true) return [null];
  if (op === "contains" && contains && isScalar && value !== null) return [value];
  if (op !== "in") return undefined;
  const values = value as readonly JsonValue[];
  return values.every((each) => each === null || typeof each !== "object") ? values : undefined;
}

function boundsOf(prefix: ByteString, { op, value }: Predicate, order: readonly string[] | undefined): Bounds {
  if (op === "startsWith") {
    const start = prefix + encodeTextPrefix(indexedScalar(value, undefined) as string);
    return { lower: start, upper: keyPrefixEnd(start) };
  }
  const kind = boundsOfKind(prefix, comparable(value, order));
  const scalar = indexedScalar(value, order);
  const isCut = typeof scalar === "string" && typeof value === "string" && value.length >= indexedTextUnitsMax - 1;
  const key = prefix + (isCut ? encodeTextPrefix(commonStart(value)) : encodeKeyPart(scalar));
  const end = keyPrefixEnd(key);
  switch (op) {
    case "<":
      return { lower: kind.lower, upper: isCut ? end : key };
    case "<=":
      return { lower: kind.lower, upper: end };
    case ">":
      return { lower: isCut ? key : (end ?? key), upper: kind.upper };
    default:
      return { lower: key, upper: kind.upper };
  }
}

/**
 * Long texts stand in the index by their starts, so those that begin like this one may be on either side of it. This is the
 * start they have in common there: some are cut a unit earlier, in front of a pair.
 */
function commonStart(text: string): string {
  const end = indexedTextUnitsMax - 1;
  const last = text.charCodeAt(end - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? end - 1 : end);
}

/** All values that can be compared with this one. */
function boundsOfKind(prefix: ByteString, value: string | number | boolean | undefined): Bounds {
  switch (typeof value) {
    case "string": {
      const text = prefix + encodeTextPrefix("");
      return { lower: text, upper: keyPrefixEnd(text) };
    }
    case "number":
      return { lower: prefix + encodeKeyPart(-Infinity), upper: keyPrefixEnd(prefix + encodeKeyPart(Infinity)) };
    case "boolean":
      return { lower: prefix + encodeKeyPart(false), upper: keyPrefixEnd(prefix + encodeKeyPart(true)) };
    default:
      return { lower: prefix, upper: keyPrefixEnd(prefix) };
  }
}

function smaller(a: ByteString | undefined, b: ByteString | undefined): ByteString | undefined {
  if (a === undefined) return b;
  return b === undefined || a < b ? a : b;
}
