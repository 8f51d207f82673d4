/**
 * Builds a run file from sorted entries: three block builders, each feeding the pointers of its blocks to the one above.
 *
 * Invariants:
 * - Blocks follow each other without a gap; a leaf comes right after the data blocks it points to.
 * - Memory holds one open block a level and at most WRITE_BYTES of finished ones, beside the filter's 8 bytes a key. (The
 *   root grows by one entry per leaf: about 1/5,000 of the file.)
 */
import { crc32 } from "node:zlib";
import { assert, type DiskFile, writeFully } from "@knotwork/disk";

import { compareInTables, EntryTable, isSameStatement } from "./entry-table.ts";
import { encodeFilterDirectory } from "./filter-directory.ts";
import { BLOCK_KIND } from "./index-block.ts";
import { IndexBlockBuilder } from "./index-block-builder.ts";
import {
  type BlockPointer,
  encodeFooter,
  encodeHeader,
  encodePointer,
  fileCrc,
  FOOTER_BYTES,
  type IndexRunHeader,
  POINTER_BYTES,
} from "./index-run-format.ts";
import { indexDisagreement } from "./indexer-error.ts";
import { KeyFilterBuilder } from "./key-filter.ts";
import type { ByteString, IndexEntry } from "./sorted-run.ts";

/** What was written. */
export interface IndexRunSummary {
  readonly bytes: number;
  readonly entries: number;
  /** Both 0 when there are no entries. */
  readonly minSeq: number;
  readonly maxSeq: number;
  /** Eight hexadecimal digits that cover every byte of the file: give them to `IndexRun.open`. */
  readonly crc: string;
}

const DATA_BLOCK_BYTES = 4_096;
const LEAF_BLOCK_BYTES = 16_384;
const WRITE_BYTES = 262_144;
/** So many keys go into the filter in some milliseconds. */
const FILTER_KEYS_A_TURN = 50_000;
/** Most runs of tests, and those of small stores, are much smaller than what is written at once. */
const BUFFER_BYTES_AT_FIRST = 8_192;

export class IndexRunAssembly {
  readonly #file: DiskFile;
  readonly #data = new IndexBlockBuilder({ kind: BLOCK_KIND.data, targetBytes: DATA_BLOCK_BYTES });
  readonly #leaf = new IndexBlockBuilder({ kind: BLOCK_KIND.leaf, targetBytes: LEAF_BLOCK_BYTES });
  readonly #root = new IndexBlockBuilder({ kind: BLOCK_KIND.root, targetBytes: Number.POSITIVE_INFINITY });
  readonly #filter = new KeyFilterBuilder();
  readonly #filtered: ByteString;
  /** `filtered` by first byte. */
  readonly #isFiltered = new Uint8Array(256);
  readonly #header: Buffer;
  /** No Buffer: see `copyBytes`. */
  #finished = new Uint8Array(BUFFER_BYTES_AT_FIRST);
  #finishedBytes = 0;
  #writtenBytes = 0;
  /** Holds the last entry of the last data block, while the next block is empty. */
  readonly #before = new EntryTable();
  #entryCount = 0;
  #blockCount = 0;
  #minSeq = 0;
  #maxSeq = 0;

  /**
   * `file` is empty. `filtered`: the first bytes of the keys that go into the filter.
   * @throws RangeError when the header is too long.
   */
  constructor(file: DiskFile, header: IndexRunHeader, filtered: ByteString = "") {
    assert(file.stat().sizeBytes === 0, "an index run is written to an empty file");
    this.#file = file;
    this.#filtered = filtered;
    for (let i = 0; i < filtered.length; i++) this.#isFiltered[filtered.charCodeAt(i)] = 1;
    this.#header = encodeHeader(header);
    this.#put(this.#header);
  }

  /** Number of data blocks finished so far. */
  get blockCount(): number {
    return this.#blockCount;
  }

