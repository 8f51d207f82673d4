/**
 * A filter over the keys of a run: for a key that is not in the run it says so 99 times in 100, for one that is it never does.
 * A Bloom filter of ten bits a key, cut into pages: one key is looked for in one page (docs/format/index-run.md, "Filter").
 */
import type { ByteString } from "./sorted-run.ts";

/** Two hashes of 32 bits. */
export interface KeyHash {
  /** Chooses the page. */
  readonly page: number;
  /** Chooses the bits in it. */
  readonly bits: number;
}

export interface KeyFilterPages {
  readonly pageBytes: number;
  readonly pages: readonly Buffer[];
}

export const FILTER_PAGE_BYTES_MAX = 4_096;
const BITS_PER_KEY = 10;
const PROBES = 7;
const TWO_POW_32 = 2 ** 32;
const HASHES_AT_FIRST = 1_024;

export function hashKey(key: ByteString): KeyHash {
  let a = SEED_A;
  let b = SEED_B;
  for (let i = 0; i < key.length; i++) {
    const byte = key.charCodeAt(i);
    a = Math.imul(a ^ byte, FACTOR_A);
    b = Math.imul(b ^ byte, FACTOR_B);
  }
  return { page: mixed(a, b), bits: mixed(b, a) };
}

/** The number of the page that a key is looked for in. */
export function filterPageOf({ page }: KeyHash, pageCount: number): number {
  return Math.floor((page / TWO_POW_32) * pageCount);
}

/** Whether all bits of a key are set in its page. */
export function pageMayHold(page: Uint8Array, { bits }: KeyHash): boolean {
  const pageBits = page.length * 8;
  const step = stepOf(bits);
  let at = bits % pageBits;
  for (let i = 0; i < PROBES; i++) {
    if (((page[at >>> 3] ?? 0) & (1 << (at & 7))) === 0) return false;
    at = (at + step) % pageBits;
  }
  return true;
}

/** Collects the keys of a filter. Memory: eight bytes a key. */
export class KeyFilterBuilder {
  #pageHashes = new Uint32Array(HASHES_AT_FIRST);
  #bitHashes = new Uint32Array(HASHES_AT_FIRST);
  #count = 0;
  #pages: KeyFilterPages | undefined;
  /** How many of the keys are in their pages. */
  #filled = 0;

  /** Adds the key that stands at [from, to) of `bytes`. Versions of one key, which come behind each other, count once. */
  add(bytes: Uint8Array, from: number, to: number): void {
    let a = SEED_A;
    let b = SEED_B;
    for (let i = from; i < to; i++) {
      const byte = bytes[i] ?? 0;
      a = Math.imul(a ^ byte, FACTOR_A);
      b = Math.imul(b ^ byte, FACTOR_B);
    }
    const page = mixed(a, b);
    const bits = mixed(b, a);
    const last = this.#count - 1;
    if (this.#pageHashes[last] === page && this.#bitHashes[last] === bits) return;
    if (this.#count === this.#pageHashes.length) this.#grow();
    this.#pageHashes[this.#count] = page;
    this.#bitHashes[this.#count] = bits;
    this.#count++;
  }

  /**
   * Puts up to `most` more of the keys into their pages; true when none is left. Then no key is added any more. A run of
   * millions of keys is done in pieces, between which others have their turn.
   */
  fill(most: number): boolean {
    this.#pages ??= this.#emptyPages();
    const { pages } = this.#pages;
    const end = Math.min(this.#filled + most, this.#count);
    for (; this.#filled < end; this.#filled++) {
      const hash = { page: this.#pageHashes[this.#filled] ?? 0, bits: this.#bitHashes[this.#filled] ?? 0 };
      const page = pages[filterPageOf(hash, pages.length)];
      if (page !== undefined) setBits(page, hash.bits);
    }
    return this.#filled === this.#count;
  }

  /** The pages that hold all keys added; none when there are none. */
  build(): KeyFilterPages {
    this.fill(this.#count);
    return this.#pages ?? this.#emptyPages();
  }

  #emptyPages(): KeyFilterPages {
    const bytes = Math.ceil((this.#count * BITS_PER_KEY) / 8);
    const pageCount = Math.ceil(bytes / FILTER_PAGE_BYTES_MAX);
    const pageBytes = pageCount === 0 ? 0 : Math.ceil(bytes / pageCount);
    return { pageBytes, pages: Array.from({ length: pageCount }, () => Buffer.alloc(pageBytes)) };
  }

  #grow(): void {
    const pageHashes = new Uint32Array(2 * this.#count);
    pageHashes.set(this.#pageHashes);
    this.#pageHashes = pageHashes;
    const bitHashes = new Uint32Array(2 * this.#count);
    bitHashes.set(this.#bitHashes);
    this.#bitHashes = bitHashes;
  }
}

function setBits(page: Buffer, bits: number): void {
  const pageBits = page.length * 8;
  const step = stepOf(bits);
  let at = bits % pageBits;
  for (let i = 0; i < PROBES; i++) {
    page[at >>> 3] = (page[at >>> 3] ?? 0) | (1 << (at & 7));
    at = (at + step) % pageBits;
  }
}

/** Odd, so that the bits of one key differ; from the upper half, as the first place comes from the lower. */
function stepOf(bits: number): number {
  return (bits >>> 16) | 1;
}

const SEED_A = 0x9e3779b9 | 0;
const SEED_B = 0x85ebca6b | 0;
const FACTOR_A = 0x9e3779b1 | 0;
const FACTOR_B = 0x5f356495;

/** The finish of MurmurHash3, over both states: every bit of either changes half of the result. */
function mixed(a: number, b: number): number {
  let hash = a ^ Math.imul(b ^ (b >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
