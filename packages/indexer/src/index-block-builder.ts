import { BLOCK_HEAD_BYTES, type BlockKind, ENTRY_HEAD_BYTES, FLAG_REMOVE, slotBytes } from "./index-block.ts";
import { KEY_BYTES_MAX, VALUE_BYTES_MAX } from "./index-run-format.ts";
import { SEQ_MAX } from "./entry-order.ts";
import type { ByteString, IndexEntry } from "./sorted-run.ts";

export interface IndexBlockBuilderOptions {
  readonly kind: BlockKind;
  /** A block that holds more than one entry is never longer. */
  readonly targetBytes: number;
}

/** Keeps the start of the first entry within what a slot of two bytes reaches, whatever the key. */
const PREFIX_BYTES_MAX = 4_096;

/** Collects sorted entries and writes them as one block (layout: `index-block.ts`); then it is empty and starts the next. */
export class IndexBlockBuilder {
  readonly #kind: BlockKind;
  readonly #targetBytes: number;
  readonly #entryOverhead: number;
  #entries: IndexEntry[] = [];
  #prefixLength = 0;
  /** Sum of the lengths of all keys and values. */
  #contentBytes = 0;

  constructor({ kind, targetBytes }: IndexBlockBuilderOptions) {
    this.#kind = kind;
    this.#targetBytes = targetBytes;
    this.#entryOverhead = ENTRY_HEAD_BYTES + slotBytes(kind);
  }

  /** The last entry added since the last `take`. */
  get last(): IndexEntry | undefined {
    return this.#entries.at(-1);
  }

  /**
   * False, and nothing added, when the block is full: `take` it first. An empty block takes any entry.
   * @throws RangeError for a key, value or seq beyond the limits.
   */
  tryAdd(entry: IndexEntry): boolean {
    assertStorable(entry);
    if (!this.hasRoomFor(entry.key, entry.value.length)) return false;
    this.#prefixLength = this.#prefixLengthWith(entry.key);
    this.#contentBytes += entry.key.length + entry.value.length;
    this.#entries.push(entry);
    return true;
  }

  /** True when an entry of `key` with a value of `valueBytes` can be added. */
  hasRoomFor(key: ByteString, valueBytes: number): boolean {
    const count = this.#entries.length + 1;
    if (count === 1) return true;
    const contentBytes = this.#contentBytes + key.length + valueBytes;
    return this.#blockBytes(count, this.#prefixLengthWith(key), contentBytes) <= this.#targetBytes;
  }

  /**
   * The bytes of the block.
   * @throws RangeError when a key or value is not made of bytes.
   */
  take(): Buffer {
    const entries = this.#entries;
    const prefixLength = this.#prefixLength;
    const bytes = Buffer.allocUnsafeSlow(this.#blockBytes(entries.length, prefixLength, this.#contentBytes));
    bytes.writeUInt8(this.#kind, 0);
    bytes.writeUInt32BE(entries.length, 1);
    bytes.writeUInt16BE(prefixLength, 5);
    let at = writeBytes(bytes, entries[0]?.key ?? "", { from: 0, to: prefixLength, at: BLOCK_HEAD_BYTES });
    const slot = slotBytes(this.#kind);
    let slotAt = bytes.length - entries.length * slot;
    for (const entry of entries) {
      slotAt = slot === 2 ? bytes.writeUInt16BE(at, slotAt) : bytes.writeUInt32BE(at, slotAt);
      at = writeEntry(bytes, entry, prefixLength, at);
    }
    this.#entries = [];
    this.#prefixLength = 0;
    this.#contentBytes = 0;
    return bytes;
  }

  #prefixLengthWith(key: ByteString): number {
    const first = this.#entries[0];
    return first === undefined
      ? Math.min(key.length, PREFIX_BYTES_MAX)
      : commonPrefixLength(first.key, key, this.#prefixLength);
  }

  #blockBytes(count: number, prefixLength: number, contentBytes: number): number {
    return BLOCK_HEAD_BYTES + prefixLength + contentBytes + count * (this.#entryOverhead - prefixLength);
  }
}

function assertStorable({ key, seq, value }: IndexEntry): void {
  if (key.length > KEY_BYTES_MAX) throw new RangeError(`Cannot store an index entry: its key has ${key.length} bytes`);
  if (value.length > VALUE_BYTES_MAX) {
    throw new RangeError(`Cannot store an index entry: its value has ${value.length} bytes`);
  }
  if (!Number.isInteger(seq) || seq < 0 || seq > SEQ_MAX)
    throw new RangeError(`Cannot store an index entry: seq ${seq}`);
}

function commonPrefixLength(a: ByteString, b: ByteString, most: number): number {
  const end = Math.min(most, b.length);
  let length = 0;
  while (length < end && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}

function writeEntry(bytes: Buffer, { key, seq, remove, value }: IndexEntry, prefixLength: number, at: number): number {
  bytes.writeUInt16BE(key.length - prefixLength, at);
  bytes.writeUIntBE(seq, at + 2, 6);
  bytes.writeUInt8(remove ? FLAG_REMOVE : 0, at + 8);
  const suffixEnd = writeBytes(bytes, key, { from: prefixLength, to: key.length, at: at + ENTRY_HEAD_BYTES });
  return writeBytes(bytes, value, { from: 0, to: value.length, at: suffixEnd });
}

/** Writes the chars of `text` in [from, to) and gives the offset after them. */
function writeBytes(
  bytes: Buffer,
  text: ByteString,
  { from, to, at }: { readonly from: number; readonly to: number; readonly at: number },
): number {
  let seen = 0;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    seen |= code;
    bytes[at + i - from] = code;
  }
  if (seen > 0xff) throw new RangeError("Cannot store an index entry: its key or value is not a string of bytes");
  return at + to - from;
}
