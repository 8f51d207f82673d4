import { crc32 as expected } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { crc32, crcOf } from "./bundle-late-zlib.mjs";

test("checksums are those of zlib, of texts and bytes, whole and continued", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: "grapheme", minLength: 1 }), fc.uint8Array({ minLength: 1 })),
      fc.nat(0xffffffff),
      (data, value) => {
        expect(crcOf(data)).toBe(expected(data));
        expect(crcOf(data, value)).toBe(expected(data, value));
      },
    ),
  );
  expect(crcOf("\ud800 alone \udfff")).toBe(expected("\ud800 alone \udfff"));
  const shared = new DataView(new SharedArrayBuffer(16), 3, 9);
  shared.setUint8(4, 200);
  expect(crcOf(shared)).toBe(expected(shared));
  const inside = Buffer.from("in a larger buffer").subarray(5, 11);
  expect(crcOf(inside)).toBe(expected("larger"));
});

test("behind many bytes zlib itself is asked", () => {
  const bytes = Buffer.alloc(100_000, "x");
  for (let count = 0; count < 3; count += 1) expect(crc32(bytes)).toBe(expected(bytes));
});
