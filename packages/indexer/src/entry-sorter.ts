/** Takes entries in any order and gives them sorted, in pieces that are sorted as soon as they are full. */
import { EntryTable } from "./entry-table.ts";
import { SortedTableSource } from "./entry-source.ts";
import type { EntrySource } from "./entry-source.ts";
import type { IndexEntry } from "./sorted-run.ts";

/** A sort of so many takes about 3 ms: the process does nothing else meanwhile. */
const PIECE_ENTRIES = 16_384;
const PIECE_BYTES = 1024 * 1024;

export class EntrySorter {
  readonly #pieces: SortedTableSource[] = [];
  #table = new EntryTable();
  #bytes = 0;

  /** Bytes of all entries taken: about what they need in memory. */
  get byteLength(): number {
    return this.#bytes + this.#table.byteLength;
  }

  /** @throws RangeError for an entry that cannot be stored */
  add(entry: IndexEntry): void {
    const table = this.#table;
    table.add(entry);
    if (table.count >= PIECE_ENTRIES || table.byteLength >= PIECE_BYTES) this.#close();
  }

  /** All entries taken so far, as sources for a merge; then it is empty. */
  takeSources(): readonly EntrySource[] {
    if (this.#table.count > 0) this.#close();
    this.#bytes = 0;
    return this.#pieces.splice(0);
  }

  #close(): void {
    this.#bytes += this.#table.byteLength;
    this.#pieces.push(new SortedTableSource(this.#table));
    this.#table = new EntryTable();
  }
}
