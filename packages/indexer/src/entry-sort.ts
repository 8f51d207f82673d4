/**
 * Sorts the entries of a table: multikey quicksort (Bentley and Sedgewick), which looks at each byte of a key about once and
 * never again at what keys have in common. Index keys share long beginnings, so a sort that compares whole keys takes
 * several times as long.
 */
import { compareInTables } from "./entry-table.ts";
import type { EntryTable } from "./entry-table.ts";

/** So few are sorted by insertion. */
const FEW = 12;

/** The numbers of the entries, in order (`compareEntries`). */
export function sortedOrder(table: EntryTable): Uint32Array {
  const order = new Uint32Array(table.count);
  for (let i = 0; i < order.length; i++) order[i] = i;
  sortRange(table, order, 0, order.length, 0);
  return order;
}

/** Sorts `order` in [start, end), whose keys have their first `prefix` bytes in common. */
function sortRange(table: EntryTable, order: Uint32Array, start: number, end: number, prefix: number): void {
  let from = start;
  let to = end;
  let depth = prefix;
  while (to - from > FEW) {
    depth += commonPrefix(table, order, from, to, depth);
    const pivot = medianByte(table, order, from, to, depth);
    let less = from;
    let greater = to;
    for (let i = from; i < greater;) {
      const byte = byteAt(table, order[i] ?? 0, depth);
      if (byte < pivot) swap(order, less++, i++);
      else if (byte > pivot) swap(order, i, --greater);
      else i++;
    }
    if (pivot === KEY_ENDED) {
      sortBySeq(table, order.subarray(less, greater));
      from = greater;
      continue;
    }
    // The largest part is left to this loop, so that calls nest as deep as a logarithm, whatever the keys.
    const largest = Math.max(less - from, greater - less, to - greater);
    const goesOn = largest === greater - less ? "equal" : largest === less - from ? "less" : "greater";
    if (goesOn !== "less") sortRange(table, order, from, less, depth);
    if (goesOn !== "equal") sortRange(table, order, less, greater, depth + 1);
    if (goesOn !== "greater") sortRange(table, order, greater, to, depth);
    if (goesOn === "less") to = less;
    else if (goesOn === "greater") from = greater;
    else {
      from = less;
      to = greater;
      depth++;
    }
  }
  insertionSort(table, order, from, to, depth);
}

/**
 * How many bytes from `depth` on all keys of the range have in common. Index keys have long beginnings in common, over which
 * this passes at a quarter of what a partition for each byte costs.
 */
function commonPrefix(table: EntryTable, order: Uint32Array, from: number, to: number, depth: number): number {
  const { bytes, starts, keyEnds } = table;
  const first = order[from] ?? 0;
  const firstAt = (starts[first] ?? 0) + depth;
  let common = (keyEnds[first] ?? 0) - firstAt;
  for (let i = from + 1; i < to && common > 0; i++) {
    const entry = order[i] ?? 0;
    const at = (starts[entry] ?? 0) + depth;
    const length = (keyEnds[entry] ?? 0) - at;
    if (length < common) common = length;
    let same = 0;
    while (same < common && bytes[firstAt + same] === bytes[at + same]) same++;
    common = same;
  }
  return common;
}

/** Stands for the byte behind the last one of a key. */
const KEY_ENDED = -1;

function byteAt(table: EntryTable, index: number, depth: number): number {
  const at = (table.starts[index] ?? 0) + depth;
  return at < (table.keyEnds[index] ?? 0) ? (table.bytes[at] ?? 0) : KEY_ENDED;
}

function medianByte(table: EntryTable, order: Uint32Array, from: number, to: number, depth: number): number {
  const a = byteAt(table, order[from] ?? 0, depth);
  const b = byteAt(table, order[(from + to) >>> 1] ?? 0, depth);
  const c = byteAt(table, order[to - 1] ?? 0, depth);
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

function swap(order: Uint32Array, i: number, j: number): void {
  const entry = order[i] ?? 0;
  order[i] = order[j] ?? 0;
  order[j] = entry;
}

/** For entries of one key: the latest comes first. */
function sortBySeq({ seqs }: EntryTable, order: Uint32Array): void {
  order.sort((a, b) => (seqs[b] ?? 0) - (seqs[a] ?? 0));
}

function insertionSort(table: EntryTable, order: Uint32Array, from: number, to: number, depth: number): void {
  for (let i = from + 1; i < to; i++) {
    const entry = order[i] ?? 0;
    let at = i;
    while (at > from && compareInTables(table, order[at - 1] ?? 0, table, entry, depth) > 0) {
      order[at] = order[at - 1] ?? 0;
      at--;
    }
    order[at] = entry;
  }
}
