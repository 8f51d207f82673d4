/**
 * What an entity looks like in the indexes: pure functions from a version to its index keys. Engines write these keys,
 * queries read them; both must agree to the byte, and old stores keep them, so a change here is a change of format.
 *
 * Invariants:
 * - A key is the encoded parts followed by the encoded id, so keys are unique and the id can be read back.
 * - A live entity has at least one key in every index over its type (but one of words, when it has none): a missing or
 *   unindexable value counts as null.
 * - Keys order values as queries do (`indexedScalar` is the one place that says how); they may order more coarsely than
 *   the values are (long strings), never differently. Whoever reads an index checks the predicate on the entity again.
 */
import { hash } from "node:crypto";
import { crc32 } from "node:zlib";
import { encodeKeyPart, type ByteString } from "@knotwork/indexer";
import type { IndexDefinition, IndexKind, IndexPart } from "./engine.ts";
import { fieldValue } from "./field-value.ts";
import { GraphError } from "./graph-error.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { weightedWords } from "./words.ts";

export { fieldValue, isJsonObject } from "./field-value.ts";

/** The fields of a version that indexes look at. A deleted version has no keys. */
export interface IndexedVersion {
  readonly id: string;
  readonly type: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly props: JsonObject;
  /** What indexes of words look at, when `props` does not hold it whole. */
  readonly texts?: JsonObject;
  readonly deleted?: boolean;
}

export interface IndexKey {
  readonly index: string;
  readonly key: ByteString;
}

export type JsonScalar = string | number | boolean | null;

/** Strings are told apart in indexes, and sorted by queries, by their first so many UTF-16 units. */
export const indexedTextUnitsMax = 256;

/** The first byte of an encoded string, and the bytes after it. */
const stringTag = "\x40";
const stringEnd = "\0\0";

/** Every key a version has: in `type`, for an edge in `out` and `in`, and in the declared indexes of its type. */
export function indexKeysOf(version: IndexedVersion, definitions: readonly IndexDefinition[]): IndexKey[] {
  return [...builtInKeysOf(version), ...declaredKeysOf(version, definitions)];
}

/** The keys of a version in `type`, and for an edge in `out` and `in`. */
export function builtInKeysOf(version: IndexedVersion): IndexKey[] {
  if (version.deleted === true) return [];
  const id = encodeKeyPart(version.id);
  const type = encodeKeyPart(version.type);
  const keys: IndexKey[] = [{ index: "type", key: type + id }];
  if (version.from === undefined || version.to === undefined) return keys;
  const from = encodeKeyPart(version.from);
  const to = encodeKeyPart(version.to);
  keys.push({ index: "out", key: from + type + to + id }, { index: "in", key: to + type + from + id });
  return keys;
}

/** The keys of a version in the declared indexes of its type. */
export function declaredKeysOf(version: IndexedVersion, definitions: readonly IndexDefinition[]): IndexKey[] {
  const keys: IndexKey[] = [];
  if (version.deleted === true) return keys;
  for (const definition of definitions) {
    if (definition.type !== version.type) continue;
    const id = encodeKeyPart(version.id);
    for (const prefix of prefixesOf(version, definition)) keys.push({ index: definition.name, key: prefix + id });
  }
  return keys;
}

function prefixesOf(version: IndexedVersion, { kind, parts }: IndexDefinition): Iterable<ByteString> {
  const { id, props, texts = props } = version;
  if (kind === undefined) return declaredPrefixes(props, parts);
  return kind === "endings" ? [encodeKeyPart(endingOf(id))] : wordPrefixes(texts, parts);
}

function* wordPrefixes(props: JsonObject, parts: readonly IndexPart[]): Generator<ByteString> {
  for (const [word, weight] of weightedWords(props, parts)) yield wordPrefix(word, weight);
}

/** What the keys of a text index begin with for a word that counts so much. */
export function wordPrefix(word: string, weight: number): ByteString {
  return encodeKeyPart(word) + encodeKeyPart(String(weight));
}

const endingUnitsMax = 12;

/** The last characters of an id, the last one first, in upper case: what ids that end alike begin with in an index of endings. */
export function endingOf(id: string): string {
  return Array.from(id.slice(-endingUnitsMax).toUpperCase()).reverse().join("");
}

/** The entity a key belongs to: its last part. Found by its tag, which no id contains; the two bytes after it end the part. */
export function idOfKey(key: ByteString): string {
  return key.slice(key.lastIndexOf(stringTag) + 1, -2);
}

/** The other end of an edge, from its key in `out` or `in`: the third part. Ids and type names hold no zero byte. */
export function otherEndOfKey(key: ByteString): string {
  const start = key.indexOf(stringEnd, key.indexOf(stringEnd) + stringEnd.length) + stringEnd.length + stringTag.length;
  return key.slice(start, key.indexOf(stringEnd, start));
}

/** The first part of a key, a text: the node whose edge it is in `out` and `in`, the type in `type`. */
export function startOfKey(key: ByteString): string {
  return key.slice(stringTag.length, key.indexOf(stringEnd));
}

/** The type of an edge, from its key in `out` or `in`: the second part. */
export function typeOfEdgeKey(key: ByteString): string {
  const start = key.indexOf(stringEnd) + stringEnd.length + stringTag.length;
  return key.slice(start, key.indexOf(stringEnd, start));
}

/**
 * `task/status,priority`, and a short hash of the declared orders when there are any: another order is another index.
 * `task/~text~…` and `task/~endings` for those of words and of ends of ids: no field begins so.
 */
