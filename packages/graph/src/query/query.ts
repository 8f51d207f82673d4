/** The query builder: immutable, each call gives a new query; nothing is read before one of the last methods is called. */
import type { Entity } from "../entity.ts";
import type { ReadSource } from "../graph-reads.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { copyStorable } from "../storable.ts";
import { planQuery } from "./plan.ts";
import { assertPredicate, canonicalField, type Operator } from "./predicate.ts";
import type { Cursor, Direction, QuerySpec } from "./query-spec.ts";
import { decodeCursor, encodeCursor, RowOrder } from "./row-order.ts";
import { type QueryReport, runIdQuery, runQuery } from "./run-query.ts";

/** One page of a result. */
export interface QueryPage<Props extends object = JsonObject> {
  readonly items: readonly Entity<Props>[];
  /** Give it to `after` for the next page; `undefined` when this is the last. */
  readonly next: string | undefined;
}

const pageSizeDefault = 100;

export class Query<Props extends object = JsonObject> implements AsyncIterable<Entity<Props>> {
  readonly #source: ReadSource;
  readonly #spec: QuerySpec;

  constructor(source: ReadSource, spec: QuerySpec) {
    this.#source = source;
    this.#spec = spec;
  }

  /**
   * Keeps entities that meet this condition, and all others given. A field is a property, with dots to reach into
   * objects, or one of id, type, version, seq, createdAt, updatedAt, author, from, to; `props.NAME` is always a property.
   * @throws TypeError for an unknown operator or a value it cannot take; GraphError INVALID_VALUE
   */
  where(field: string, op: Operator, value: JsonValue = true): Query<Props> {
    const predicate = { field, op, value: copyStorable(value).value };
    assertPredicate(predicate);
    return this.#with({ predicates: [...(this.#spec.predicates ?? []), predicate] });
  }

  /** Keeps entities for which `filter` is true; no index helps. */
  filter(filter: (entity: Entity<Props>) => boolean): Query<Props> {
    return this.#with({ filters: [...(this.#spec.filters ?? []), filter as (entity: Entity) => boolean] });
  }

  /** Sorts by a field, after those given before: null and absence first, then false, true, numbers, text; enums as declared. */
  orderBy(field: string, direction: Direction = "asc"): Query<Props> {
    if (direction !== "asc" && direction !== "desc")
      throw new TypeError(`Cannot order ${String(direction)}: say asc or desc`);
    const before = this.#spec.order ?? [];
    // Rows that are equal in a field are equal in it the second time.
    if (before.some((term) => canonicalField(term.field) === canonicalField(field))) return this;
    return this.#with({ order: [...before, { field, direction }] });
  }

  /** At most so many rows. */
  limit(limit: number): Query<Props> {
    return this.#with({ limit: assertCount(limit, "limit") });
  }

  /** Leaves out the first rows; they are read all the same: prefer `after`. */
  offset(offset: number): Query<Props> {
    return this.#with({ offset: assertCount(offset, "offset") });
  }

  /** Goes on after a page. Call it after `orderBy`. @throws GraphError INVALID_CURSOR */
  after(cursor: string): Query<Props> {
    return this.#with({ after: decodeCursor(cursor, this.#spec.order ?? []) });
  }

  async all(): Promise<readonly Entity<Props>[]> {
    const { entities } = await this.#source.run((reader) => runQuery(reader, this.#spec));
    return entities as readonly Entity<Props>[];
  }

  async first(): Promise<Entity<Props> | undefined> {
    const [entity] = await this.#with({ limit: Math.min(1, this.#spec.limit ?? 1) }).all();
    return entity;
  }

  async ids(): Promise<readonly string[]> {
    return await this.#source.run(async (reader) => {
      const ids = await runIdQuery(reader, this.#spec);
      return ids ?? (await runQuery(reader, this.#spec)).entities.map(({ id }) => id);
    });
  }

  async count(): Promise<number> {
    // The order does not change how many there are, and without one no sort is needed.
    const spec = this.#spec.after === undefined ? { ...this.#spec, order: [] } : this.#spec;
    return (await new Query(this.#source, spec).ids()).length;
  }

  /** A page of `limit` rows (default 100), and the cursor of the next one. */
  async page(): Promise<QueryPage<Props>> {
    const { limit = pageSizeDefault } = this.#spec;
    const found = await this.#with({ limit: limit + 1 }).all();
    const items = found.slice(0, limit);
    const last = items.at(-1);
    if (found.length <= limit || last === undefined) return { items, next: undefined };
    const next = await this.#source.run(async (reader) => this.#encode(new RowOrder(this.#spec, reader.types), last));
    return { items, next };
  }

  /** Runs the query and tells how: the index, and how much was read. */
  async explain(): Promise<QueryReport> {
    return (await this.#source.run((reader) => runQuery(reader, this.#spec))).report;
  }

  /** The rows one by one, all of one state of the store. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Entity<Props>, void, undefined> {
    const opened = await this.#source.open();
    const { reader } = opened;
    try {
      const order = new RowOrder(this.#spec, reader.types);
      const streams = planQuery(this.#spec, reader).ordered;
      let rest: QuerySpec = this.#spec;
      for (;;) {
        // Without an index that gives the order, every page would sort everything again.
        const size = streams ? Math.min(pageSizeDefault, rest.limit ?? Infinity) : rest.limit;
        const { entities } = await runQuery(reader, size === undefined ? rest : { ...rest, limit: size });
        yield* entities as readonly Entity<Props>[];
        const last = entities.at(-1);
        if (size === undefined || last === undefined || entities.length < size) return;
        const limit = rest.limit === undefined ? {} : { limit: rest.limit - entities.length };
        if (limit.limit === 0) return;
        rest = { ...rest, ...limit, offset: 0, after: cursorOf(order, last) };
      }
    } finally {
      opened.release();
    }
  }

  #encode(order: RowOrder, entity: Entity<Props>): string {
    return encodeCursor(cursorOf(order, entity as unknown as Entity), this.#spec.order ?? []);
  }

  #with(change: Partial<QuerySpec>): Query<Props> {
    return new Query<Props>(this.#source, { ...this.#spec, ...change });
  }
}

function cursorOf(order: RowOrder, entity: Entity): Cursor {
  return { sortValues: order.sortValues(entity), id: entity.id };
}

function assertCount(count: number, name: string): number {
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new RangeError(`Cannot query: ${name} is ${count}`);
}
