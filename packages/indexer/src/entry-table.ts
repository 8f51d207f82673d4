/**
 * Entries as bytes in a few arrays, with no object an entry: what sorts, merges and writes index runs works on these, at a
 * tenth of the cost of objects with strings (decision 0150).
 *
 *   bytes     key value key value …      of entry i: key from starts[i] to keyEnds[i], value from there to starts[i + 1]
 *
 * Invariants:
 * - Every entry in here is within the limits of the format: nothing else is added.
 */
import { SEQ_MAX } from "./entry-order.ts";
import { KEY_BYTES_MAX, VALUE_BYTES_MAX } from "./index-run-format.ts";
import type { ByteString, IndexEntry } from "./sorted-run.ts";

const BYTES_AT_FIRST = 4_096;
const ENTRIES_AT_FIRST = 64;

export class EntryTable {
  bytes: Uint8Array = new Uint8Array(BYTES_AT_FIRST);
  starts: Uint32Array = new Uint32Array(ENTRIES_AT_FIRST + 1);
  keyEnds: Uint32Array = new Uint32Array(ENTRIES_AT_FIRST);
  seqs: Float64Array = new Float64Array(ENTRIES_AT_FIRST);
  /** 1 for an entry that removes its key, else 0. */
  removes: Uint8Array = new Uint8Array(ENTRIES_AT_FIRST);
  #count = 0;

  /** Number of entries. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of all keys and values. */
  get byteLength(): number {
    return this.starts[this.#count] ?? 0;
  }

  clear(): void {
    this.#count = 0;
  }

  /** @throws RangeError for a key, value or seq beyond the limits, or that is not of bytes; nothing was added then */
  add({ key, seq, remove, value }: IndexEntry): void {
    assertStorable(key.length, value.length, seq);
    const start = this.byteLength;
    this.#reserve(key.length + value.length);
    const keyEnd = writeByteString(this.bytes, key, start);
    this.#end(keyEnd, writeByteString(this.bytes, value, keyEnd), seq, remove ? 1 : 0);
  }

  /** Adds a copy of an entry of another table. */
  addFrom(other: EntryTable, index: number): void {
    const from = other.starts[index] ?? 0;
    const length = (other.starts[index + 1] ?? 0) - from;
    const start = this.byteLength;
    this.#reserve(length);
    copyBytes(other.bytes, from, this.bytes, start, length);
    const keyEnd = start + (other.keyEnds[index] ?? 0) - from;
    this.#end(keyEnd, start + length, other.seqs[index] ?? 0, other.removes[index] ?? 0);
  }

  /** Adds the entry that stands in a block in parts: `prefix`, and the rest of the key with the value behind it. */
  addParts(
    prefix: Uint8Array,
    rest: Uint8Array,
    { from, keyEnd, to, seq, remove }: { from: number; keyEnd: number; to: number; seq: number; remove: number },
  ): void {
    const start = this.byteLength;
    this.#reserve(prefix.length + to - from);
    copyBytes(prefix, 0, this.bytes, start, prefix.length);
    const restStart = start + prefix.length;
    copyBytes(rest, from, this.bytes, restStart, to - from);
    this.#end(restStart + keyEnd - from, restStart + to - from, seq, remove);
  }

  entry(index: number): IndexEntry {
    const keyEnd = this.keyEnds[index] ?? 0;
    return {
      key: this.#text(this.starts[index] ?? 0, keyEnd),
      seq: this.seqs[index] ?? 0,
      remove: this.removes[index] === 1,
      value: this.#text(keyEnd, this.starts[index + 1] ?? 0),
    };
  }

  #text(from: number, to: number): ByteString {
    return Buffer.from(this.bytes.buffer, from, to - from).toString("latin1");
  }

