/**
 * An ordered list of entries in memory that takes inserts anywhere: the index of the log's tail, in front of the runs.
 *
 * Invariants:
 * - Chunks are never empty, hold at most CHUNK_MAX entries, and are in order, as are the entries in each.
 * - `#changes` grows with every insert that moves entries; an iterator that sees another number finds its place again.
 *   So inserting while iterating is safe: what was there when the iterator started comes exactly once, in order; what is
 *   inserted meanwhile comes too when it lies ahead. A reader at a snapshot sees no difference: new entries are newer.
 */
import { isBefore, lowerBound, SEQ_MAX } from "./entry-order.ts";
import type { ByteString, IndexEntry, KeyRange, SortedRun } from "./sorted-run.ts";

const CHUNK_MAX = 256;

/** Where an entry is: the chunk and the place in it. */
interface Place {
  readonly chunk: number;
  readonly at: number;
}

export class SortedList implements SortedRun {
  readonly #chunks: IndexEntry[][] = [];
  #size = 0;
  #changes = 0;
  #minSeq = 0;
  #maxSeq = 0;

  constructor(entries: Iterable<IndexEntry> = []) {
    for (const entry of entries) this.insert(entry);
  }

  /** Number of entries. */
  get size(): number {
    return this.#size;
  }

  /** The smallest seq inserted; 0 while empty. */
  get minSeq(): number {
    return this.#minSeq;
  }

  /** The largest seq inserted; 0 while empty. */
  get maxSeq(): number {
    return this.#maxSeq;
  }

  /** Adds `entry`, or puts it in the place of the entry with the same key and seq. The entry is kept, not copied. */
  insert(entry: IndexEntry): void {
    const place = this.#find(entry.key, entry.seq);
    const chunk = this.#chunks[place.chunk];
    const found = chunk?.[place.at];
    if (chunk !== undefined && found !== undefined && found.key === entry.key && found.seq === entry.seq) {
      chunk[place.at] = entry;
      return;
    }
    if (chunk === undefined) this.#append(entry);
    else this.#insertInto(chunk, place, entry);
    this.#minSeq = this.#size === 0 ? entry.seq : Math.min(this.#minSeq, entry.seq);
    this.#maxSeq = Math.max(this.#maxSeq, entry.seq);
    this.#size++;
    this.#changes++;
  }

  get(key: ByteString, seq: number): IndexEntry | undefined {
    const entry = this.#entryAt(this.#find(key, seq));
    return entry?.key === key ? entry : undefined;
  }

  entries(range: KeyRange, options: { readonly reverse?: boolean } = {}): IterableIterator<IndexEntry> {
    return options.reverse === true ? this.#backward(range) : this.#forward(range);
  }

  /** Nothing to free: the list stays usable. */
  close(): void {}

  *#forward({ lower, upper }: KeyRange): Generator<IndexEntry, void, undefined> {
    let place = this.#find(lower, SEQ_MAX);
    for (;;) {
      const entry = this.#entryAt(place);
      if (entry === undefined || (upper !== undefined && entry.key >= upper)) return;
      const changes = this.#changes;
      yield entry;
      place = this.#next(changes === this.#changes ? place : this.#find(entry.key, entry.seq));
    }
  }

  *#backward({ lower, upper }: KeyRange): Generator<IndexEntry, void, undefined> {
    let end = upper;
    for (;;) {
      const last = this.#entryAt(this.#previous(end === undefined ? this.#end() : this.#find(end, SEQ_MAX)));
      if (last === undefined || last.key < lower) return;
      yield* this.#entriesOfKey(last.key);
      end = last.key;
    }
  }

  *#entriesOfKey(key: ByteString): Generator<IndexEntry, void, undefined> {
    let place = this.#find(key, SEQ_MAX);
    for (;;) {
      const entry = this.#entryAt(place);
      if (entry?.key !== key) return;
      const changes = this.#changes;
      yield entry;
      place = this.#next(changes === this.#changes ? place : this.#find(key, entry.seq));
    }
  }

  /** Where the first entry not before (key, seq) is, or the end. */
  #find(key: ByteString, seq: number): Place {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const last = this.#chunks[middle]?.at(-1);
      if (last !== undefined && isBefore(last, key, seq)) low = middle + 1;
      else high = middle;
    }
    const chunk = this.#chunks[low];
    return { chunk: low, at: chunk === undefined ? 0 : lowerBound(chunk, key, seq) };
  }

  #entryAt(place: Place): IndexEntry | undefined {
    return this.#chunks[place.chunk]?.[place.at];
  }

  #end(): Place {
    return { chunk: this.#chunks.length, at: 0 };
  }

  #next({ chunk, at }: Place): Place {
    const last = (this.#chunks[chunk]?.length ?? 0) - 1;
    return at < last ? { chunk, at: at + 1 } : { chunk: chunk + 1, at: 0 };
  }

  /** The place before; before the first one a place that holds nothing. */
  #previous({ chunk, at }: Place): Place {
    if (at > 0) return { chunk, at: at - 1 };
    return { chunk: chunk - 1, at: (this.#chunks[chunk - 1]?.length ?? 0) - 1 };
  }

  #append(entry: IndexEntry): void {
    const last = this.#chunks.at(-1);
    if (last === undefined || last.length >= CHUNK_MAX) this.#chunks.push([entry]);
    else last.push(entry);
  }

  #insertInto(chunk: IndexEntry[], place: Place, entry: IndexEntry): void {
    chunk.splice(place.at, 0, entry);
    if (chunk.length > CHUNK_MAX) this.#chunks.splice(place.chunk + 1, 0, chunk.splice(CHUNK_MAX >> 1));
  }
}
