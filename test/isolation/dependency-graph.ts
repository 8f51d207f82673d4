/**
 * Which transaction must come before which: `ww` its append follows the other's, `wr` it read the other's append, `rw` it
 * appended right after what the other had read, `rt` it began after the other had ended.
 */
import type { History, RecordedTransaction } from "./history.ts";
import type { VersionOrders } from "./version-orders.ts";

export type DependencyKind = "ww" | "wr" | "rw" | "rt";

export interface Dependency {
  readonly kind: DependencyKind;
  readonly from: RecordedTransaction;
  readonly to: RecordedTransaction;
  readonly key: string | undefined;
}

export type DependencyGraph = ReadonlyMap<RecordedTransaction, readonly Dependency[]>;

export function dependencyGraph(history: History, orders: VersionOrders): DependencyGraph {
  const graph = new Map<RecordedTransaction, Dependency[]>();
  const add = (dependency: Dependency): void => {
    if (dependency.from === dependency.to) return;
    const list = graph.get(dependency.from) ?? [];
    graph.set(dependency.from, list);
    list.push(dependency);
  };
  for (const [key, { observed, unobserved }] of orders.orderOfKey) {
    const writers = observed.map((value) => orders.writerOfValue.get(value));
    const last = writers.map((writer, place) => ({ from: writer, to: writers[place + 1] }));
    for (const { from, to } of last) {
      if (from !== undefined && to !== undefined) add({ kind: "ww", from, to, key });
    }
    for (const value of unobserved) {
      const [from, to] = [writers.at(-1), orders.writerOfValue.get(value)];
      if (from !== undefined && to !== undefined) add({ kind: "ww", from, to, key });
    }
  }
  for (const reader of history) if (reader.outcome === "committed") addReads(reader, orders, add);
  addRealTime(history, add);
  return graph;
}

function addReads(
  reader: RecordedTransaction,
  { orderOfKey, writerOfValue }: VersionOrders,
  add: (dependency: Dependency) => void,
): void {
  const own = new Set(reader.operations.flatMap((operation) => (operation.kind === "append" ? [operation.value] : [])));
  for (const operation of reader.operations) {
    if (operation.kind !== "read") continue;
    const { key } = operation;
    // What it appended itself before the read is not what it found.
    const found = operation.values.filter((value) => !own.has(value));
    const order = orderOfKey.get(key) ?? { observed: [], unobserved: [] };
    const writer = writerOfValue.get(found.at(-1) ?? NaN);
    if (writer !== undefined) add({ kind: "wr", from: writer, to: reader, key });
    const next = order.observed.slice(found.length).find((value) => !own.has(value));
    const later = next === undefined ? order.unobserved : [next];
    for (const value of later) {
      const to = writerOfValue.get(value);
      if (to !== undefined) add({ kind: "rw", from: reader, to, key });
    }
  }
}

/**
 * One that ended before another began comes before it. Only the newest that had ended are linked: each of the older ones
 * ended before one of these began, so the rest follows.
 */
function addRealTime(history: History, add: (dependency: Dependency) => void): void {
  const byStart = history.filter(({ outcome }) => outcome !== "aborted").toSorted((a, b) => a.startedAt - b.startedAt);
  const byEnd = byStart.filter(({ outcome }) => outcome === "committed").toSorted((a, b) => a.endedAt - b.endedAt);
  let newest: RecordedTransaction[] = [];
  let ended = 0;
  for (const to of byStart) {
    for (; (byEnd[ended]?.endedAt ?? Infinity) < to.startedAt; ended += 1) {
      const one = byEnd[ended];
      if (one === undefined) break;
      newest = [...newest.filter((other) => other.endedAt >= one.startedAt), one];
    }
    for (const from of newest) add({ kind: "rt", from, to, key: undefined });
  }
}
