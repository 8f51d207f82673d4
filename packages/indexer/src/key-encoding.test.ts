import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { IndexerError } from "./indexer-error.ts";
import { decodeKeyParts, encodeKeyPart, encodeTextPrefix, type KeyPart, keyPrefixEnd } from "./key-encoding.ts";

const anyText = fc.oneof(
  fc.string({ unit: fc.constantFrom("\0", "\x01", "a", "b", "\x7f", "é", "\uffff", "😀"), maxLength: 6 }),
  fc.string({ unit: "binary" }),
);
const anyNumber = fc
  .oneof(fc.double({ noNaN: true }), fc.integer(), fc.constantFrom(0, 1, -1, 255, 256, Infinity, -Infinity))
  .map((value) => (value === 0 ? 0 : value));
const anyPart: fc.Arbitrary<KeyPart> = fc.oneof(fc.constant(null), fc.boolean(), anyNumber, anyText);
const anyTuple = fc.array(anyPart, { maxLength: 4 });

test("encoded tuples are in the order of the tuples", () => {
  fc.assert(
    fc.property(anyTuple, anyTuple, (a, b) => {
      const [left, right] = [encodeTuple(a), encodeTuple(b)];
      expect(Math.sign(compareBytes(left, right))).toBe(Math.sign(compareTuples(a, b)));
    }),
    { numRuns: 5_000 },
  );
});

test("decoding gives back what was encoded", () => {
  fc.assert(
    fc.property(anyTuple, fc.constantFrom("", "engine's own prefix\0"), (tuple, prefix) => {
      expect(decodeKeyParts(prefix + encodeTuple(tuple), prefix.length)).toEqual(tuple);
    }),
    { numRuns: 2_000 },
  );
});

test("an encoding is a string of bytes", () => {
  fc.assert(
    fc.property(anyPart, (part) => {
      const encoded = encodeKeyPart(part);
      expect(Buffer.from(encoded, "latin1").toString("latin1")).toBe(encoded);
    }),
  );
});

test("the encodings are the documented bytes", () => {
  expect(hex(encodeKeyPart(null))).toBe("10");
  expect(hex(encodeKeyPart(undefined))).toBe("10");
  expect(hex(encodeKeyPart(false))).toBe("20");
  expect(hex(encodeKeyPart(true))).toBe("21");
  expect(hex(encodeKeyPart(1))).toBe("30bff0000000000000");
  expect(hex(encodeKeyPart(-1))).toBe("30400fffffffffffff");
  expect(hex(encodeKeyPart(0))).toBe("308000000000000000");
  expect(hex(encodeKeyPart(-0))).toBe("308000000000000000");
  expect(hex(encodeKeyPart("a\0é"))).toBe("406100ffc3a90000");
});

test("what has no place in the order is refused", () => {
  expect(() => encodeKeyPart(Number.NaN)).toThrow(RangeError);
  expect(() => encodeKeyPart("a\ud800")).toThrow(RangeError);
  expect(() => encodeTextPrefix("\udc00")).toThrow(RangeError);
});

test("the prefix of a text covers exactly the texts that start with it", () => {
  fc.assert(
    fc.property(anyText, anyText, fc.boolean(), (start, rest, extend) => {
      const text = extend ? start + rest : rest;
      const lower = encodeTextPrefix(start);
      const upper = keyPrefixEnd(lower);
      const key = encodeKeyPart(text);
      expect(key >= lower && (upper === undefined || key < upper)).toBe(text.startsWith(start));
    }),
    { numRuns: 2_000 },
  );
});

test("the end of a prefix is the smallest string after all that start with it", () => {
  expect(keyPrefixEnd("ab")).toBe("ac");
  expect(keyPrefixEnd("a\xff\xff")).toBe("b");
  expect(keyPrefixEnd("")).toBeUndefined();
  expect(keyPrefixEnd("\xff\xff")).toBeUndefined();
});

test("bytes that no encoding gives are refused", () => {
  const damaged = ["\x11", "\x30\x80", "\x40abc", "\x40abc\0", "\x40a\0b\0\0", "\x40\xff\0\0", "\x40\xed\xa0\x80\0\0"];
  const noNumber = ["\x30\x7f\xff\xff\xff\xff\xff\xff\xff", "\x30\xff\xf8\0\0\0\0\0\0"];
  for (const bytes of [...damaged, ...noNumber]) {
    expect(() => decodeKeyParts(bytes), hex(bytes)).toThrow(IndexerError);
  }
});

test("decoding arbitrary bytes gives parts that encode to them, or a coded error", () => {
  const anyBytes = fc
    .array(fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 0x10, 0x20, 0x30, 0x40, 0xff)))
    .map((codes) => String.fromCharCode(...codes));
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      try {
        expect(encodeTuple(decodeKeyParts(bytes))).toBe(bytes);
      } catch (error) {
        expect(error).toMatchObject({ code: "INDEX_KEY_INVALID" });
      }
    }),
    { numRuns: 2_000 },
  );
});

function encodeTuple(parts: readonly KeyPart[]): string {
  return parts.map((part) => encodeKeyPart(part)).join("");
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, "latin1"), Buffer.from(b, "latin1"));
}

function compareTuples(a: readonly KeyPart[], b: readonly KeyPart[]): number {
  for (const [i, part] of a.entries()) {
    if (i >= b.length) return 1;
    const order = compareParts(part, b[i] ?? null);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareParts(a: KeyPart, b: KeyPart): number {
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (typeof a === "number" && typeof b === "number") return a === b ? 0 : a < b ? -1 : 1;
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return 0;
}

function rank(part: KeyPart): number {
  if (part === null) return 0;
  if (typeof part === "boolean") return part ? 2 : 1;
  return typeof part === "number" ? 3 : 4;
}

function hex(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("hex");
}
