import { compareEntries } from "./entry-order.ts";
import type { FilterDirectory } from "./filter-directory.ts";
import { BLOCK_KIND, type IndexBlock } from "./index-block.ts";
import type { IndexRunFile } from "./index-run-file.ts";
import type { BlockPointer } from "./index-run-format.ts";
import { indexDamaged } from "./indexer-error.ts";
import { filterPageOf, hashKey, pageMayHold } from "./key-filter.ts";
import type { ByteString, IndexEntry } from "./sorted-run.ts";

/**
 * Walks every block of a run in file order and proves what a single look-up cannot see.
 * @throws IndexerError `INDEX_DAMAGED` at the first thing wrong.
 */
export function checkIndexRunFile(file: IndexRunFile): void {
  const walk = new IndexRunWalk(file);
  file.root.checkLayout();
  for (let i = 0; i < file.root.count; i++) walk.leaf(file.root, i);
  walk.end();
}

class IndexRunWalk {
  readonly #file: IndexRunFile;
  readonly #filter: FilterDirectory;
  readonly #pages: readonly Uint8Array[];
  /** Where the next block must start. */
  #offset: number;
  #last: IndexEntry | undefined;
  #entryCount = 0;
  #blockCount = 0;
  #minSeq = Number.POSITIVE_INFINITY;
  #maxSeq = 0;

  constructor(file: IndexRunFile) {
    this.#file = file;
    this.#offset = file.footer.headerBytes;
    this.#filter = file.readFilterDirectory();
    this.#pages = this.#filter.crcs.map((_, index) => file.readFilterPage(this.#filter, index));
  }

  /** A leaf stands after its data blocks, so those are walked first. */
  leaf(root: IndexBlock, index: number): void {
    const pointer = root.pointer(index);
    const leaf = this.#file.readBlock(pointer, BLOCK_KIND.leaf);
    leaf.checkLayout();
    for (let i = 0; i < leaf.count; i++) this.#data(leaf, i);
    this.#pass(pointer);
    this.#checkPointerKey(root, index, pointer.offset);
  }

  end(): void {
    const { root, filter, entryCount, blockCount, minSeq, maxSeq } = this.#file.footer;
    const pagesStart = filter.offset - this.#pages.length * this.#filter.pageBytes;
    if (this.#offset !== pagesStart) this.#fail(this.#offset, "bytes that belong to no block");
    const foundMinSeq = this.#entryCount === 0 ? 0 : this.#minSeq;
    if (
      this.#entryCount !== entryCount ||
      this.#blockCount !== blockCount ||
      foundMinSeq !== minSeq ||
      this.#maxSeq !== maxSeq
    ) {
      this.#fail(root.offset + root.length, "footer that does not count what is there");
    }
  }

  #data(leaf: IndexBlock, index: number): void {
    const pointer = leaf.pointer(index);
    const block = this.#file.readBlock(pointer, BLOCK_KIND.data);
    this.#pass(pointer);
    block.checkLayout();
    for (let i = 0; i < block.count; i++) {
      const entry = block.entry(i);
      if (this.#last !== undefined && compareEntries(this.#last, entry) >= 0) {
        this.#fail(pointer.offset, "entries out of order");
      }
      this.#last = entry;
      this.#checkFilter(entry.key);
      this.#minSeq = Math.min(this.#minSeq, entry.seq);
      this.#maxSeq = Math.max(this.#maxSeq, entry.seq);
    }
    this.#entryCount += block.count;
    this.#blockCount++;
    this.#checkPointerKey(leaf, index, pointer.offset);
  }

  #checkFilter(key: ByteString): void {
    if (key === "" || !this.#filter.filtered.includes(key.charAt(0))) return;
    const hash = hashKey(key);
    const page = this.#pages[filterPageOf(hash, this.#pages.length)];
    if (page === undefined || !pageMayHold(page, hash))
      this.#fail(this.#file.footer.filter.offset, "filter that denies a key of the run");
  }

  #pass(pointer: BlockPointer): void {
    if (pointer.offset !== this.#offset) this.#fail(this.#offset, "bytes that belong to no block");
    this.#offset += pointer.length;
  }

  #checkPointerKey(parent: IndexBlock, index: number, offset: number): void {
    const { key, seq } = parent.entry(index);
    if (this.#last?.key !== key || this.#last.seq !== seq) this.#fail(offset, "last entry that is not its parent's");
  }

  #fail(offset: number, what: string): never {
    throw indexDamaged(this.#file.path, offset, what);
  }
}
