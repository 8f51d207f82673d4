/** Carries out a query on one state of the store. */
import type { Entity } from "../entity.ts";
import { isPromise } from "../awaitable.ts";
import type { IndexHit } from "../engine.ts";
import type { BoundsGuard } from "../query-bounds.ts";
import type { Reader } from "../reader.ts";
import { compileCondition } from "./condition.ts";
import { isMentioned } from "./mentions.ts";
import { planQuery, type Plan } from "./plan.ts";
import { valueOf } from "./predicate.ts";
import type { QuerySpec } from "./query-spec.ts";
import { findRowSource, idPages, type RowSource } from "./row-source.ts";
import { RowOrder, type SortedRow } from "./row-order.ts";
import { rankOf } from "../words.ts";
import { TopRows } from "./top-rows.ts";

/** How a query was answered. */
export interface QueryReport {
  /** Several, joined by " or ", when alternatives have an index each. */
  readonly index: string;
  /** `seek`: conditions chose what to read of the index; `scan`: every entity of the type was a candidate. */
  readonly access: "seek" | "scan";
  /** `index`: the rows came in order; `sort`: they were sorted in memory. */
  readonly order: "index" | "sort";
  readonly intervals: number;
  /** Keys met in the index. */
  readonly keysRead: number;
  /** Entities read to check conditions, to sort or to give back. */
  readonly rowsRead: number;
  readonly rows: number;
  /** Reads of files of history and indexes; what is in memory costs none. Of engines over files. */
  readonly fileReads?: number;
}

export interface QueryResult {
  readonly entities: readonly Entity[];
  readonly report: QueryReport;
}

const pageSizeMax = 256;

/** @throws GraphError UNKNOWN_TYPE, LIMIT_EXCEEDED, TIMED_OUT, ABORTED */
export async function runQuery(reader: Reader, spec: QuerySpec, guard: BoundsGuard): Promise<QueryResult> {
  guard.look();
  reader.types.assertKnown(spec.type);
  const { fileReads } = reader;
  const { offset = 0, limit = Infinity } = spec;
  const wanted = limit === 0 ? 0 : offset + limit;
  const source = await findRowSource(reader, spec);
  const { plan } = source;
  const order = new RowOrder(spec, reader.types);
  const sorted = new TopRows<SortedRow>(wanted, (a, b) => order.compare(a, b));
  const inOrder: Entity[] = [];
  const counts = { keysRead: 0, rowsRead: 0 };
  const accept = queryAcceptor(reader, spec, { order, plan });
  const visit = (entity: Entity): boolean => {
    counts.rowsRead++;
    if (!accept(entity)) return true;
    if (!plan.ordered) sorted.add(order.row(entity));
    else inOrder.push(entity);
    return !plan.ordered || inOrder.length < wanted;
  };
  if (wanted > 0)
    await visitEntities(reader, source, { wanted: plan.ordered ? wanted : Infinity, visit, counts, guard });
  const entities = (plan.ordered ? inOrder : sorted.take().map(({ entity }) => entity)).slice(offset);
  const { index, access, intervals, ordered } = plan;
  const report = {
    index,
    access,
    order: ordered ? "index" : "sort",
    intervals: intervals.length,
    ...counts,
    rows: entities.length,
    ...(fileReads === undefined ? {} : { fileReads: (reader.fileReads ?? 0) - fileReads }),
  } as const;
  return { entities, report };
}

/** The ids of a query without conditions, without reading the entities; `undefined` when the query is of another kind. */
export async function runIdQuery(
  reader: Reader,
  spec: QuerySpec,
  guard: BoundsGuard,
): Promise<readonly string[] | undefined> {
  const {
    predicates = [],
    conditions = [],
    mentions = [],
    words = [],
    filters = [],
    offset = 0,
    limit = Infinity,
  } = spec;
  if (predicates.length + conditions.length + mentions.length + words.length + filters.length > 0) return undefined;
  guard.look();
  reader.types.assertKnown(spec.type);
  const plan = planQuery(spec, reader);
  if (plan.index !== "type" || !plan.ordered) return undefined;
  const wanted = limit === 0 ? 0 : offset + limit;
  const ids: string[] = [];
  for (const interval of plan.intervals) {
    const cursor = reader.scan(interval, { reverse: plan.reverse });
    while (ids.length < wanted) {
      const hits = await cursor.next(Math.min(wanted - ids.length, pageSizeMax));
      if (hits.length === 0) break;
      guard.visit(hits.length);
      for (const hit of hits) ids.push(hit.id);
      const pause = guard.pause();
      if (pause !== undefined) await pause;
    }
  }
  return ids.slice(offset);
}

