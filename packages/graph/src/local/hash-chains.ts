/**
 * Which numbers were added under a text, newest first, in twelve bytes an entry and without keeping the text. Other texts
 * may share its hash: who asks has to look whether a number is meant.
 */
import { NumberColumn } from "./number-column.ts";

const NONE = -1;
const BUCKETS_MIN = 1024;

export class HashChains {
  readonly #hashes: NumberColumn;
  readonly #values: NumberColumn;
  /** The entry before in the same bucket. */
  readonly #next = new NumberColumn(Int32Array);
  #buckets: Int32Array;

  constructor(
    hashes: NumberColumn = new NumberColumn(Int32Array),
    values: NumberColumn = new NumberColumn(Int32Array),
  ) {
    this.#hashes = hashes;
    this.#values = values;
    let count = BUCKETS_MIN;
    while (count < hashes.length) count *= 2;
    this.#buckets = new Int32Array(count).fill(NONE);
    for (let entry = 0; entry < hashes.length; entry += 1) {
      this.#next.push(NONE);
      this.#link(entry, hashes.at(entry));
    }
  }

  /** `value` is an integer of 31 bits, not below the one added before. */
  add(text: string, value: number): void {
    if (this.#hashes.length === this.#buckets.length) this.#grow();
    const hash = hashOf(text);
    this.#hashes.push(hash);
    this.#values.push(value);
    this.#next.push(NONE);
    this.#link(this.#hashes.length - 1, hash);
  }

  /** The newest entry under `text`, or under another text of its hash. */
  first(text: string): number | undefined {
    const hash = hashOf(text);
    return this.#withHash(this.#buckets[this.#bucketOf(hash)] ?? NONE, hash);
  }

  /** The entry under the same hash that was added before `entry`. */
  next(entry: number): number | undefined {
    return this.#withHash(this.#next.at(entry), this.#hashes.at(entry));
  }

  /** The number that was added. */
  valueAt(entry: number): number {
    return this.#values.at(entry);
  }

  /** The entries with a value of at least `value`, less `value`. */
  since(value: number): HashChains {
    let first = this.#values.length;
    while (first > 0 && this.#values.at(first - 1) >= value) first -= 1;
    const values = new NumberColumn(Int32Array);
    for (let entry = first; entry < this.#values.length; entry += 1) values.push(this.#values.at(entry) - value);
    return new HashChains(this.#hashes.since(first), values);
  }

  #withHash(start: number, hash: number): number | undefined {
    let entry = start;
    while (entry !== NONE && this.#hashes.at(entry) !== hash) entry = this.#next.at(entry);
    return entry === NONE ? undefined : entry;
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
