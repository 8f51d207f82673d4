/**
 * One block of a run file: a searchable view of its bytes. Data blocks hold entries; leaf and root blocks hold, for each
 * block below, the (key, seq) of its **last** entry with a pointer as value, so the entry at or after (key, seq) is in the
 * block that the first pointer at or after (key, seq) names.
 *
 *   u8 kind | u32 count | u16 prefix length | prefix | entries | slots
 *   entry   u16 suffix length | u48 seq | u8 flags | suffix | value      (key = prefix + suffix)
 *   slot    where the entry starts in the block: u16, in a root u32
 *
 * Invariant: a CRC matched before the bytes came here, so they are what was written; should they be crafted, no method
 * reads outside of them. `#start` and `#suffixEnd` check what they return; `checkLayout` checks all.
 */
import type { EntryTable } from "./entry-table.ts";
import { indexDamaged, type IndexerError } from "./indexer-error.ts";
import { type BlockPointer, KEY_BYTES_MAX, POINTER_BYTES, VALUE_BYTES_MAX } from "./index-run-format.ts";
import type { ByteString, IndexEntry } from "./sorted-run.ts";

/** The first byte of a block: "D", "L", "R". */
export const BLOCK_KIND = { data: 0x44, leaf: 0x4c, root: 0x52 } as const;
export type BlockKind = (typeof BLOCK_KIND)[keyof typeof BLOCK_KIND];

export const BLOCK_HEAD_BYTES = 7;
export const ENTRY_HEAD_BYTES = 9;
export const FLAG_REMOVE = 1;
/** The longest block below a root: it holds one entry of the largest size. */
export const BLOCK_BYTES_MAX: number = BLOCK_HEAD_BYTES + KEY_BYTES_MAX + ENTRY_HEAD_BYTES + VALUE_BYTES_MAX + 2;

const TWO_POW_32 = 2 ** 32;

/** Bytes of one slot. Only a root can be longer than a u16 reaches. */
export function slotBytes(kind: BlockKind): 2 | 4 {
  return kind === BLOCK_KIND.root ? 4 : 2;
}

/** Where a block comes from, for error reports. */
export interface BlockOrigin {
  readonly file: string;
  readonly offset: number;
}

export class IndexBlock {
  readonly kind: BlockKind;
  /** Number of entries. */
  readonly count: number;
  readonly byteLength: number;
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #origin: BlockOrigin;
  readonly #prefix: ByteString;
  readonly #entriesStart: number;
  readonly #slotsStart: number;

