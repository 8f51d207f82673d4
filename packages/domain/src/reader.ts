/** What a rule needs to read: a transaction (reads are recorded), a snapshot, or the graph as it is now. */
import type { KnotGraph } from "./types/knot-types.ts";

export type Reader = Pick<
  KnotGraph,
  "get" | "getMany" | "getEdge" | "edges" | "edgesFrom" | "links" | "idsEndingWith" | "query" | "walk"
>;
