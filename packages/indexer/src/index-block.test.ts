import * as fc from "fast-check";
import { expect, test } from "vitest";

import { compareEntries } from "./entry-order.ts";
import { BLOCK_BYTES_MAX, BLOCK_KIND, IndexBlock } from "./index-block.ts";
import { IndexBlockBuilder } from "./index-block-builder.ts";
import { IndexerError } from "./indexer-error.ts";
import { anyEntries } from "./testing/model.ts";

const ORIGIN = { file: "run", offset: 0 };
const anyKind = fc.constantFrom(...Object.values(BLOCK_KIND));

test("a block gives back the entries it was built of", () => {
  fc.assert(
    fc.property(anyEntries, anyKind, (entries, kind) => {
      const sorted = [...entries].sort(compareEntries);
      const block = new IndexBlock(build(sorted, kind), kind, ORIGIN);
      block.checkLayout();
      expect(Array.from({ length: block.count }, (_, i) => block.entry(i))).toEqual(sorted);
    }),
  );
});

test("a block of more than one entry is not longer than its target, and as long as announced", () => {
  fc.assert(
    fc.property(anyEntries, fc.integer({ min: 50, max: 300 }), (entries, targetBytes) => {
      const builder = new IndexBlockBuilder({ kind: BLOCK_KIND.data, targetBytes });
      for (const entry of [...entries].sort(compareEntries)) {
        if (builder.tryAdd(entry)) continue;
        const bytes = builder.take();
        const block = new IndexBlock(bytes, BLOCK_KIND.data, ORIGIN);
        expect(block.count === 1 || bytes.length <= targetBytes).toBe(true);
        expect(builder.tryAdd(entry)).toBe(true);
      }
    }),
  );
});

test("the largest entry fits the longest block", () => {
  const entry = { key: "k".repeat(65_535), seq: 2 ** 48 - 1, remove: true, value: "v".repeat(65_536) };
  const bytes = build([entry], BLOCK_KIND.data);
  expect(bytes.length).toBeLessThanOrEqual(BLOCK_BYTES_MAX);
  expect(new IndexBlock(bytes, BLOCK_KIND.data, ORIGIN).entry(0)).toEqual(entry);
});

test.each([
  ["a key too long", { key: "k".repeat(65_536), seq: 1, value: "" }],
  ["a value too long", { key: "k", seq: 1, value: "v".repeat(65_537) }],
  ["a negative seq", { key: "k", seq: -1, value: "" }],
  ["a seq of 2^48", { key: "k", seq: 2 ** 48, value: "" }],
  ["a seq that is no integer", { key: "k", seq: 1.5, value: "" }],
  ["a key that is not of bytes", { key: "k\u0100", seq: 1, value: "" }],
  ["a value that is not of bytes", { key: "k", seq: 1, value: "\u20ac" }],
])("%s is refused", (_name, entry) => {
  expect(() => build([{ ...entry, remove: false }], BLOCK_KIND.data)).toThrow(RangeError);
});

test.each([
  ["an unknown flag", 17, 2, 17],
  ["a suffix longer than the block", 9, 1, 9],
  ["a slot before the entries", 20, 8, 19],
  ["a slot behind the entries", 20, 13, 19],
])("a block with %s is INDEX_DAMAGED, with its place in the file", (_name, at, value, offset) => {
  const bytes = build([{ key: "ab", seq: 1, remove: false, value: "v" }], BLOCK_KIND.data);
  bytes[at] = value;
  const block = new IndexBlock(bytes, BLOCK_KIND.data, { file: "run", offset: 1_000 });
  const failure = { code: "INDEX_DAMAGED", context: { file: "run", offset: 1_000 + offset } };
  expect(() => block.entry(0)).toThrow(
    expect.objectContaining({ ...failure, context: expect.objectContaining(failure.context) as object }),
  );
});

test("a search never compares beyond the block", () => {
  const bytes = build([{ key: "ab", seq: 1, remove: false, value: "v" }], BLOCK_KIND.data);
  bytes[9] = 1;
  // The key goes on like the bytes of the block do, to its last one.
  const key = `ab${bytes.toString("latin1", 18)} and on`;
  const block = new IndexBlock(bytes, BLOCK_KIND.data, ORIGIN);
  expect(() => block.lowerBound(key, 1)).toThrow(expect.objectContaining({ code: "INDEX_DAMAGED" }));
});

test("whatever the bytes of a block are, reading it gives an answer or INDEX_DAMAGED", () => {
  const anyChange = fc.tuple(fc.nat(), fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0, 1, 255)));
  fc.assert(
    fc.property(anyEntries, anyKind, fc.array(anyChange, { minLength: 1, maxLength: 6 }), (entries, kind, changes) => {
      const bytes = build([...entries].sort(compareEntries), kind);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      readAll(bytes, kind);
    }),
    { numRuns: 3_000 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), anyKind, (bytes, kind) => readAll(Buffer.from(bytes), kind)));
});

function build(entries: Parameters<IndexBlockBuilder["tryAdd"]>[0][], kind: IndexBlock["kind"]): Buffer {
  const builder = new IndexBlockBuilder({ kind, targetBytes: Number.POSITIVE_INFINITY });
  for (const entry of entries) builder.tryAdd(entry);
  return builder.take();
}

function readAll(bytes: Buffer, kind: IndexBlock["kind"]): void {
  for (const read of [
    (block: IndexBlock) => block.checkLayout(),
    (block: IndexBlock) => block.lowerBound("ab", 3),
    ...[0, 1, 5].flatMap((i) => [
      (block: IndexBlock) => i < block.count && block.entry(i),
      (block: IndexBlock) => i < block.count && block.pointer(i),
      (block: IndexBlock) => i < block.count && block.firstOfKey(i),
      (block: IndexBlock) => i < block.count && block.hasKey(i, "ab"),
    ]),
  ]) {
    try {
      read(new IndexBlock(bytes, kind, ORIGIN));
    } catch (error) {
      if (!(error instanceof IndexerError) || error.code !== "INDEX_DAMAGED") throw error;
    }
  }
}
