/** What single reads already prove wrong, without any cycle. */
import type { Anomaly, History, RecordedTransaction } from "./history.ts";
import type { VersionOrders } from "./version-orders.ts";

export function checkReads(history: History, orders: VersionOrders): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
  for (const reader of history) {
    if (reader.outcome !== "committed") continue;
    anomalies.push(...checkOwnView(reader), ...checkOrigins(reader, orders));
  }
  anomalies.push(...checkLost(history, orders));
  return anomalies;
}

/** Within a transaction a list changes by its own appends only. */
function checkOwnView(reader: RecordedTransaction): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
  const expected = new Map<
    string,
    { readonly known: readonly number[] | undefined; readonly own: readonly number[] }
  >();
  for (const operation of reader.operations) {
    const { known, own } = expected.get(operation.key) ?? { known: undefined, own: [] };
    if (operation.kind === "append") {
      expected.set(operation.key, { known, own: [...own, operation.value] });
      continue;
    }
    const { key, values } = operation;
    const wanted = known === undefined ? [...values.slice(0, values.length - own.length), ...own] : [...known, ...own];
    if (wanted.length !== values.length || wanted.some((value, place) => values[place] !== value)) {
      anomalies.push({
        name: "fuzzy read",
        transactions: [reader.name],
        why: `it had reason to read ${key} as [${wanted.join(" ")}] and read [${values.join(" ")}]`,
      });
    }
    expected.set(key, { known: values, own: [] });
  }
  return anomalies;
}

/** Every value read was appended, once, by a transaction that took effect, and all of that transaction's appends are there. */
function checkOrigins(reader: RecordedTransaction, { writerOfValue }: VersionOrders): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
  for (const operation of reader.operations) {
    if (operation.kind !== "read") continue;
    const { key, values } = operation;
    const report = (name: Anomaly["name"], writer: RecordedTransaction | undefined, why: string): void => {
      anomalies.push({ name, transactions: [...(writer === undefined ? [] : [writer.name]), reader.name], why });
    };
    const met = new Set<number>();
    for (const value of values) {
      const writer = writerOfValue.get(value);
      if (met.has(value)) report("duplicate append", writer, `${value} is twice in ${key}`);
      met.add(value);
      if (writer === undefined) report("unwritten value", writer, `nobody appended the ${value} read in ${key}`);
      else if (writer.outcome === "aborted") report("dirty read", writer, `${value} in ${key} was rolled back`);
    }
    const writer = writerOfValue.get(values.at(-1) ?? NaN);
    if (writer === undefined || writer === reader) continue;
    const missing = appendsTo(writer, key).filter((value) => !met.has(value));
    if (missing.length > 0)
      report("intermediate read", writer, `${key} was read before ${missing.join(" ")} was there`);
  }
  return anomalies;
}

/** An append that had been acknowledged before a read began and is in no list at all. */
function checkLost(history: History, { orderOfKey, writerOfValue }: VersionOrders): readonly Anomaly[] {
  const lastReadStart = new Map<string, number>();
  for (const reader of history) {
    if (reader.outcome !== "committed") continue;
    for (const { kind, key } of reader.operations) {
      if (kind === "read") lastReadStart.set(key, Math.max(lastReadStart.get(key) ?? -Infinity, reader.startedAt));
    }
  }
  const anomalies: Anomaly[] = [];
  for (const [key, { unobserved }] of orderOfKey) {
    for (const value of unobserved) {
      const writer = writerOfValue.get(value);
      if (writer === undefined || writer.endedAt >= (lastReadStart.get(key) ?? -Infinity)) continue;
      anomalies.push({
        name: "lost append",
        transactions: [writer.name],
        why: `its ${value} was acknowledged, ${key} was read afterwards, and no list has it`,
      });
    }
  }
  return anomalies;
}

export function appendsTo(transaction: RecordedTransaction, key: string): readonly number[] {
  return transaction.operations.flatMap((operation) =>
    operation.kind === "append" && operation.key === key ? [operation.value] : [],
  );
}
