/** A query as data: what the builder or a text front end collects, the planner reads and the executor carries out. */
import type { Entity } from "../entity.ts";
import type { JsonScalar } from "../index-keys.ts";
import type { QueryBounds } from "../query-bounds.ts";
import type { SearchedWord } from "../words.ts";
import { type Condition, conjunctsOf, isPredicate, normalCondition } from "./condition.ts";
import type { Predicate } from "./predicate.ts";

export type Direction = "asc" | "desc";

export interface OrderTerm {
  readonly field: string;
  readonly direction: Direction;
}

export interface QuerySpec {
  readonly type: string;
  /** All must be met, and all of `conditions`. */
  readonly predicates?: readonly Predicate[] | undefined;
  /** Alternatives and negations, in normal form. */
  readonly conditions?: readonly Condition[] | undefined;
  /** Texts in lower case: each must stand in the id or in a string of the props, in any case. */
  readonly mentions?: readonly string[] | undefined;
  /** All must be among the words of the type's texts. Without `order` rows go by how much the words count, then by id, both descending. */
  readonly words?: readonly SearchedWord[] | undefined;
  readonly filters?: readonly ((entity: Entity) => boolean)[] | undefined;
  /** Rows equal in all terms go by id, in the direction of the last term; without terms by id ascending. */
  readonly order?: readonly OrderTerm[] | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  readonly after?: Cursor | undefined;
  /** Their `limit` is the one above. */
  readonly bounds?: Omit<QueryBounds, "limit"> | undefined;
}

/** The place of a row in the order of a query: the values it is sorted by, and its id. */
export interface Cursor {
  readonly sortValues: readonly JsonScalar[];
  readonly id: string;
}

/** What rows are ordered by where no order is given and words are searched; no field has this name. */
export const rankTerm: OrderTerm = { field: "", direction: "desc" };

/** What rows are ordered by. */
export function orderOf({ order = [], words }: QuerySpec): readonly OrderTerm[] {
  return order.length === 0 && words !== undefined ? [rankTerm] : order;
}

/** Direction of ties: of the ids of rows that are equal in all terms. */
export function tieDirection(order: readonly OrderTerm[]): Direction {
  return order.at(-1)?.direction ?? "asc";
}

/**
 * The same query with some parts replaced. Queries are often made anew each time they are asked: with every part named, V8
 * makes such an object several times as fast as by spreading.
 */
export function changedSpec(spec: QuerySpec, change: Partial<QuerySpec>): QuerySpec {
  return {
    type: change.type ?? spec.type,
    predicates: change.predicates ?? spec.predicates,
    conditions: change.conditions ?? spec.conditions,
    mentions: change.mentions ?? spec.mentions,
    words: change.words ?? spec.words,
    filters: change.filters ?? spec.filters,
    order: change.order ?? spec.order,
    limit: change.limit ?? spec.limit,
    offset: change.offset ?? spec.offset,
    after: change.after ?? spec.after,
    bounds: change.bounds ?? spec.bounds,
  };
}

/**
 * The same query with one more condition that must be met.
 * @throws TypeError for what is no condition; GraphError INVALID_VALUE, LIMIT_EXCEEDED
 */
export function withCondition(spec: QuerySpec, condition: Condition): QuerySpec {
  const normal = normalCondition(condition);
  if (isPredicate(normal)) return changedSpec(spec, { predicates: [...(spec.predicates ?? []), normal] });
  const added = conjunctsOf(normal);
  const predicates = added.filter(isPredicate);
  const conditions = added.filter((each) => !isPredicate(each));
  return changedSpec(spec, {
    ...(predicates.length === 0 ? {} : { predicates: [...(spec.predicates ?? []), ...predicates] }),
    ...(conditions.length === 0 ? {} : { conditions: [...(spec.conditions ?? []), ...conditions] }),
  });
}