export function indexName(type: string, parts: readonly IndexPart[], kind?: IndexKind): string {
  if (kind === "endings") return `${type}/~endings`;
  if (kind === "text") return `${type}/~text~${shortHash(JSON.stringify(parts))}`;
  const name = `${type}/${parts.map((part) => part.field).join(",")}`;
  if (parts.every((part) => part.order === undefined)) return name;
  return `${name}~${shortHash(JSON.stringify(parts.map((part) => part.order ?? null)))}`;
}

/** Names are made at every start: a CRC-32 needs nothing that takes long to load. */
function shortHash(text: string): string {
  return crc32(text).toString(16).padStart(8, "0");
}

/** The fields of a type whose values some declared index is ordered by: what the heads of records tell of a version. */
export function declaredFields(definitions: readonly IndexDefinition[], type: string): ReadonlySet<string> {
  const fields = new Set<string>();
  for (const definition of definitions) {
    if (definition.type !== type || definition.kind !== undefined) continue;
    for (const part of definition.parts) fields.add(part.field);
  }
  return fields;
}

/** The fields of a type whose words some declared index holds. */
export function textFields(definitions: readonly IndexDefinition[], type: string): ReadonlySet<string> {
  const texts = definitions.filter((definition) => definition.type === type && definition.kind === "text");
  return new Set(texts.flatMap(({ parts }) => parts.map(({ field }) => field)));
}

/** These fields as they are; those that are not there are left out. */
export function pickFields(props: JsonObject, fields: Iterable<string>): JsonObject {
  const picked: Record<string, JsonValue> = {};
  for (const field of fields) {
    const value = fieldValue(props, field);
    if (value !== undefined) picked[field] = value;
  }
  return picked;
}

/**
 * What indexes and sorting see of a scalar: the rank of a known enum value (unknown ones become text, which sorts after
 * every rank), the start of a long string, null for absence and for what is no scalar.
 */
export function indexedScalar(value: JsonValue | undefined, order: readonly string[] | undefined): JsonScalar {
  if (value === undefined || value === null || typeof value === "object") return null;
  if (order !== undefined) {
    const rank = typeof value === "string" ? order.indexOf(value) : -1;
    return rank >= 0 ? rank : shorten(String(value));
  }
  return typeof value === "string" ? shorten(value) : value;
}

/** The distinct scalars of an array, as indexes see them; [null] when it has none. */
export function indexedElements(array: readonly JsonValue[], order: readonly string[] | undefined): JsonScalar[] {
  const elements = new Set<JsonScalar>();
  for (const element of array) {
    if (element !== null && typeof element !== "object") elements.add(indexedScalar(element, order));
  }
  return elements.size === 0 ? [null] : [...elements];
}

/** The id of the edge (from, type, to): the same on every machine, so that an edge exists once. */
export function edgeId(from: string, type: string, to: string): string {
  return `E-${toBase32(hash("sha256", `${from}\0${type}\0${to}`, "buffer"), edgeIdDigits)}`;
}

const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

export function isId(value: unknown): value is string {
  return typeof value === "string" && idPattern.test(value);
}

/** @throws GraphError INVALID_ID */
export function assertId(value: unknown, name = "id"): asserts value is string {
  if (isId(value)) return;
  throw new GraphError("INVALID_ID", `Cannot use ${JSON.stringify(value)} as ${name}: it is not a valid id`, {
    hint: "An id is 1 to 128 letters, digits, dots, underscores or hyphens, the first a letter or digit.",
    context: { name },
  });
}

/** One prefix, or one per distinct element of the first part that holds an array; further arrays count as null. */
function declaredPrefixes(props: JsonObject, parts: readonly IndexPart[]): ByteString[] {
  let prefixes: ByteString[] = [""];
  let arraySeen = false;
  for (const part of parts) {
    const value = fieldValue(props, part.field);
    if (Array.isArray(value) && !arraySeen) {
      arraySeen = true;
      const elements = indexedElements(value as readonly JsonValue[], part.order).map(encodeKeyPart);
      prefixes = elements.flatMap((element) => prefixes.map((prefix) => prefix + element));
    } else {
      const encoded = encodeKeyPart(indexedScalar(value, part.order));
      prefixes = prefixes.map((prefix) => prefix + encoded);
    }
  }
  return prefixes;
}

function shorten(text: string): string {
  if (text.length <= indexedTextUnitsMax) return text;
  const last = text.charCodeAt(indexedTextUnitsMax - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? indexedTextUnitsMax - 1 : indexedTextUnitsMax);
}

const crockford = Buffer.from("0123456789ABCDEFGHJKMNPQRSTVWXYZ", "latin1");
const edgeIdDigits = 26;

/** The first bits of `bytes`, five a digit. */
function toBase32(bytes: Uint8Array, digits: number): string {
  // Bytes, not characters put together one by one: a text of 26 pieces is as many objects.
  const text = Buffer.allocUnsafe(digits);
  let bits = 0;
  let bitCount = 0;
  let at = 0;
  for (let index = 0; at < digits; index += 1) {
    bits = ((bits << 8) | (bytes[index] ?? 0)) & 0xfff;
    bitCount += 8;
    for (; bitCount >= 5 && at < digits; bitCount -= 5, at += 1)
      text[at] = crockford[(bits >> (bitCount - 5)) & 31] ?? 0;
  }
  return text.toString("latin1");
}
