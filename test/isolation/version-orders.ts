/**
 * The order in which the appends of each key took effect, as far as reads tell it: the longest list read is that order, and
 * every other list must be a beginning of it.
 */
import type { Anomaly, History, RecordedTransaction } from "./history.ts";

export interface VersionOrder {
  /** As read by the longest list. */
  readonly observed: readonly number[];
  /** Appended by committed transactions and seen by no read: they come after all that was observed. */
  readonly unobserved: readonly number[];
}

export interface VersionOrders {
  readonly orderOfKey: ReadonlyMap<string, VersionOrder>;
  readonly writerOfValue: ReadonlyMap<number, RecordedTransaction>;
  readonly anomalies: readonly Anomaly[];
}

export function versionOrders(history: History): VersionOrders {
  const writerOfValue = new Map<number, RecordedTransaction>();
  const appended = new Map<string, number[]>();
  for (const transaction of history) {
    for (const operation of transaction.operations) {
      if (operation.kind !== "append") continue;
      if (writerOfValue.has(operation.value)) throw new TypeError(`Cannot check: ${operation.value} is appended twice`);
      writerOfValue.set(operation.value, transaction);
      if (transaction.outcome === "committed") valuesOf(appended, operation.key).push(operation.value);
    }
  }
  const { longest, anomalies } = longestReads(history);
  const orderOfKey = new Map<string, VersionOrder>();
  for (const key of new Set([...appended.keys(), ...longest.keys()])) {
    const observed = longest.get(key)?.values ?? [];
    const seen = new Set(observed);
    orderOfKey.set(key, { observed, unobserved: valuesOf(appended, key).filter((value) => !seen.has(value)) });
  }
  return { orderOfKey, writerOfValue, anomalies };
}

interface LongestRead {
  readonly values: readonly number[];
  readonly reader: RecordedTransaction;
}

function longestReads(history: History): {
  readonly longest: ReadonlyMap<string, LongestRead>;
  readonly anomalies: readonly Anomaly[];
} {
  const longest = new Map<string, LongestRead>();
  const anomalies: Anomaly[] = [];
  for (const reader of history) {
    if (reader.outcome !== "committed") continue;
    for (const operation of reader.operations) {
      if (operation.kind !== "read") continue;
      const { key, values } = operation;
      const before = longest.get(key);
      const [shorter, longer] =
        before === undefined || before.values.length <= values.length
          ? [before?.values ?? [], values]
          : [values, before.values];
      if (before !== undefined && shorter.some((value, place) => longer[place] !== value)) {
        anomalies.push({
          name: "incompatible orders",
          transactions: [before.reader.name, reader.name],
          why: `${key} was read as [${before.values.join(" ")}] and as [${values.join(" ")}]`,
        });
      } else if (longer === values) {
        longest.set(key, { values, reader });
      }
    }
  }
  return { longest, anomalies };
}

function valuesOf(lists: Map<string, number[]>, key: string): number[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
