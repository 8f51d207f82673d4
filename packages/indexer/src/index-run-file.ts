/**
 * The verified bytes of an open run file: what leaves here is what was written, or `INDEX_DAMAGED` was thrown. Opening
 * reads footer, root and header, whatever the size of the run.
 */
import { crc32 } from "node:zlib";
import { assert, type ReadableFile, type ReadableFiles } from "@knotwork/disk";

import type { BlockCache, BlockCachePart } from "./block-cache.ts";
import { type FilterDirectory, parseFilterDirectory } from "./filter-directory.ts";
import { BLOCK_BYTES_MAX, BLOCK_KIND, type BlockKind, IndexBlock } from "./index-block.ts";
import {
  type BlockPointer,
  fileCrc,
  FOOTER_BYTES,
  type IndexRunFooter,
  type IndexRunHeader,
  parseFooter,
  parseHeader,
} from "./index-run-format.ts";
import { type FilterPage, IndexRunFilter } from "./index-run-filter.ts";
import { indexDamaged, IndexerError } from "./indexer-error.ts";

export interface OpenIndexRunOptions {
  readonly disk: ReadableFiles;
  readonly path: string;
  readonly storeId: string;
  /** `bytes` of the summary, when known. */
  readonly expectedBytes?: number;
  /** `crc` of the summary, when known: the file is then the very one that was written. */
  readonly expectedCrc?: string;
  /** Keeps blocks in memory, shared by all runs of a handle. Without it every look-up reads. */
  readonly blockCache?: BlockCache;
}

interface Parts {
  readonly file: ReadableFile;
  readonly footer: IndexRunFooter;
  readonly crc: string;
  readonly header: IndexRunHeader;
  readonly root: IndexBlock;
  /** The directory of the filter, when it came with the end of the file: not verified yet. */
  readonly directory: Buffer | undefined;
  readonly cache: BlockCachePart<IndexBlock> | undefined;
  readonly pageCache: BlockCachePart<FilterPage> | undefined;
}

/** The footer and the root of all but very large runs come with one read. */
const TAIL_BYTES = 16_384;

export class IndexRunFile {
  readonly path: string;
  readonly header: IndexRunHeader;
  readonly footer: IndexRunFooter;
  readonly crc: string;
  readonly root: IndexBlock;
  readonly #file: ReadableFile;
  readonly filter: IndexRunFilter;
  readonly #cache: BlockCachePart<IndexBlock> | undefined;
  readonly #pageCache: BlockCachePart<FilterPage> | undefined;
  #isClosed = false;

  /**
   * Opens a run and checks all but its data and leaf blocks.
   * @throws DiskError ENOENT when there is no such file; IndexerError, every code but `INDEX_KEY_INVALID`
   */
  static open(options: OpenIndexRunOptions): IndexRunFile {
    const file = options.disk.open(options.path, "read");
    try {
      return new IndexRunFile(readParts(file, options));
    } catch (error) {
      file.close();
      throw error;
    }
  }

  private constructor({ file, footer, crc, header, root, directory, cache, pageCache }: Parts) {
    this.path = file.path;
    this.header = header;
    this.footer = footer;
    this.crc = crc;
    this.root = root;
    this.#file = file;
    this.#cache = cache;
    this.#pageCache = pageCache;
    this.filter = new IndexRunFilter({
      readDirectory: () => this.#parseDirectory(directory ?? this.#readDirectory()),
      readPage: (directory, index) => this.readFilterPage(directory, index),
      cache: pageCache,
    });
  }

  /** The block at `pointer`, from the cache or as `readBlock` gives it. */
  block(pointer: BlockPointer, kind: BlockKind): IndexBlock {
    const cached = this.#cache?.get(pointer.offset);
    if (cached !== undefined) return cached;
    const block = this.readBlock(pointer, kind);
    this.#cache?.set(pointer.offset, block);
    return block;
  }