export interface EntityVisit {
  readonly wanted: number;
  /** False stops. */
  readonly visit: (entity: Entity) => boolean;
  readonly counts: { keysRead: number };
  readonly guard: BoundsGuard;
}

/** Reads what a plan leads to, entity by entity; one with an array in a field of the plan may come several times. */
export async function visitEntities(
  reader: Reader,
  source: RowSource,
  { wanted, visit, counts, guard }: EntityVisit,
): Promise<void> {
  const { type, plan, only } = source;
  if (source.ids !== undefined || source.words !== undefined) {
    const visitOfType = (entity: Entity): boolean => entity.type !== type || visit(entity);
    for await (const page of idPages(reader, source, { first: wanted, max: pageSizeMax, counts, guard })) {
      const ids = only === undefined ? page : page.filter((id) => only.has(id));
      guard.visit(page.length - ids.length);
      const together = source.ids !== undefined || guard.visited >= pageSizeMax;
      if (!(await visitEach(reader, ids, { visit: visitOfType, guard, together }))) return;
    }
    return;
  }
  // An entity may have a thousand words that begin alike: it is read for the first of them.
  const met = plan.repeats ? new Set<string>() : undefined;
  const isNew = (id: string): boolean => met === undefined || met.size !== met.add(id).size;
  // With a limit the first page is just as long; when conditions filter much out, pages grow.
  let pageSize = Math.min(wanted, pageSizeMax);
  for (const interval of plan.intervals) {
    const cursor = reader.scan(interval, { reverse: plan.reverse });
    for (;;) {
      const page = cursor.next(pageSize);
      const hits: readonly IndexHit[] = isPromise(page) ? await page : page;
      if (hits.length === 0) break;
      counts.keysRead += hits.length;
      const ids = hits.flatMap(({ id }) => ((only === undefined || only.has(id)) && isNew(id) ? [id] : []));
      guard.visit(hits.length - ids.length);
      // What is read page after page would only drive everything else out of the cache.
      if (!(await visitEach(reader, ids, { visit, guard, together: guard.visited >= pageSizeMax }))) return;
      pageSize = Math.min(2 * pageSize, pageSizeMax);
    }
  }
}

interface EachVisit extends Pick<EntityVisit, "visit" | "guard"> {
  /** Reads all of them before the first is visited. */
  readonly together: boolean;
}

/** False when the visit was stopped. */
async function visitEach(
  reader: Reader,
  ids: readonly string[],
  { visit, guard, together }: EachVisit,
): Promise<boolean> {
  const many = together ? reader.getMany?.(ids) : undefined;
  const read = isPromise(many) ? await many : many;
  for (const [at, id] of ids.entries()) {
    guard.visit();
    const found = read === undefined ? reader.get(id) : read[at];
    const entity = isPromise(found) ? await found : found;
    if (entity !== undefined && !visit(entity)) return false;
    const pause = guard.pause();
    if (pause !== undefined) await pause;
  }
  return true;
}

/** Whether an entity belongs to the result: all conditions, after the cursor, not met before. */
export function queryAcceptor(
  reader: Reader,
  spec: QuerySpec,
  { order, plan }: { readonly order: RowOrder; readonly plan: Plan },
): (entity: Entity) => boolean {
  const { type, predicates = [], conditions = [], mentions = [], words, filters = [], after } = spec;
  const orderOf = (field: string): readonly string[] | undefined => reader.types.orderOf(type, field);
  const meets = [...predicates, ...conditions].map((each) => compileCondition(each, orderOf));
  const parts = words === undefined ? [] : reader.types.textIndexOf(type).parts;
  const seen = new Set<string>();
  return (entity) => {
    if (!meets.every((met) => met(entity))) return false;
    if (!mentions.every((text) => isMentioned(entity, text))) return false;
    if (words !== undefined && rankOf(entity.props, parts, words) === undefined) return false;
    if (!filters.every((filter) => filter(entity))) return false;
    if (after !== undefined && !order.isAfter(order.row(entity), after)) return false;
    // Only an array brings an entity into an index more than once.
    if (!plan.fields.some((field) => Array.isArray(valueOf(entity, field)))) return true;
    return seen.size !== seen.add(entity.id).size;
  };
}