  /** Adds the next entry of `table`. It must sort after the one before (asserted). @throws DiskError from the writes */
  add(table: EntryTable, index: number): void {
    assert(this.#orderBehindLast(table, index) < 0, "the entries of an index run are in order");
    this.#append(table, index);
  }

  /**
   * The same, but an entry with the key and seq of the one before is passed over.
   * @throws IndexerError `INDEX_DAMAGED` when these two do not say the same; DiskError from the writes
   */
  addMerged(table: EntryTable, index: number): void {
    const order = this.#orderBehindLast(table, index);
    assert(order <= 0, "the entries of an index run are in order");
    if (order < 0) this.#append(table, index);
    else if (!this.#isLast(table, index)) throw indexDisagreement(table.seqs[index] ?? 0);
  }

  /** Makes a part of the filter, once all entries were added; true when it is whole. `finish` does what is left of it. */
  fillFilter(): boolean {
    return this.#filter.fill(FILTER_KEYS_A_TURN);
  }

  /** Writes what is left and the footer. Not durable before the file is synced. */
  finish(): IndexRunSummary {
    if (this.#data.entries.count > 0) this.#finishData();
    if (this.#leaf.entries.count > 0) this.#finishLeaf();
    const filter = this.#finishFilter();
    const root = this.#putBlock(this.#root);
    const footer = encodeFooter({
      fileBytes: root.offset + root.length + FOOTER_BYTES,
      entryCount: this.#entryCount,
      blockCount: this.#blockCount,
      minSeq: this.#minSeq,
      maxSeq: this.#maxSeq,
      root,
      headerBytes: this.#header.length,
      headerCrc: crc32(this.#header),
      filter,
    });
    this.#put(footer);
    this.#write();
    return {
      bytes: this.#writtenBytes,
      entries: this.#entryCount,
      minSeq: this.#minSeq,
      maxSeq: this.#maxSeq,
      crc: fileCrc(footer),
    };
  }

  /** Negative when the entry sorts behind the last one. */
  #orderBehindLast(table: EntryTable, index: number): number {
    const { entries } = this.#data;
    if (entries.count > 0) return compareInTables(entries, entries.count - 1, table, index);
    return this.#before.count === 0 ? -1 : compareInTables(this.#before, 0, table, index);
  }

  #isLast(table: EntryTable, index: number): boolean {
    const { entries } = this.#data;
    if (entries.count > 0) return isSameStatement(entries, entries.count - 1, table, index);
    return isSameStatement(this.#before, 0, table, index);
  }

  #append(table: EntryTable, index: number): void {
    if (!this.#data.tryAddFrom(table, index)) {
      this.#finishData();
      this.#data.tryAddFrom(table, index);
    }
    const keyStart = table.starts[index] ?? 0;
    if (this.#isFiltered[table.bytes[keyStart] ?? 0] === 1 && (table.keyEnds[index] ?? 0) > keyStart)
      this.#filter.add(table.bytes, keyStart, table.keyEnds[index] ?? 0);
    const seq = table.seqs[index] ?? 0;
    this.#minSeq = this.#entryCount === 0 ? seq : Math.min(this.#minSeq, seq);
    this.#maxSeq = Math.max(this.#maxSeq, seq);
    this.#entryCount++;
  }

  #finishData(): void {
    const { entries } = this.#data;
    const last = entries.count - 1;
    this.#before.clear();
    this.#before.addFrom(entries, last);
    if (!this.#leaf.hasRoomFor(entries, last, POINTER_BYTES)) this.#finishLeaf();
    this.#leaf.tryAdd(this.#finishBlock(this.#data));
    this.#blockCount++;
  }

  #finishLeaf(): void {
    this.#root.tryAdd(this.#finishBlock(this.#leaf));
  }

  /** Writes the block; gives the entry for it in the block above. */
  #finishBlock(builder: IndexBlockBuilder): IndexEntry {
    const { count } = builder.entries;
    assert(count > 0, "only the root may be an empty block");
    const { key, seq } = builder.entries.entry(count - 1);
    return { key, seq, remove: false, value: encodePointer(this.#putBlock(builder)) };
  }

  #putBlock(builder: IndexBlockBuilder): BlockPointer {
    const length = builder.blockBytes;
    this.#reserve(length);
    const start = this.#finishedBytes;
    this.#finishedBytes = builder.takeInto(this.#finished, start);
    const crc = crc32(this.#finished.subarray(start, this.#finishedBytes));
    return { offset: this.#writtenBytes + start, length, crc };
  }

  /** Writes the pages of the filter and their directory; gives where this stands. */
  #finishFilter(): BlockPointer {
    const { pageBytes, pages } = this.#filter.build();
    const crcs = pages.map((page) => crc32(page));
    for (const page of pages) this.#put(page);
    const directory = encodeFilterDirectory({ filtered: this.#filtered, pageBytes, crcs });
    const offset = this.#writtenBytes + this.#finishedBytes;
    this.#put(directory);
    return { offset, length: directory.length, crc: crc32(directory) };
  }

  #put(bytes: Buffer): void {
    this.#reserve(bytes.length);
    this.#finished.set(bytes, this.#finishedBytes);
    this.#finishedBytes += bytes.length;
  }

  /** Makes room for so many bytes more. */
  #reserve(bytes: number): void {
    const needed = this.#finishedBytes + bytes;
    if (needed <= this.#finished.length) return;
    if (needed > WRITE_BYTES) this.#write();
    const size = Math.max(this.#finishedBytes + bytes, Math.min(4 * this.#finished.length, WRITE_BYTES));
    if (size <= this.#finished.length) return;
    const grown = new Uint8Array(size);
    grown.set(this.#finished.subarray(0, this.#finishedBytes));
    this.#finished = grown;
  }

  #write(): void {
    writeFully(this.#file, this.#finished.subarray(0, this.#finishedBytes), this.#writtenBytes);
    this.#writtenBytes += this.#finishedBytes;
    this.#finishedBytes = 0;
  }
}
