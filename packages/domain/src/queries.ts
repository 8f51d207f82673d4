/** Questions asked in text: conditions over one type, paths and walks along edges, now or in the past. */
import type { Entity, Query, QueryReport } from "@knotwork/graph";
import type { KnotContext } from "./knot-context.ts";
import type { Moment } from "./moment.ts";
import { type Page, pageOfQuery, type PageOptions } from "./page.ts";
import { checkedCondition, checkedField, fieldsOfType, type TypeFields } from "./query-fields.ts";
import { parseCondition } from "./query-text/parse-condition.ts";
import {
  assertEdgeTypeIsThere,
  type FoundPath,
  findPathText,
  type TravelOptions,
  type WalkedNode,
  walkFrom,
  type WalkOptions,
} from "./travel.ts";
import { type View, viewOf } from "./view.ts";
import type { RecordProps } from "./types/source.ts";

export interface TextQuery {
  /** A type of nodes or edges. */
  readonly type: string;
  /** Such as `status = pending and priority in (high, critical)`; its grammar: docs/QUERIES.md. */
  readonly where?: string;
  /** Fields, each with `-` before it for the other direction. Enums go as declared. */
  readonly order?: readonly string[];
  readonly asOf?: Moment;
}

/** An entity as a query gives it: its type, its fields, and the ends of an edge. */
export type FoundEntity = View<RecordProps> & { readonly type: string; readonly from?: string; readonly to?: string };

export interface GroupCount {
  /** `null` stands for those without. */
  readonly value: unknown;
  readonly count: number;
}

export interface Queries {
  /** @throws DomainError INVALID_QUERY with the place in its context; GraphError UNKNOWN_TYPE (an edge type nothing has, too), INVALID_CURSOR */
  find(query: TextQuery & PageOptions): Promise<Page<FoundEntity>>;
  count(query: TextQuery): Promise<number>;
  /** How many there are with each value of a field, in the order of the field. */
  groups(query: TextQuery & { readonly by: string }): Promise<readonly GroupCount[]>;
  /** Runs the query, at most `limit` rows, and tells how: the index used, and what was read. */
  explain(query: TextQuery & { readonly limit?: number }): Promise<QueryReport>;
  /** A shortest path; `undefined` when there is none. @throws DomainError NOT_FOUND, UNKNOWN_TYPE */
  path(from: string, to: string, options?: TravelOptions): Promise<FoundPath | undefined>;
  /** What edges lead to from an entity, nearest first. @throws DomainError NOT_FOUND, UNKNOWN_TYPE, INVALID_VALUE without a direction */
  walk(start: string, options: WalkOptions): Promise<Page<WalkedNode>>;
}

export function openQueries(context: KnotContext): Queries {
  return {
    find: async (asked) => {
      const { query, fields } = await queryOf(context, asked);
      return await pageOfQuery(query, asked, (entity) => foundEntity(entity, fields));
    },
    count: async (asked) => (await queryOf(context, { ...asked, order: [] })).query.count(),
    groups: (query) => countGroups(context, query),
    explain: async (query) => {
      const { query: asked } = await queryOf(context, query);
      return (query.limit === undefined ? asked : asked.limit(query.limit)).explain();
    },
    path: (from, to, options) => findPathText(context, { from, to }, options),
    walk: (start, options) => walkFrom(context, start, options),
  };
}

async function queryOf(
  context: KnotContext,
  { type, where, order = [], asOf }: TextQuery,
): Promise<{ readonly query: Query; readonly fields: TypeFields }> {
  const view = asOf === undefined ? context.graph : context.graph.asOf(asOf);
  const fields = await fieldsOfType(type);
  // Of the past it is not known which types were in use.
  if (asOf === undefined && fields.isEdge)
    await assertEdgeTypeIsThere(context, { type: fields.storedType, typed: type, action: "find" });
  let query = view.query(fields.storedType) as Query;
  if (where !== undefined) query = query.where(checkedCondition(where, parseCondition(where), fields));
  for (const term of order) {
    const isDescending = term.startsWith("-");
    query = query.orderBy(checkedField(isDescending ? term.slice(1) : term, fields), isDescending ? "desc" : "asc");
  }
  return { query, fields };
}

async function countGroups(
  context: KnotContext,
  { by, ...asked }: TextQuery & { readonly by: string },
): Promise<readonly GroupCount[]> {
  const { query, fields } = await queryOf(context, { ...asked, order: [] });
  const field = checkedField(by, fields);
  const rows: readonly Readonly<Record<string, unknown>>[] = await query
    .groupBy(field)
    .aggregate((of) => ({ "how many": of.count() }))
    .all();
  return rows.map((row) => ({ value: row[field] ?? null, count: Number(row["how many"]) }));
}

function foundEntity(entity: Entity, { type, isTurned }: TypeFields): FoundEntity {
  const { from, to } = entity as Entity & { readonly from?: string; readonly to?: string };
  const ends = from === undefined || to === undefined ? {} : isTurned ? { from: to, to: from } : { from, to };
  const view = viewOf(entity as unknown as Entity<RecordProps>);
  // Edges are no records: nobody filed them.
  const { createdAt = entity.createdAt } = view as Partial<View<RecordProps>>;
  return Object.freeze({ type, ...ends, ...view, createdAt });
}
