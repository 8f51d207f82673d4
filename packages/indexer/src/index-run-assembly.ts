/**
 * Builds a run file from sorted entries: three block builders, each feeding the pointers of its blocks to the one above.
 *
 * Invariants:
 * - Blocks follow each other without a gap; a leaf comes right after the data blocks it points to.
 * - Memory holds one open block a level and at most WRITE_BYTES of finished ones. (The root grows by one entry per leaf:
 *   about 1/5,000 of the file.)
 */
import { crc32 } from "node:zlib";
import { assert, type DiskFile, writeFully } from "@knotwork/disk";

import { compareEntries } from "./entry-order.ts";
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
import type { IndexEntry } from "./sorted-run.ts";

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

export class IndexRunAssembly {
  readonly #file: DiskFile;
  readonly #data = new IndexBlockBuilder({ kind: BLOCK_KIND.data, targetBytes: DATA_BLOCK_BYTES });
  readonly #leaf = new IndexBlockBuilder({ kind: BLOCK_KIND.leaf, targetBytes: LEAF_BLOCK_BYTES });
  readonly #root = new IndexBlockBuilder({ kind: BLOCK_KIND.root, targetBytes: Number.POSITIVE_INFINITY });
  readonly #header: Buffer;
  #finished: Buffer[] = [];
  #finishedBytes = 0;
  #writtenBytes = 0;
  #last: IndexEntry | undefined;
  #entryCount = 0;
  #blockCount = 0;
  #minSeq = 0;
  #maxSeq = 0;

  /** `file` is empty. @throws RangeError when the header is too long. */
  constructor(file: DiskFile, header: IndexRunHeader) {
    assert(file.stat().sizeBytes === 0, "an index run is written to an empty file");
    this.#file = file;
    this.#header = encodeHeader(header);
    this.#put(this.#header);
  }

  /** Number of data blocks finished so far. */
  get blockCount(): number {
    return this.#blockCount;
  }

  /**
   * Adds the next entry. It must sort after the one before (asserted).
   * @throws RangeError for an entry that cannot be stored; DiskError from the writes
   */
  add(entry: IndexEntry): void {
    const last = this.#last;
    assert(last === undefined || compareEntries(last, entry) < 0, "the entries of an index run are in order");
    if (!this.#data.tryAdd(entry)) {
      this.#finishData();
      this.#data.tryAdd(entry);
    }
    this.#last = entry;
    this.#minSeq = this.#entryCount === 0 ? entry.seq : Math.min(this.#minSeq, entry.seq);
    this.#maxSeq = Math.max(this.#maxSeq, entry.seq);
    this.#entryCount++;
  }

  /** Writes what is left and the footer. Not durable before the file is synced. */
  finish(): IndexRunSummary {
    if (this.#data.last !== undefined) this.#finishData();
    if (this.#leaf.last !== undefined) this.#finishLeaf();
    const root = this.#putBlock(this.#root.take());
    const footer = encodeFooter({
      fileBytes: root.offset + root.length + FOOTER_BYTES,
      entryCount: this.#entryCount,
      blockCount: this.#blockCount,
      minSeq: this.#minSeq,
      maxSeq: this.#maxSeq,
      root,
      headerBytes: this.#header.length,
      headerCrc: crc32(this.#header),
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

  #finishData(): void {
    const { last } = this.#data;
    if (last !== undefined && !this.#leaf.hasRoomFor(last.key, POINTER_BYTES)) this.#finishLeaf();
    this.#leaf.tryAdd(this.#finishBlock(this.#data));
    this.#blockCount++;
  }

  #finishLeaf(): void {
    this.#root.tryAdd(this.#finishBlock(this.#leaf));
  }

  /** Writes the block; gives the entry for it in the block above. */
  #finishBlock(builder: IndexBlockBuilder): IndexEntry {
    const { last } = builder;
    assert(last !== undefined, "only the root may be an empty block");
    const pointer = this.#putBlock(builder.take());
    return { key: last.key, seq: last.seq, remove: false, value: encodePointer(pointer) };
  }

  #putBlock(bytes: Buffer): BlockPointer {
    const offset = this.#writtenBytes + this.#finishedBytes;
    this.#put(bytes);
    return { offset, length: bytes.length, crc: crc32(bytes) };
  }

  #put(bytes: Buffer): void {
    this.#finished.push(bytes);
    this.#finishedBytes += bytes.length;
    if (this.#finishedBytes >= WRITE_BYTES) this.#write();
  }

  #write(): void {
    writeFully(this.#file, Buffer.concat(this.#finished), this.#writtenBytes);
    this.#writtenBytes += this.#finishedBytes;
    this.#finished = [];
    this.#finishedBytes = 0;
  }
}
