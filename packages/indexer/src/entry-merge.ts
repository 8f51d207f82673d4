/** Gives the entries of several sources in one order: a heap of them, by their present entry. */
import { compareInTables } from "./entry-table.ts";
import type { EntrySource } from "./entry-source.ts";
import type { IndexEntry } from "./sorted-run.ts";

export class EntryMerge {
  /** A heap: no source comes before the one at half its place. */
  readonly #heap: EntrySource[] = [];

  constructor(sources: readonly EntrySource[]) {
    for (const source of sources) {
      if (source.next()) this.#heap.push(source);
    }
    for (let at = this.#heap.length >>> 1; at-- > 0;) this.#sink(at);
  }

  /** The source whose present entry is the next in order; `undefined` behind the last. Moved on by `next`, never by the caller. */
  get first(): EntrySource | undefined {
    return this.#heap[0];
  }

  /** Passes to the entry behind that of `first`. */
  next(): void {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined) return;
    if (!first.next()) {
      const last = heap.pop();
      if (last === undefined || last === first) return;
      heap[0] = last;
    }
    this.#sink(0);
  }

  #sink(start: number): void {
    const heap = this.#heap;
    const source = heap[start];
    if (source === undefined) return;
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      let lesser = heap[child];
      if (lesser === undefined) break;
      const other = heap[child + 1];
      if (other !== undefined && comesBefore(other, lesser)) {
        child++;
        lesser = other;
      }
      if (!comesBefore(lesser, source)) break;
      heap[at] = lesser;
      at = child;
    }
    heap[at] = source;
  }
}

/** All entries of the sources, in order. */
export function* mergedEntries(sources: readonly EntrySource[]): Generator<IndexEntry, void, undefined> {
  const merge = new EntryMerge(sources);
  for (let source = merge.first; source !== undefined; source = merge.first) {
    yield source.table.entry(source.index);
    merge.next();
  }
}

function comesBefore(a: EntrySource, b: EntrySource): boolean {
  return compareInTables(a.table, a.index, b.table, b.index) < 0;
}
