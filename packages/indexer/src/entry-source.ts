/**
 * Sorted sequences of entries, one at a time, as places in tables: what a merge reads. One that was sorted in memory, the blocks
 * of a run on disk, or any other run.
 */
import { sortedOrder } from "./entry-sort.ts";
import { EntryTable } from "./entry-table.ts";
import type { IndexEntry, SortedRun } from "./sorted-run.ts";

export interface EntrySource {
  /** Moves to the next entry; false when there is none. To be called before the first one, too. */
  next(): boolean;
  /** The present entry is `table`'s at `index`, until `next` is called. */
  readonly table: EntryTable;
  readonly index: number;
}

/** The entries of a table, which must not change any more, in order. */
export class SortedTableSource implements EntrySource {
  readonly table: EntryTable;
  index = 0;
  readonly #order: Uint32Array;
  #next = 0;

  constructor(table: EntryTable) {
    this.table = table;
    this.#order = sortedOrder(table);
  }

  next(): boolean {
    if (this.#next === this.#order.length) return false;
    this.index = this.#order[this.#next++] ?? 0;
    return true;
  }
}

/** Tables filled one after another, as a run gives its blocks. */
export class TablesSource implements EntrySource {
  readonly table: EntryTable = new EntryTable();
  index = -1;
  readonly #fill: (table: EntryTable) => boolean;

  /** `fill` puts the next entries, at least one, into an empty table; false when there are none. */
  constructor(fill: (table: EntryTable) => boolean) {
    this.#fill = fill;
  }

  next(): boolean {
    this.index++;
    if (this.index < this.table.count) return true;
    this.table.clear();
    this.index = 0;
    return this.#fill(this.table);
  }
}

/** The entries that an iterator gives, which are in order. */
export function sourceOfEntries(entries: Iterable<IndexEntry>): EntrySource {
  const iterator = entries[Symbol.iterator]();
  return new TablesSource((table) => {
    const next = iterator.next();
    if (next.done !== true) table.add(next.value);
    return next.done !== true;
  });
}

export function sourceOfRun(run: SortedRun): EntrySource {
  return run.source?.() ?? sourceOfEntries(run.entries({ lower: "", upper: undefined }));
}
