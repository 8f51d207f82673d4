/**
 * A recorded history of transactions over lists: each operation appends a number to the list of a key, or reads that list
 * whole. Numbers are unique within a history, so what a read returns tells whose appends it saw, and in which order.
 */
export type Operation =
  | { readonly kind: "append"; readonly key: string; readonly value: number }
  | { readonly kind: "read"; readonly key: string; readonly values: readonly number[] };

export interface RecordedTransaction {
  /** Unique in the history; named in what the checker reports. */
  readonly name: string;
  /** On one clock for all processes, in any unit: when it was asked for, and when its outcome was known. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** `unknown`: the process died, or was told so: it may have happened, at any time after its start. */
  readonly outcome: "committed" | "aborted" | "unknown";
  /** As the last attempt did them. */
  readonly operations: readonly Operation[];
}

export type History = readonly RecordedTransaction[];

/** Names of the literature: Adya (1999); Kingsbury and Alvaro, "Elle" (2020). */
export type AnomalyName =
  | "unwritten value"
  | "duplicate append"
  | "dirty read"
  | "intermediate read"
  | "fuzzy read"
  | "incompatible orders"
  | "lost append"
  | "dirty write"
  | "circular information flow"
  | "lost update"
  | "read skew"
  | "write skew"
  | "long fork"
  | "stale read"
  | "real-time violation";

export interface Anomaly {
  readonly name: AnomalyName;
  /** The transactions involved; of a cycle, in its order. */
  readonly transactions: readonly string[];
  readonly why: string;
}
