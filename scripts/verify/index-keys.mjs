// Which index keys an entity must have (docs/FORMAT.md, "Index keys"), written from the document, not from the engine.
// A key is a byte string: encoded parts one after the other, the encoded id last.
//
//     null 10 | false 20 | true 21 | number 30 + IEEE double, big-endian, order-preserving | string 40 + UTF-8 (00 as
//     00 FF) + 00 00

import { createHash } from "node:crypto";

const TEXT_UNITS_MAX = 256;
const WORD_UNITS_MAX = 64;
const WORDS_MAX = 1000;
const ENDING_LENGTH = 12;
const BASE_32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** @typedef {null | boolean | number | string} Scalar */
/** @typedef {{ readonly field: string, readonly order?: readonly string[], readonly weight?: number }} IndexPart */
/** @typedef {{ readonly name: string, readonly type: string, readonly parts: readonly IndexPart[], readonly kind?: "text" | "endings" }} IndexDefinition */
/** @typedef {Readonly<Record<string, unknown>>} Props */

/**
 * @typedef {object} Version
 * @property {string} id
 * @property {string} type
 * @property {string | undefined} from
 * @property {string | undefined} to
 * @property {Props} props
 * @property {boolean} deleted
 */

/**
 * @param {Version} version @param {readonly IndexDefinition[]} definitions
 * @returns {readonly { readonly index: string, readonly key: string }[]}
 */
export function expectedKeys(version, definitions) {
  if (version.deleted) return [];
  const { id, type, from, to } = version;
  const keys = [{ index: "type", key: encodeParts([type, id]) }];
  if (from !== undefined && to !== undefined) {
    keys.push({ index: "out", key: encodeParts([from, type, to, id]) });
    keys.push({ index: "in", key: encodeParts([to, type, from, id]) });
  }
  for (const definition of definitions) {
    if (definition.type !== type) continue;
    for (const values of tuplesOf(version, definition)) {
      keys.push({ index: definition.name, key: encodeParts([...values, id]) });
    }
  }
  return keys;
}

/** @param {Version} version @param {IndexDefinition} definition @returns {readonly (readonly Scalar[])[]} */
function tuplesOf({ id, props }, { parts, kind }) {
  if (kind === "endings") return [[id.slice(-ENDING_LENGTH).split("").reverse().join("").toUpperCase()]];
  return kind === "text" ? wordTuples(props, parts) : tuples(props, parts);
}

/**
 * The `fields` of a row: what the declared indexes of the type look at, as they see it.
 *
 * @param {string} type @param {Props} props @param {readonly IndexDefinition[]} definitions
 * @returns {Props}
 */
export function expectedFields(type, props, definitions) {
  /** @type {Record<string, unknown>} */
  const fields = {};
  const parts = definitions
    .filter((definition) => definition.type === type && definition.kind === undefined)
    .flatMap((definition) => definition.parts);
  for (const { field } of parts) {
    const value = fieldValue(props, field);
    const seen = Array.isArray(value) ? elements(value, undefined) : indexedScalar(value, undefined);
    if (seen !== null) fields[field] = seen;
  }
  return fields;
}

/** The id of an edge: the first 130 bits of SHA-256(from NUL type NUL to) in base 32. @param {string} from @param {string} type @param {string} to */
export function edgeId(from, type, to) {
  const bits = BigInt(`0x${createHash("sha256").update(`${from}\0${type}\0${to}`).digest("hex")}`) >> 126n;
  const digits = Array.from({ length: 26 }, (_, index) => BASE_32[Number((bits >> BigInt(5 * (25 - index))) & 31n)]);
  return `E-${digits.join("")}`;
}

/** @param {readonly Scalar[]} parts */
export function encodeParts(parts) {
  return parts.map(encodePart).join("");
}

