/**
 * A pattern as data: nodes with names, steps between them, and what of it may be missing. A match gives a node to every name;
 * each way to do so is one row.
 */
import type { QueryBounds } from "../query-bounds.ts";
import type { Condition } from "./condition.ts";
import type { OrderTerm } from "./query-spec.ts";

export type Way = "out" | "in" | "both";

/**
 * What a path of several steps may meet again: `trail` no edge, `simple` no node, `walk` anything (then it needs a longest
 * length).
 */
export type CyclePolicy = "trail" | "simple" | "walk";

/**
 * What may not be met twice in one match. `edges` (default): no edge belongs to two steps. `nodes`: also, no two names stand
 * for one node, and what lies inside a path is neither named nor inside another path. `none`: anything may. Within one path
 * its `CyclePolicy` decides.
 */
export type Injectivity = "edges" | "nodes" | "none";

export interface NodePattern {
  /** Without one: nodes of every type. */
  readonly type?: string;
  /** All must be met; in normal form. */
  readonly conditions: readonly Condition[];
}

export interface StepPattern {
  /** Names of nodes. */
  readonly from: string;
  readonly to: string;
  /** Direction of the edges, seen from `from`. */
  readonly way: Way;
  /** Types of edges; none: all. */
  readonly types: readonly string[];
  /** A name for the edge; for the list of edges if `path` is given. */
  readonly edge?: string;
  /** All must be met by every edge; in normal form. */
  readonly conditions: readonly Condition[];
  /** A path of so many edges in place of one. */
  readonly path?: PathPattern;
}

export interface PathPattern {
  readonly min: number;
  /** Without one: as long as the cycle policy allows. */
  readonly max?: number;
  readonly cycles: CyclePolicy;
}

export interface PatternSpec {
  readonly start: string;
  readonly nodesByName: Readonly<Record<string, NodePattern>>;
  readonly steps: readonly StepPattern[];
  /** Groups of steps, tried one after the other once all steps have matched: all names of a group, or none. */
  readonly optional: readonly (readonly StepPattern[])[];
  readonly injectivity: Injectivity;
  /** By `NAME.FIELD`. Rows equal in all terms go by the ids of what they name; without terms there is no order. */
  readonly order?: readonly OrderTerm[];
  readonly limit?: number;
  readonly offset?: number;
  /** Their `limit` is the one above. */
  readonly bounds?: Omit<QueryBounds, "limit">;
}

/** The name and the field of `NAME.FIELD`. */
export function splitReference(reference: string): { readonly name: string; readonly field: string } {
  const dot = reference.indexOf(".");
  return { name: dot < 0 ? reference : reference.slice(0, dot), field: dot < 0 ? "" : reference.slice(dot + 1) };
}
