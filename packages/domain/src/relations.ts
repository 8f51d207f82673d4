/**
 * The kinds of edges, and their two spellings. `a BLOCKS b` is `b DEPENDS_ON a` turned round: one relation, stored once
 * in its canonical direction, accepted and shown in both.
 *
 * Invariants:
 * - An inverse spelling never reaches the graph: every edge the domain writes goes through `canonicalEdge`.
 * - Both waiting relations point from the one that waits to the one waited for: DEPENDS_ON from a task to what must be
 *   finished before it starts, PARENT_OF from a task to what must be finished before it closes.
 */
import { DomainError } from "./domain-error.ts";

/** Edge types with a meaning here, in canonical spelling. Users add others. */
export const edgeTypes = [
  "DEPENDS_ON",
  "PARENT_OF",
  "CONTAINS",
  "RELATES_TO",
  "REQUIRES",
  "IMPLEMENTS",
  "SUPERSEDES",
  "DERIVED_FROM",
  "REFERENCES",
  "CONTRADICTS",
  "JUSTIFIES",
  "MOTIVATES",
  "CAUSED_BY",
  "TRANSFERS",
  "PRODUCES",
  "DOCUMENTED_BY",
  "DISCOVERED_FROM",
  "ANNOTATES",
  "AUTHORED_BY",
  "TOUCHES",
] as const;

/** Spelling in the other direction → canonical type. */
const canonicalByInverse: ReadonlyMap<string, string> = new Map([
  ["BLOCKS", "DEPENDS_ON"],
  ["CHILD_OF", "PARENT_OF"],
  ["PART_OF", "CONTAINS"],
]);

const inverseByCanonical: ReadonlyMap<string, string> = new Map(
  [...canonicalByInverse].map(([inverse, canonical]) => [canonical, inverse]),
);

/** The relations along which a task waits for another: together they must not have a cycle. */
export const waitingTypes: readonly string[] = ["DEPENDS_ON", "PARENT_OF"];

/** The relations that lead from what contains to what is contained. */
export const containingTypes: readonly string[] = ["PARENT_OF", "CONTAINS"];

export interface EdgeEnds {
  readonly from: string;
  readonly type: string;
  readonly to: string;
}

/** The edge as stored. */
export function canonicalEdge(edge: EdgeEnds): EdgeEnds {
  const canonical = canonicalByInverse.get(edge.type);
  return canonical === undefined ? edge : { from: edge.to, type: canonical, to: edge.from };
}

/** The spelling of a canonical type in the other direction, where it has one. */
export function inverseType(type: string): string | undefined {
  return inverseByCanonical.get(type);
}

const typePattern = /^[A-Z][A-Z0-9_]{0,63}$/;

/** @throws DomainError INVALID_VALUE */
export function assertEdgeType(type: string): void {
  if (typePattern.test(type)) return;
  throw new DomainError("INVALID_VALUE", `Cannot use "${type}" as edge type: it is not in capitals`, {
    hint: "An edge type is up to 64 capital letters, digits and underscores, such as DEPENDS_ON.",
    context: { type },
  });
}
