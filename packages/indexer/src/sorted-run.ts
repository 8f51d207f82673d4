/**
 * What every ordered table of index entries offers: an immutable run on disk, one rebuilt in memory, the overlay of the
 * log's tail. A table holds entries of many sequence numbers; a reader picks the newest one at its snapshot.
 */

import type { EntrySource } from "./entry-source.ts";
import type { KeyHash } from "./key-filter.ts";

/** A string whose every char code is at most 0xFF: bytes, seen as latin1, so that `<` is byte order. */
export type ByteString = string;

/** One entry. Entries are ordered by key ascending, then seq descending. (key, seq) is unique. */
export interface IndexEntry {
  readonly key: ByteString;
  readonly seq: number;
  /** True: at `seq` the key ceased to be there. */
  readonly remove: boolean;
  readonly value: ByteString;
}

export interface KeyRange {
  /** Inclusive. */
  readonly lower: ByteString;
  /** Exclusive; `undefined` is the end of the table. */
  readonly upper: ByteString | undefined;
}

export interface SortedRun {
  readonly minSeq: number;
  readonly maxSeq: number;
  /** The newest entry of `key` with seq at most `seq` (a remove included), or `undefined`. */
  get(key: ByteString, seq: number): IndexEntry | undefined;
  /**
   * All entries of the range, every seq: key ascending (or descending with `reverse`), within a key always seq descending.
   * Lazy: what is not consumed is not read.
   */
  entries(range: KeyRange, options?: { readonly reverse?: boolean }): IterableIterator<IndexEntry>;
  /** False only when there is no entry of `key`, whose hash is given; says so at much less cost than `get`. */
  mayHold?(key: ByteString, hash: KeyHash): boolean;
  /** All entries as a merge reads them, when there is a quicker way than `entries`. */
  source?(): EntrySource;
  close(): void;
}
