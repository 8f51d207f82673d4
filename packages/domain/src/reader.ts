/** What a rule needs to read: a transaction (reads are recorded), or a snapshot. */
import type { Graph, Transaction } from "@knotwork/graph";

export type Reader = Pick<Transaction, "get" | "edges" | "query"> | Pick<Graph, "get" | "edges" | "query">;