  /** @throws IndexerError `INDEX_DAMAGED` when the bytes are not a block of that kind. */
  constructor(bytes: Buffer, kind: BlockKind, origin: BlockOrigin) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#origin = origin;
    this.kind = kind;
    this.byteLength = bytes.length;
    if (bytes.length < BLOCK_HEAD_BYTES) throw this.#damaged(0, "block without a head");
    if (this.#view.getUint8(0) !== kind) throw this.#damaged(0, "block of another kind");
    this.count = this.#view.getUint32(1);
    this.#entriesStart = BLOCK_HEAD_BYTES + this.#view.getUint16(5);
    this.#slotsStart = bytes.length - this.count * slotBytes(kind);
    if (this.#slotsStart < this.#entriesStart) throw this.#damaged(1, "block shorter than its count says");
    this.#prefix = bytes.toString("latin1", BLOCK_HEAD_BYTES, this.#entriesStart);
  }

  /** The index of the first entry that is not before (key, seq); `count` if there is none. */
  lowerBound(key: ByteString, seq: number): number {
    const side = this.#comparePrefix(key);
    if (side !== 0) return side > 0 ? 0 : this.count;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const start = this.#start(middle);
      const order = this.#compareSuffix(start, key);
      if (order < 0 || (order === 0 && this.#seq(start) > seq)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  entry(index: number): IndexEntry {
    return this.entryOf(this.key(index), index);
  }

  /** The entry at `index`, whose key the caller knows. */
  entryOf(key: ByteString, index: number): IndexEntry {
    const start = this.#start(index);
    const suffixEnd = this.#suffixEnd(start);
    const end = this.#end(index);
    if (end < suffixEnd) throw this.#damaged(start, "key longer than its entry");
    const flags = this.#view.getUint8(start + 8);
    if (flags > FLAG_REMOVE) throw this.#damaged(start + 8, "unknown flag");
    return {
      key,
      seq: this.#seq(start),
      remove: flags === FLAG_REMOVE,
      value: suffixEnd === end ? "" : this.#bytes.toString("latin1", suffixEnd, end),
    };
  }

  /** Adds all entries to `table`. */
  copyTo(table: EntryTable): void {
    // No Buffer: see `copyBytes`.
    const bytes = new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
    const prefix = bytes.subarray(BLOCK_HEAD_BYTES, this.#entriesStart);
    for (let i = 0; i < this.count; i++) {
      const start = this.#start(i);
      const keyEnd = this.#suffixEnd(start);
      const to = this.#end(i);
      if (to < keyEnd) throw this.#damaged(start, "key longer than its entry");
      const flags = this.#view.getUint8(start + 8);
      if (flags > FLAG_REMOVE) throw this.#damaged(start + 8, "unknown flag");
      const from = start + ENTRY_HEAD_BYTES;
      table.addParts(prefix, bytes, { from, keyEnd, to, seq: this.#seq(start), remove: flags });
    }
  }

  key(index: number): ByteString {
    const start = this.#start(index);
    return this.#prefix + this.#bytes.toString("latin1", start + ENTRY_HEAD_BYTES, this.#suffixEnd(start));
  }

  hasKey(index: number, key: ByteString): boolean {
    return this.#comparePrefix(key) === 0 && this.#compareSuffix(this.#start(index), key) === 0;
  }

  /** The index of the first entry in this block with the key of the entry at `index`. */
  firstOfKey(index: number): number {
    let first = index;
    while (first > 0 && this.#sameSuffix(first - 1, index)) first--;
    return first;
  }

  /** The pointer that is the value of an entry of a leaf or root. */
  pointer(index: number): BlockPointer {
    const at = this.#suffixEnd(this.#start(index));
    if (this.#end(index) - at !== POINTER_BYTES) throw this.#damaged(at, "value that is not a pointer");
    return { offset: this.#uint48(at), length: this.#view.getUint32(at + 6), crc: this.#view.getUint32(at + 10) };
  }

  /**
   * Proves that the entries fill the block without a gap or an overlap.
   * @throws IndexerError `INDEX_DAMAGED`
   */
  checkLayout(): void {
    let expected = this.#entriesStart;
    for (let i = 0; i < this.count; i++) {
      const start = this.#start(i);
      if (start !== expected) throw this.#damaged(start, "entry in the wrong place");
      expected = this.#end(i);
      if (expected < this.#suffixEnd(start)) throw this.#damaged(start, "key longer than its entry");
      if (this.#suffixEnd(start) - start - ENTRY_HEAD_BYTES + this.#prefix.length > KEY_BYTES_MAX) {
        throw this.#damaged(start, "key too long");
      }
    }
    if (expected !== this.#slotsStart) throw this.#damaged(expected, "bytes that belong to no entry");
  }

  #start(index: number): number {
    const slotAt = this.#slotsStart + index * slotBytes(this.kind);
    const start = this.kind === BLOCK_KIND.root ? this.#view.getUint32(slotAt) : this.#view.getUint16(slotAt);
    if (start < this.#entriesStart || start + ENTRY_HEAD_BYTES > this.#slotsStart) {
      throw this.#damaged(slotAt, "slot that points to no entry");
    }
    return start;
  }

  #end(index: number): number {
    return index + 1 < this.count ? this.#start(index + 1) : this.#slotsStart;
  }

  #suffixEnd(start: number): number {
    const end = start + ENTRY_HEAD_BYTES + this.#view.getUint16(start);
    if (end > this.#slotsStart) throw this.#damaged(start, "key longer than its block");
    return end;
  }

  #seq(start: number): number {
    return this.#uint48(start + 2);
  }

  #uint48(at: number): number {
    return this.#view.getUint16(at) * TWO_POW_32 + this.#view.getUint32(at + 2);
  }

  /** 0 when `key` starts with the prefix; otherwise positive when every entry is after it, negative when before. */
  #comparePrefix(key: ByteString): number {
    const prefix = this.#prefix;
    if (key.startsWith(prefix)) return 0;
    return prefix > key ? 1 : -1;
  }

  /** Compares the entry's key with `key`, which starts with the prefix. */
  #compareSuffix(start: number, key: ByteString): number {
    const skip = this.#prefix.length;
    const from = start + ENTRY_HEAD_BYTES;
    const suffixLength = this.#suffixEnd(start) - from;
    const keyRest = key.length - skip;
    const common = Math.min(suffixLength, keyRest);
    for (let i = 0; i < common; i++) {
      const difference = this.#view.getUint8(from + i) - key.charCodeAt(skip + i);
      if (difference !== 0) return difference;
    }
    return suffixLength - keyRest;
  }

  #sameSuffix(a: number, b: number): boolean {
    const aStart = this.#start(a);
    const bStart = this.#start(b);
    const length = this.#suffixEnd(aStart) - aStart;
    if (length !== this.#suffixEnd(bStart) - bStart) return false;
    for (let i = ENTRY_HEAD_BYTES; i < length; i++) {
      if (this.#view.getUint8(aStart + i) !== this.#view.getUint8(bStart + i)) return false;
    }
    return true;
  }

  #damaged(at: number, what: string): IndexerError {
    return indexDamaged(this.#origin.file, this.#origin.offset + at, what);
  }
}
