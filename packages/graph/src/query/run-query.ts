/**
 * Answers a query from a reader: reads the intervals of its plan, looks at every condition again, and sorts in memory only
 * when the index does not give the order.
 */
import type { Entity } from "../entity.ts";
import { isPromise } from "../entity-cache.ts";
import { idOfKey } from "../index-keys.ts";
import type { Reader } from "../reader.ts";
import { comparePlaces, matches, sortKeys } from "./condition.ts";
import type { Condition, Order, Place } from "./condition.ts";
import { planQuery } from "./plan.ts";
import type { Plan } from "./plan.ts";

export interface QuerySpec {
  readonly type: string;
  readonly conditions: readonly Condition[];
  readonly orders: readonly Order[];
  readonly limit: number | undefined;
  readonly offset: number;
}

/** What answering cost, counted while it goes on. */
export interface QueryCost {
  /** Index entries visited. */
  entriesVisited: number;
  /** Entities looked at. */
  rowsRead: number;
}

const PAGE_MIN = 16;
const PAGE_MAX = 256;

/** @throws GraphError UNKNOWN_TYPE */
export function planOf(reader: Reader, spec: QuerySpec): Plan {
  reader.types.assertKnown(spec.type);
  const indexes = reader.types.indexesOf(spec.type).filter((index) => reader.hasIndex(index.name));
  return planQuery({ ...spec, indexes });
}

/** The entities of the answer, in order. What is not consumed is not read, if the plan gives the order. */
export async function* runQuery(
  reader: Reader,
  spec: QuerySpec,
  cost: QueryCost = { entriesVisited: 0, rowsRead: 0 },
): AsyncGenerator<Entity> {
  const plan = planOf(reader, spec);
  const wanted = spec.limit === undefined ? undefined : spec.offset + spec.limit;
  if (wanted === spec.offset) return;
  const rows = matchingRows(reader, plan, spec, cost);
  const ordered = plan.ordered ? rows : sorted(rows, reader, spec, wanted);
  let position = 0;
  for await (const entity of ordered) {
    position += 1;
    if (position > spec.offset) yield entity;
    if (position === wanted) return;
  }
}

async function* matchingRows(reader: Reader, plan: Plan, spec: QuerySpec, cost: QueryCost): AsyncGenerator<Entity> {
  const orderOf = (field: string): readonly string[] | undefined => reader.types.orderOf(spec.type, field);
  // An entity with a list in an indexed field has several keys.
  const seen = new Set<string>();
  const pageSize = pageSizeOf(spec, plan);
  for (const interval of plan.intervals) {
    const cursor = reader.scan({ index: plan.index, ...interval }, { reverse: plan.reverse });
    for (let hits = await cursor.next(pageSize); hits.length > 0; hits = await cursor.next(pageSize)) {
      cost.entriesVisited += hits.length;
      for (const hit of hits) {
        const id = idOfKey(hit.key);
        if (seen.has(id)) continue;
        seen.add(id);
        const found = reader.get(id);
        const entity = isPromise(found) ? await found : found;
        cost.rowsRead += 1;
        if (entity !== undefined && spec.conditions.every((condition) => matches(entity, condition, orderOf)))
          yield entity;
      }
    }
  }
}

/** Small pages when few rows are wanted: what is visited counts as read by a transaction. */
function pageSizeOf({ limit, offset, conditions }: QuerySpec, plan: Plan): number {
  if (limit === undefined || !plan.ordered) return PAGE_MAX;
  const wanted = limit + offset;
  return Math.min(PAGE_MAX, conditions.length === 0 ? wanted : Math.max(wanted, PAGE_MIN));
}

async function* sorted(
  rows: AsyncGenerator<Entity>,
  reader: Reader,
  spec: QuerySpec,
  wanted: number | undefined,
): AsyncGenerator<Entity> {
  const { orders, type } = spec;
  const orderOf = (field: string): readonly string[] | undefined => reader.types.orderOf(type, field);
  const compare = (a: Place, b: Place): number => comparePlaces(a, b, orders);
  let places: Place[] = [];
  for await (const entity of rows) {
    places.push({ entity, keys: sortKeys(entity, orders, orderOf) });
    // With a limit, memory holds a few times what is wanted, whatever the number of rows.
    if (wanted !== undefined && places.length >= Math.max(PAGE_MAX, 4 * wanted))
      places = places.sort(compare).slice(0, wanted);
  }
  for (const { entity } of places.sort(compare)) yield entity;
}