  #end(keyEnd: number, end: number, seq: number, remove: number): void {
    const index = this.#count;
    this.keyEnds[index] = keyEnd;
    this.starts[index + 1] = end;
    this.seqs[index] = seq;
    this.removes[index] = remove;
    this.#count = index + 1;
  }

  /** Makes room for one more entry of so many bytes. */
  #reserve(bytes: number): void {
    const needed = this.byteLength + bytes;
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
      grown.set(this.bytes);
      this.bytes = grown;
    }
    if (this.#count < this.seqs.length) return;
    const entries = 2 * this.seqs.length;
    this.starts = grownTo(this.starts, new Uint32Array(entries + 1));
    this.keyEnds = grownTo(this.keyEnds, new Uint32Array(entries));
    this.seqs = grownTo(this.seqs, new Float64Array(entries));
    this.removes = grownTo(this.removes, new Uint8Array(entries));
  }
}

/** Key ascending, then seq descending, as `compareEntries`. `skip`: so many bytes of both keys are known to be equal. */
export function compareInTables(a: EntryTable, i: number, b: EntryTable, j: number, skip = 0): number {
  const aBytes = a.bytes;
  const bBytes = b.bytes;
  const aStart = a.starts[i] ?? 0;
  const bStart = b.starts[j] ?? 0;
  const aLength = (a.keyEnds[i] ?? 0) - aStart;
  const bLength = (b.keyEnds[j] ?? 0) - bStart;
  const shorter = aLength < bLength ? aLength : bLength;
  for (let at = skip; at < shorter; at++) {
    const difference = (aBytes[aStart + at] ?? 0) - (bBytes[bStart + at] ?? 0);
    if (difference !== 0) return difference;
  }
  return aLength === bLength ? (b.seqs[j] ?? 0) - (a.seqs[i] ?? 0) : aLength - bLength;
}

/** Whether two entries say the same of the same key and seq, given that these are equal. */
export function isSameStatement(a: EntryTable, i: number, b: EntryTable, j: number): boolean {
  const aStart = a.keyEnds[i] ?? 0;
  const bStart = b.keyEnds[j] ?? 0;
  const length = (a.starts[i + 1] ?? 0) - aStart;
  if (a.removes[i] !== b.removes[j] || length !== (b.starts[j + 1] ?? 0) - bStart) return false;
  for (let at = 0; at < length; at++) if (a.bytes[aStart + at] !== b.bytes[bStart + at]) return false;
  return true;
}

/**
 * A loop: for the few dozen bytes of an entry it costs half of what `set` on a `subarray` does. As long as it meets one kind of
 * array: a Buffer, which is another kind, makes it several times as slow, so none is given to it.
 */
export function copyBytes(from: Uint8Array, start: number, to: Uint8Array, at: number, length: number): void {
  if (length > COPY_BY_LOOP_BYTES_MAX) {
    to.set(from.subarray(start, start + length), at);
    return;
  }
  for (let i = 0; i < length; i++) to[at + i] = from[start + i] ?? 0;
}

const COPY_BY_LOOP_BYTES_MAX = 128;

function assertStorable(keyBytes: number, valueBytes: number, seq: number): void {
  if (keyBytes > KEY_BYTES_MAX) throw new RangeError(`Cannot store an index entry: its key has ${keyBytes} bytes`);
  if (valueBytes > VALUE_BYTES_MAX)
    throw new RangeError(`Cannot store an index entry: its value has ${valueBytes} bytes`);
  if (!Number.isInteger(seq) || seq < 0 || seq > SEQ_MAX)
    throw new RangeError(`Cannot store an index entry: seq ${seq}`);
}

/** Writes the chars of `text` and gives the offset after them. */
function writeByteString(bytes: Uint8Array, text: ByteString, at: number): number {
  let seen = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    seen |= code;
    bytes[at + i] = code;
  }
  if (seen > 0xff) throw new RangeError("Cannot store an index entry: its key or value is not a string of bytes");
  return at + text.length;
}

function grownTo<T extends Uint32Array | Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
