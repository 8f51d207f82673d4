/**
 * Order-preserving encoding of JSON scalars to byte strings. Parts concatenate: comparing two encoded tuples byte by byte
 * compares the tuples part by part, a tuple before every longer one that starts with it.
 *
 *   null, absent   10
 *   false, true    20, 21
 *   number         30, then the IEEE double big-endian: sign bit set when positive, all bits inverted when negative
 *   string         40, then UTF-8 with 00 written as 00 FF, then 00 00
 *
 * Order: null < false < true < numbers < strings; strings by code point. `-0` is 0.
 */
import { IndexerError } from "./indexer-error.ts";
import type { ByteString } from "./sorted-run.ts";

/** A JSON scalar; absence is stored as `null`. */
export type KeyPart = null | boolean | number | string;

const NULL = "\x10";
const FALSE = "\x20";
const TRUE = "\x21";
const NUMBER_TAG = 0x30;
const STRING_TAG = 0x40;
const STRING_START = "\x40";
const ESCAPE_OR_END = 0x00;
const ESCAPED_ZERO = 0xff;
const STRING_END = "\x00\x00";
const NUMBER_PART_BYTES = 9;
/** Where a number is taken apart: nothing in it outlives a call. */
const double = new DataView(new ArrayBuffer(8));

/**
 * One part of a key. `undefined` (absent) encodes as `null`.
 * @throws RangeError for NaN and for strings with lone surrogates: neither has a place in the order.
 */
export function encodeKeyPart(value: KeyPart | undefined): ByteString {
  switch (typeof value) {
    case "string":
      return STRING_START + encodeText(value) + STRING_END;
    case "number":
      return encodeNumber(value);
    case "boolean":
      return value ? TRUE : FALSE;
    default:
      return NULL;
  }
}

/**
 * What every encoded string that starts with `text` starts with: the range of a prefix search is
 * `[encodeTextPrefix(text), keyPrefixEnd(encodeTextPrefix(text)))`.
 * @throws RangeError for lone surrogates.
 */
export function encodeTextPrefix(text: string): ByteString {
  return STRING_START + encodeText(text);
}

/**
 * The parts encoded in `bytes` from `start` on.
 * @throws IndexerError `INDEX_KEY_INVALID` for anything that `encodeKeyPart` does not give.
 */
export function decodeKeyParts(bytes: ByteString, start = 0): readonly KeyPart[] {
  const parts: KeyPart[] = [];
  let at = start;
  while (at < bytes.length) {
    const tag = bytes.charCodeAt(at);
    if (tag === STRING_TAG) {
      const { text, end } = decodeText(bytes, at + 1);
      parts.push(text);
      at = end;
    } else if (tag === NUMBER_TAG) {
      parts.push(decodeNumber(bytes, at));
      at += NUMBER_PART_BYTES;
    } else {
      parts.push(decodeConstant(bytes, at));
      at += 1;
    }
  }
  return parts;
}

/** The smallest byte string greater than every string that starts with `prefix`; `undefined` if there is none. */
export function keyPrefixEnd(prefix: ByteString): ByteString | undefined {
  let last = prefix.length - 1;
  while (last >= 0 && prefix.charCodeAt(last) === 0xff) last--;
  if (last < 0) return undefined;
  return prefix.slice(0, last) + String.fromCharCode(prefix.charCodeAt(last) + 1);
}

function encodeText(text: string): ByteString {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0 || code > 0x7f) return encodeAnyText(text);
  }
  return text;
}

function encodeAnyText(text: string): ByteString {
  const utf8 = Buffer.from(text, "utf8");
  // A lone surrogate becomes U+FFFD, so a string that does not come back had one.
  if (utf8.toString("utf8") !== text) throw new RangeError("Cannot encode a key: the string has a lone surrogate");
  const bytes = utf8.toString("latin1");
  return bytes.includes("\0") ? bytes.replaceAll("\0", "\0\xff") : bytes;
}

function decodeText(bytes: ByteString, start: number): { readonly text: string; readonly end: number } {
  let raw = "";
  let from = start;
  for (;;) {
    const zero = bytes.indexOf("\0", from);
    if (zero < 0) throw invalidKey(bytes.length, "a string without its end");
    raw += bytes.slice(from, zero);
    const next = bytes.charCodeAt(zero + 1);
    from = zero + 2;
    if (next === ESCAPE_OR_END) return { text: utf8ToText(raw, start), end: from };
    if (next !== ESCAPED_ZERO) throw invalidKey(zero, "a zero byte that is neither an end nor escaped");
    raw += "\0";
  }
}

function utf8ToText(raw: ByteString, offset: number): string {
  const text = Buffer.from(raw, "latin1").toString("utf8");
  if (Buffer.from(text, "utf8").toString("latin1") !== raw) throw invalidKey(offset, "a string that is not UTF-8");
  return text;
}

function encodeNumber(value: number): ByteString {
  if (Number.isNaN(value)) throw new RangeError("Cannot encode a key: NaN has no place in the order");
  double.setFloat64(0, value === 0 ? 0 : value);
  const high = double.getUint32(0);
  const low = double.getUint32(4);
  const flip = high >>> 31 === 1 ? 0xffff_ffff : 0;
  const h = (high ^ (flip | 0x8000_0000)) >>> 0;
  const l = (low ^ flip) >>> 0;
  return String.fromCharCode(
    NUMBER_TAG,
    h >>> 24,
    (h >>> 16) & 0xff,
    (h >>> 8) & 0xff,
    h & 0xff,
    l >>> 24,
    (l >>> 16) & 0xff,
    (l >>> 8) & 0xff,
    l & 0xff,
  );
}

function decodeNumber(bytes: ByteString, at: number): number {
  if (bytes.length < at + NUMBER_PART_BYTES) throw invalidKey(at, "a number cut short");
  const view = new DataView(new ArrayBuffer(8));
  for (let i = 0; i < 8; i++) view.setUint8(i, bytes.charCodeAt(at + 1 + i));
  const high = view.getUint32(0);
  const flip = high >>> 31 === 1 ? 0 : 0xffff_ffff;
  view.setUint32(0, high ^ (flip | 0x8000_0000));
  view.setUint32(4, view.getUint32(4) ^ flip);
  const value = view.getFloat64(0);
  if (Number.isNaN(value) || Object.is(value, -0)) throw invalidKey(at, "a number that is never written");
  return value;
}

function decodeConstant(bytes: ByteString, at: number): null | boolean {
  const tag = bytes[at];
  if (tag === NULL) return null;
  if (tag === FALSE) return false;
  if (tag === TRUE) return true;
  throw invalidKey(at, "an unknown tag");
}

function invalidKey(offset: number, what: string): IndexerError {
  return new IndexerError("INDEX_KEY_INVALID", `Cannot decode a key: ${what} at byte ${offset}`, {
    hint: "The key was not made by encodeKeyPart, or the start offset does not fall on a part.",
    context: { offset, what },
  });
}
