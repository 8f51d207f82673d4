import { EntryTable, copyBytes } from "./entry-table.ts";
import { BLOCK_HEAD_BYTES, type BlockKind, ENTRY_HEAD_BYTES, FLAG_REMOVE, slotBytes } from "./index-block.ts";
import type { IndexEntry } from "./sorted-run.ts";

export interface IndexBlockBuilderOptions {
  readonly kind: BlockKind;
  /** A block that holds more than one entry is never longer. */
  readonly targetBytes: number;
}

/** Keeps the start of the first entry within what a slot of two bytes reaches, whatever the key. */
const PREFIX_BYTES_MAX = 4_096;

/** Collects sorted entries and writes them as one block (layout: `index-block.ts`); then it is empty and starts the next. */
export class IndexBlockBuilder {
  /** The entries of the block. */
  readonly entries: EntryTable = new EntryTable();
  /** Holds an entry on its way in. */
  readonly #one = new EntryTable();
  readonly #kind: BlockKind;
  readonly #targetBytes: number;
  readonly #entryOverhead: number;
  #prefixLength = 0;

  constructor({ kind, targetBytes }: IndexBlockBuilderOptions) {
    this.#kind = kind;
    this.#targetBytes = targetBytes;
    this.#entryOverhead = ENTRY_HEAD_BYTES + slotBytes(kind);
  }

  /** Bytes of the block as it is now. */
  get blockBytes(): number {
    return this.#blockBytes(this.entries.count, this.#prefixLength, this.entries.byteLength);
  }

  /**
   * False, and nothing added, when the block is full: `take` it first. An empty block takes any entry.
   * @throws RangeError for a key, value or seq beyond the limits, or that is not of bytes
   */
  tryAdd(entry: IndexEntry): boolean {
    this.#one.clear();
    this.#one.add(entry);
    return this.tryAddFrom(this.#one, 0);
  }

  /** The same for an entry of a table. */
  tryAddFrom(table: EntryTable, index: number): boolean {
    const valueBytes = (table.starts[index + 1] ?? 0) - (table.keyEnds[index] ?? 0);
    const prefixLength = this.#prefixLengthWith(table, index);
    if (!this.#fits(table, index, valueBytes, prefixLength)) return false;
    this.#prefixLength = prefixLength;
    this.entries.addFrom(table, index);
    return true;
  }

  /** True when an entry with the key of that of `table`, and a value of `valueBytes`, can be added. */
  hasRoomFor(table: EntryTable, index: number, valueBytes: number): boolean {
    return this.#fits(table, index, valueBytes, this.#prefixLengthWith(table, index));
  }

  /** The bytes of the block. */
  take(): Buffer {
    const bytes = new Uint8Array(this.blockBytes);
    this.takeInto(bytes, 0);
    return Buffer.from(bytes.buffer);
  }

  /** Writes the block at `start`, where `blockBytes` bytes are free; gives the offset behind it. */
  takeInto(bytes: Uint8Array, start: number): number {
    const { entries } = this;
    const prefixLength = this.#prefixLength;
    const slot = slotBytes(this.#kind);
    const end = start + this.blockBytes;
    bytes[start] = this.#kind;
    writeUint(bytes, start + 1, 4, entries.count);
    writeUint(bytes, start + 5, 2, prefixLength);
    copyBytes(entries.bytes, 0, bytes, start + BLOCK_HEAD_BYTES, prefixLength);
    let at = start + BLOCK_HEAD_BYTES + prefixLength;
    let slotAt = end - entries.count * slot;
    for (let i = 0; i < entries.count; i++) {
      writeUint(bytes, slotAt, slot, at - start);
      slotAt += slot;
      at = writeEntry(bytes, at, entries, i, prefixLength);
    }
    entries.clear();
    this.#prefixLength = 0;
    return end;
  }

  /** What the keys in the block and this one have in common: with the first and the last, as they are in order. */
  #prefixLengthWith(table: EntryTable, index: number): number {
    const { entries } = this;
    const from = table.starts[index] ?? 0;
    const length = (table.keyEnds[index] ?? 0) - from;
    if (entries.count === 0) return Math.min(length, PREFIX_BYTES_MAX);
    const most = Math.min(this.#prefixLength, length);
    let common = 0;
    while (common < most && entries.bytes[common] === table.bytes[from + common]) common++;
    return common;
  }

  #fits(table: EntryTable, index: number, valueBytes: number, prefixLength: number): boolean {
    const { count, byteLength } = this.entries;
    if (count === 0) return true;
    const keyBytes = (table.keyEnds[index] ?? 0) - (table.starts[index] ?? 0);
    return this.#blockBytes(count + 1, prefixLength, byteLength + keyBytes + valueBytes) <= this.#targetBytes;
  }

  #blockBytes(count: number, prefixLength: number, contentBytes: number): number {
    return BLOCK_HEAD_BYTES + prefixLength + contentBytes + count * (this.#entryOverhead - prefixLength);
  }
}

function writeEntry(
  bytes: Uint8Array,
  start: number,
  entries: EntryTable,
  index: number,
  prefixLength: number,
): number {
  const keyStart = (entries.starts[index] ?? 0) + prefixLength;
  const seq = entries.seqs[index] ?? 0;
  writeUint(bytes, start, 2, (entries.keyEnds[index] ?? 0) - keyStart);
  writeUint(bytes, start + 2, 2, Math.floor(seq / 2 ** 32));
  writeUint(bytes, start + 4, 4, seq);
  bytes[start + 8] = entries.removes[index] === 1 ? FLAG_REMOVE : 0;
  const restBytes = (entries.starts[index + 1] ?? 0) - keyStart;
  copyBytes(entries.bytes, keyStart, bytes, start + ENTRY_HEAD_BYTES, restBytes);
  return start + ENTRY_HEAD_BYTES + restBytes;
}

/** The lowest `length` bytes of `value`, big-endian. Not by a method of Buffer: these check their arguments at every call. */
function writeUint(bytes: Uint8Array, at: number, length: 2 | 4, value: number): void {
  let end = at;
  if (length === 4) {
    bytes[end++] = value >>> 24;
    bytes[end++] = value >>> 16;
  }
  bytes[end++] = value >>> 8;
  bytes[end] = value;
}
