import { BLOCK_KIND, type IndexBlock } from "./index-block.ts";
import type { IndexRunFile } from "./index-run-file.ts";
import { indexDamaged } from "./indexer-error.ts";
import type { ByteString } from "./sorted-run.ts";

/** Walks the data blocks of a run, down from the root, each read when it is reached. */
export class IndexRunCursor {
  readonly #file: IndexRunFile;
  #leafIndex = 0;
  #blockIndex = 0;
  #leaf: IndexBlock | undefined;

  constructor(file: IndexRunFile) {
    this.#file = file;
  }

  /** The block that has the first entry at or after (key, seq); `undefined` when the run has none. */
  seek(key: ByteString, seq: number): IndexBlock | undefined {
    const { root } = this.#file;
    const leafIndex = root.lowerBound(key, seq);
    if (leafIndex === root.count) return undefined;
    const leaf = this.#enterLeaf(leafIndex);
    return this.#enterBlock(leaf, leaf.lowerBound(key, seq));
  }

  /** The last block; `undefined` when the run has no entries. */
  seekLast(): IndexBlock | undefined {
    const { root } = this.#file;
    if (root.count === 0) return undefined;
    const leaf = this.#enterLeaf(root.count - 1);
    return this.#enterBlock(leaf, leaf.count - 1);
  }

  /** The block after the present one. */
  next(): IndexBlock | undefined {
    const leaf = this.#leaf;
    if (leaf === undefined) return undefined;
    if (this.#blockIndex + 1 < leaf.count) return this.#enterBlock(leaf, this.#blockIndex + 1);
    if (this.#leafIndex + 1 === this.#file.root.count) return undefined;
    return this.#enterBlock(this.#enterLeaf(this.#leafIndex + 1), 0);
  }

  /** The block before the present one. */
  previous(): IndexBlock | undefined {
    const leaf = this.#leaf;
    if (leaf === undefined) return undefined;
    if (this.#blockIndex > 0) return this.#enterBlock(leaf, this.#blockIndex - 1);
    if (this.#leafIndex === 0) return undefined;
    const before = this.#enterLeaf(this.#leafIndex - 1);
    return this.#enterBlock(before, before.count - 1);
  }

  /** True when the block before the present one ends with an entry of `key`. Reads nothing. */
  previousEndsWith(key: ByteString): boolean {
    if (this.#blockIndex > 0) return this.#leaf?.hasKey(this.#blockIndex - 1, key) === true;
    return this.#leafIndex > 0 && this.#file.root.hasKey(this.#leafIndex - 1, key);
  }

  /** A cursor at the same block, moving on its own. */
  copy(): IndexRunCursor {
    const copy = new IndexRunCursor(this.#file);
    copy.#leafIndex = this.#leafIndex;
    copy.#blockIndex = this.#blockIndex;
    copy.#leaf = this.#leaf;
    return copy;
  }

  #enterLeaf(index: number): IndexBlock {
    if (this.#leaf !== undefined && this.#leafIndex === index) return this.#leaf;
    const leaf = this.#file.block(this.#file.root.pointer(index), BLOCK_KIND.leaf);
    this.#leafIndex = index;
    this.#leaf = leaf;
    return leaf;
  }

  #enterBlock(leaf: IndexBlock, index: number): IndexBlock {
    if (index === leaf.count) {
      throw indexDamaged(
        this.#file.path,
        this.#file.root.pointer(this.#leafIndex).offset,
        "leaf ends before its parent says",
      );
    }
    const block = this.#file.block(leaf.pointer(index), BLOCK_KIND.data);
    this.#blockIndex = index;
    return block;
  }
}
