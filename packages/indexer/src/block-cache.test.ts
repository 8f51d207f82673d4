import { expect, test } from "vitest";

import { BlockCache } from "./block-cache.ts";
import { BLOCK_KIND, IndexBlock } from "./index-block.ts";
import { IndexBlockBuilder } from "./index-block-builder.ts";

test("the least recently used block is dropped first, whichever run it is of", () => {
  const block = blockOfBytes(1_000);
  const cache = new BlockCache({ bytesMax: 4_500 });
  const [one, two] = [cache.part(), cache.part()];
  one.set(0, block);
  two.set(0, block);
  one.set(1, block);
  one.get(0);
  two.set(1, block);
  expect(two.get(0)).toBeUndefined();
  expect([one.get(0), one.get(1), two.get(1)]).toEqual([block, block, block]);
  expect(cache.bytes).toBeLessThanOrEqual(cache.bytesMax);
});

test("clearing a part frees its bytes and leaves the others", () => {
  const block = blockOfBytes(1_000);
  const cache = new BlockCache({ bytesMax: 100_000 });
  const [one, two] = [cache.part(), cache.part()];
  two.set(7, block);
  const bytesOfTwo = cache.bytes;
  for (let offset = 0; offset < 10; offset++) one.set(offset, block);
  one.clear();
  expect(cache.bytes).toBe(bytesOfTwo);
  expect(one.get(3)).toBeUndefined();
  expect(two.get(7)).toBe(block);
  two.clear();
  expect(cache.bytes).toBe(0);
});

test("a block set again counts once; one larger than the cache is not kept", () => {
  const cache = new BlockCache({ bytesMax: 3_000 });
  const part = cache.part();
  part.set(0, blockOfBytes(1_000));
  const { bytes } = cache;
  part.set(0, blockOfBytes(1_000));
  expect(cache.bytes).toBe(bytes);
  part.set(1, blockOfBytes(3_000));
  expect(part.get(1)).toBeUndefined();
  expect(part.get(0)).toBeDefined();
});

function blockOfBytes(length: number): IndexBlock {
  const builder = new IndexBlockBuilder({ kind: BLOCK_KIND.data, targetBytes: length });
  builder.tryAdd({ key: "", seq: 1, remove: false, value: "v".repeat(length - 18) });
  const bytes = builder.take();
  expect(bytes).toHaveLength(length);
  return new IndexBlock(bytes, BLOCK_KIND.data, { file: "run", offset: 0 });
}
