/**
 * Which numbers were added under a text, newest first, in twelve bytes an entry and without keeping the text. Other texts
 * may share its hash: who asks has to look whether a number is meant.
 */
import { NumberColumn } from "./number-column.ts";

const NONE = -1;
const BUCKETS_MIN = 1024;

export class HashChains {
  readonly #hashes = new NumberColumn(Int32Array);
  readonly #values = new NumberColumn(Int32Array);
  /** The entry before in the same bucket. */
  readonly #next = new NumberColumn(Int32Array);
  #buckets: Int32Array = new Int32Array(BUCKETS_MIN).fill(NONE);

  /** `value` is an integer of 31 bits. */
  add(text: string, value: number): void {
    if (this.#hashes.length === this.#buckets.length) this.#grow();
    const hash = hashOf(text);
    this.#hashes.push(hash);
    this.#values.push(value);
    this.#next.push(NONE);
    this.#link(this.#hashes.length - 1, hash);
  }

  /** The numbers added under `text`, and some under others, newest first. */
  *find(text: string): Generator<number> {
    const hash = hashOf(text);
    for (let entry = this.#buckets[this.#bucketOf(hash)] ?? NONE; entry !== NONE; entry = this.#next.at(entry))
      if (this.#hashes.at(entry) === hash) yield this.#values.at(entry);
  }

  #grow(): void {
    this.#buckets = new Int32Array(this.#buckets.length * 2).fill(NONE);
    for (let entry = 0; entry < this.#hashes.length; entry += 1) this.#link(entry, this.#hashes.at(entry));
  }

  #link(entry: number, hash: number): void {
    const bucket = this.#bucketOf(hash);
    this.#next.set(entry, this.#buckets[bucket] ?? NONE);
    this.#buckets[bucket] = entry;
  }

  #bucketOf(hash: number): number {
    return (hash ^ (hash >>> 15)) & (this.#buckets.length - 1);
  }
}

/** FNV-1a over UTF-16 code units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}
