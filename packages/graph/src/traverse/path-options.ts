/** What a path may use, and what looking for it may cost. */
import type { Edge, Entity } from "../entity.ts";
import type { QueryBounds } from "../query-bounds.ts";
import type { EdgeChoice } from "./edge-choice.ts";

/** Which edges a path may use; without any direction: every type, forward. */
export interface PathOptions extends EdgeChoice, Omit<QueryBounds, "limit"> {
  /** The longest path to look for, in edges. */
  readonly maxDepth?: number;
  /** Nodes between the two ends for which it is false are not passed through. */
  readonly filter?: (node: Entity) => boolean;
  /** Edges for which it is false are not used. */
  readonly filterEdges?: (edge: Edge) => boolean;
}

/** @throws RangeError */
export function assertDepth(maxDepth: number | undefined, action: string): void {
  if (maxDepth === undefined || maxDepth === Infinity || (Number.isSafeInteger(maxDepth) && maxDepth >= 0)) return;
  throw new RangeError(`Cannot ${action}: maxDepth is ${maxDepth}, not a whole number of 0 or more`);
}
