/** A query as data: what the builder collects, the planner reads and the executor carries out. */
import type { Entity } from "../entity.ts";
import type { JsonScalar } from "../index-keys.ts";
import type { Predicate } from "./predicate.ts";

export type Direction = "asc" | "desc";

export interface OrderTerm {
  readonly field: string;
  readonly direction: Direction;
}

export interface QuerySpec {
  readonly type: string;
  readonly predicates?: readonly Predicate[];
  readonly filters?: readonly ((entity: Entity) => boolean)[];
  /** Rows equal in all terms go by id, in the direction of the last term; without terms by id ascending. */
  readonly order?: readonly OrderTerm[];
  readonly limit?: number;
  readonly offset?: number;
  readonly after?: Cursor;
}

/** The place of a row in the order of a query: the values it is sorted by, and its id. */
export interface Cursor {
  readonly sortValues: readonly JsonScalar[];
  readonly id: string;
}

/** Direction of ties: of the ids of rows that are equal in all terms. */
export function tieDirection(order: readonly OrderTerm[]): Direction {
  return order.at(-1)?.direction ?? "asc";
}
