import * as fc from "fast-check";
import { expect, test } from "vitest";

import { filterPageOf, hashKey, KeyFilterBuilder, type KeyFilterPages, pageMayHold } from "./key-filter.ts";
import type { ByteString } from "./sorted-run.ts";
import { anyKey } from "./testing/model.ts";

test("a filter never denies a key that was added", () => {
  fc.assert(
    fc.property(fc.array(anyKey, { minLength: 1 }), (keys) => {
      const filter = filterOf(keys);
      for (const key of keys) expect(mayHold(filter, key)).toBe(true);
    }),
  );
});

test.each([50, 3_000, 100_000])("of keys that were not added, a filter of %i denies 98 in 100", (count) => {
  const filter = filterOf(Array.from({ length: count }, (_, i) => `p@T-${i}\0\0`));
  let passed = 0;
  for (let i = 0; i < 20_000; i++) if (mayHold(filter, `p@T-${count + i}\0\0`)) passed++;
  expect(passed).toBeLessThan(400);
});

test("a filter takes ten bits a key, in pages of at most 4,096 bytes of one length", () => {
  const { pageBytes, pages } = filterOf(Array.from({ length: 10_000 }, (_, i) => `k${i}`));
  expect(pages).toHaveLength(4);
  expect(pageBytes).toBe(3_125);
  expect(pages.every((page) => page.length === pageBytes)).toBe(true);
  expect(filterOf([])).toEqual({ pageBytes: 0, pages: [] });
});

function filterOf(keys: readonly ByteString[]): KeyFilterPages {
  const builder = new KeyFilterBuilder();
  for (const key of keys) builder.add(Buffer.from(`<${key}>`, "latin1"), 1, key.length + 1);
  return builder.build();
}

function mayHold({ pages }: KeyFilterPages, key: ByteString): boolean {
  const hash = hashKey(key);
  const page = pages[filterPageOf(hash, pages.length)];
  return page !== undefined && pageMayHold(page, hash);
}