/** @param {Scalar} value */
function encodePart(value) {
  if (value === null) return "\x10";
  if (typeof value === "boolean") return value ? "\x21" : "\x20";
  if (typeof value === "number") return `\x30${encodeNumber(value)}`;
  return `\x40${Buffer.from(value, "utf8").toString("latin1").replaceAll("\0", "\0\xff")}\0\0`;
}

/** Big-endian; positive numbers get their sign bit set, negative ones all bits inverted. @param {number} value */
function encodeNumber(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value === 0 ? 0 : value);
  const bits = bytes.readBigUInt64BE();
  const isNegative = bits >> 63n === 1n;
  bytes.writeBigUInt64BE(isNegative ? ~bits & 0xffff_ffff_ffff_ffffn : bits | (1n << 63n));
  return bytes.toString("latin1");
}

/**
 * The values of the parts: one tuple, or one for each distinct element of the first part that holds an array.
 *
 * @param {Props} props @param {readonly IndexPart[]} parts
 * @returns {readonly (readonly Scalar[])[]}
 */
function tuples(props, parts) {
  /** @type {readonly (readonly Scalar[])[]} */
  let found = [[]];
  let arraySeen = false;
  for (const part of parts) {
    const value = fieldValue(props, part.field);
    /** @type {readonly Scalar[]} */
    let choices;
    if (Array.isArray(value) && !arraySeen) {
      arraySeen = true;
      choices = elements(value, part.order);
    } else {
      choices = [indexedScalar(value, part.order)];
    }
    found = found.flatMap((tuple) => choices.map((choice) => [...tuple, choice]));
  }
  return found;
}

/** @param {readonly unknown[]} array @param {readonly string[] | undefined} order @returns {readonly Scalar[]} */
function elements(array, order) {
  const scalars = array.filter((element) => element !== null && typeof element !== "object");
  const distinct = new Set(scalars.map((element) => indexedScalar(element, order)));
  return distinct.size === 0 ? [null] : [...distinct];
}

/** A property of that name, else, for a dotted name, what is found by walking down. @param {Props} props @param {string} field */
function fieldValue(props, field) {
  if (Object.hasOwn(props, field)) return props[field];
  /** @type {unknown} */
  let value = field.includes(".") ? props : undefined;
  for (const name of field.split(".")) {
    if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
      return undefined;
    value = /** @type {Props} */ (value)[name];
  }
  return value;
}

/** @param {unknown} value @param {readonly string[] | undefined} order @returns {Scalar} */
function indexedScalar(value, order) {
  if (value === undefined || value === null || typeof value === "object") return null;
  const scalar = /** @type {Scalar} */ (value);
  if (order === undefined) return typeof scalar === "string" ? shorten(scalar) : scalar;
  const rank = typeof scalar === "string" ? order.indexOf(scalar) : -1;
  return rank >= 0 ? rank : shorten(String(scalar));
}

/**
 * Each different word of the texts of the fields, with the weight of the first field that has it.
 *
 * @param {Props} props @param {readonly IndexPart[]} parts
 * @returns {readonly (readonly Scalar[])[]}
 */
function wordTuples(props, parts) {
  /** @type {Map<string, string>} */
  const weights = new Map();
  for (const { field, weight = 1 } of parts) {
    for (const word of textsIn(fieldValue(props, field)).flatMap(wordsOf)) {
      if (!weights.has(word) && weights.size < WORDS_MAX) weights.set(word, String(weight));
    }
  }
  return [...weights];
}

/** @param {unknown} value @returns {readonly string[]} */
function textsIn(value) {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** @param {string} text @returns {readonly string[]} */
function wordsOf(text) {
  const words =
    text
      .normalize("NFKC")
      .toLowerCase()
      .normalize("NFKC")
      .match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return words.map((word) => shorten(word, WORD_UNITS_MAX));
}

/** The first so many UTF-16 units, a pair that would be cut in two left out. @param {string} text */
function shorten(text, unitsMax = TEXT_UNITS_MAX) {
  if (text.length <= unitsMax) return text;
  const cut = text.slice(0, unitsMax);
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}