  /** The block at `pointer`, read from the disk and verified. It has at least one entry. */
  readBlock(pointer: BlockPointer, kind: BlockKind): IndexBlock {
    assert(!this.#isClosed, "an index run is not read after it was closed");
    const { offset, length } = pointer;
    const { headerBytes, filter } = this.footer;
    if (length > BLOCK_BYTES_MAX || offset < headerBytes || offset + length > filter.offset) {
      throw indexDamaged(this.path, offset, "pointer to no block");
    }
    const block = readBlock(this.#file, pointer, kind);
    if (block.count === 0) throw indexDamaged(this.path, offset, "block without entries");
    return block;
  }

  /** What the run says of its filter, read from the disk and verified. */
  readFilterDirectory(): FilterDirectory {
    return this.#parseDirectory(this.#readDirectory());
  }

  /** The bytes of one page of the filter, read from the disk and verified. */
  readFilterPage({ pageBytes, crcs }: FilterDirectory, index: number): Buffer {
    const offset = this.footer.filter.offset - (crcs.length - index) * pageBytes;
    const bytes = this.#readExactly(offset, pageBytes);
    if (crc32(bytes) !== crcs[index]) throw indexDamaged(this.path, offset, "wrong CRC of a page of the filter");
    return bytes;
  }

  /** Closing twice is a defect of the caller (asserted). */
  close(): void {
    assert(!this.#isClosed, "an index run is closed once");
    this.#isClosed = true;
    this.#cache?.clear();
    this.#pageCache?.clear();
    this.#file.close();
  }

  #readDirectory(): Buffer {
    const { offset, length } = this.footer.filter;
    return this.#readExactly(offset, length);
  }

  #parseDirectory(bytes: Buffer): FilterDirectory {
    const { offset, crc } = this.footer.filter;
    if (crc32(bytes) !== crc) throw indexDamaged(this.path, offset, "wrong CRC of the filter's directory");
    const directory = parseFilterDirectory(bytes, this.path, offset);
    if (directory.crcs.length * directory.pageBytes > offset - this.footer.headerBytes)
      throw indexDamaged(this.path, offset, "directory of a filter without pages");
    return directory;
  }

  #readExactly(offset: number, length: number): Buffer {
    assert(!this.#isClosed, "an index run is not read after it was closed");
    return readExactly(this.#file, offset, length);
  }
}

function readParts(file: ReadableFile, options: OpenIndexRunOptions): Parts {
  const { storeId, expectedBytes, expectedCrc } = options;
  const { path } = file;
  const fileBytes = file.stat().sizeBytes;
  if (expectedBytes !== undefined && fileBytes !== expectedBytes) {
    throw indexDamaged(path, fileBytes, `the file should have ${expectedBytes} bytes, it ends`);
  }
  if (fileBytes < FOOTER_BYTES) throw indexDamaged(path, fileBytes, "the file ends");
  const tailStart = Math.max(0, fileBytes - TAIL_BYTES);
  const tail = readExactly(file, tailStart, fileBytes - tailStart);
  const footerBytes = tail.subarray(tail.length - FOOTER_BYTES);
  const footer = parseFooter(footerBytes, path, fileBytes);
  const crc = fileCrc(footerBytes);
  if (expectedCrc !== undefined && crc !== expectedCrc) {
    throw indexDamaged(path, fileBytes - FOOTER_BYTES, "another run than expected");
  }
  const header = readHeader(file, footer, storeId);
  const root = readBlock(file, footer.root, BLOCK_KIND.root, { bytes: tail, start: tailStart });
  const directory = partOf(tail, tailStart, footer.filter);
  const { blockCache } = options;
  return { file, footer, crc, header, root, directory, cache: blockCache?.part(), pageCache: blockCache?.part() };
}

function readHeader(file: ReadableFile, { headerBytes, headerCrc }: IndexRunFooter, storeId: string): IndexRunHeader {
  const line = readExactly(file, 0, headerBytes);
  if (crc32(line) !== headerCrc) throw indexDamaged(file.path, 0, "wrong CRC of the header");
  const header = parseHeader(line, file.path);
  if (header.storeId === storeId) return header;
  throw new IndexerError("STORE_REPLACED", `Cannot use index run "${file.path}": it belongs to another store`, {
    hint: "Another store's files were put here: reopen the store, or restore its own files.",
    context: { file: file.path, expected: storeId, found: header.storeId },
  });
}

/** `tail`: bytes of the file that were read already. */
function readBlock(
  file: ReadableFile,
  { offset, length, crc }: BlockPointer,
  kind: BlockKind,
  tail?: { readonly bytes: Buffer; readonly start: number },
): IndexBlock {
  const bytes =
    (tail === undefined ? undefined : partOf(tail.bytes, tail.start, { offset, length })) ??
    readExactly(file, offset, length);
  if (crc32(bytes) !== crc) throw indexDamaged(file.path, offset, "wrong CRC of a block");
  return new IndexBlock(bytes, kind, { file: file.path, offset });
}

/** A copy of a part of the file, when `tail`, the bytes from `tailStart` on, holds it. */
function partOf(
  tail: Buffer,
  tailStart: number,
  { offset, length }: Pick<BlockPointer, "offset" | "length">,
): Buffer | undefined {
  const start = offset - tailStart;
  return start < 0 ? undefined : Buffer.from(tail.subarray(start, start + length));
}

/** Not from the shared pool of small buffers: a block that stays cached would hold all of its slab. */
function readExactly(file: ReadableFile, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  const count = file.read(bytes, 0, length, offset);
  if (count !== length) throw indexDamaged(file.path, offset + count, "the file ends");
  return bytes;
}
