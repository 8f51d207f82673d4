/**
 * Judges a recorded history: an empty answer means that no order contradicts it, that is, the transactions could have run one
 * by one, each at a moment between its start and its end (strict serializability). After Kingsbury and Alvaro, "Elle:
 * Inferring Isolation Anomalies from Experimental Observations" (VLDB 2020).
 */
import { checkReads } from "./check-reads.ts";
import { findCycles } from "./cycles.ts";
import { dependencyGraph } from "./dependency-graph.ts";
import type { Anomaly, History } from "./history.ts";
import { versionOrders } from "./version-orders.ts";

export function checkHistory(history: History): readonly Anomaly[] {
  const effective = history.filter((transaction) => transaction.outcome !== "unknown" || wasSeen(transaction, history));
  const orders = versionOrders(effective);
  return [...orders.anomalies, ...checkReads(effective, orders), ...findCycles(dependencyGraph(effective, orders))];
}

/** One of unknown outcome counts when a read shows that it happened. */
function wasSeen(transaction: History[number], history: History): boolean {
  const values = new Set(
    transaction.operations.flatMap((operation) => (operation.kind === "append" ? [operation.value] : [])),
  );
  return history.some(
    ({ outcome, operations }) =>
      outcome === "committed" &&
      operations.some((operation) => operation.kind === "read" && operation.values.some((value) => values.has(value))),
  );
}
