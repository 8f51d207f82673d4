/** The query builder: immutable, each call gives a new query; nothing is read before one of the last methods is called. */
import type { Entity } from "../entity.ts";
import type { ReadSource } from "../graph-reads.ts";
import type { JsonObject } from "../json.ts";
import { BoundsGuard, type QueryBounds } from "../query-bounds.ts";
import type { Reader } from "../reader.ts";
import { searchedWords } from "../words.ts";
import { type AggregateBuilder, type AggregateShape, aggregatesOf, type AggregateRow } from "./aggregate-builder.ts";
import { answerKey } from "./answer-cache.ts";
import { type ConditionInput, conditionOf, predicateOf } from "./condition-builder.ts";
import type { FieldName, FieldValue, ColumnValue, NumberField, OperandArguments, OperatorOf } from "./field-types.ts";
import { type GroupedRow, Grouping } from "./grouping.ts";
import { canonicalField } from "./predicate.ts";
import { changedSpec, type Cursor, type Direction, orderOf, type QuerySpec, withCondition } from "./query-spec.ts";
import { decodeCursor, encodeCursor, RowOrder } from "./row-order.ts";
import { groupedRowsOf } from "./run-grouping.ts";
import { type QueryReport, runIdQuery, runQuery } from "./run-query.ts";
import { streamQuery } from "./stream-query.ts";

/** One page of a result. */
export interface QueryPage<Props extends object = JsonObject, Row extends Entity<Props> = Entity<Props>> {
  readonly items: readonly Row[];
  /** Give it to `after` for the next page; `undefined` when this is the last. */
  readonly next: string | undefined;
}

const pageSizeDefault = 100;

export class Query<
  Props extends object = JsonObject,
  Row extends Entity<Props> = Entity<Props>,
> implements AsyncIterable<Row> {
  /** The query as data. */
  readonly spec: QuerySpec;
  readonly #source: ReadSource;
  #answerKey: string | undefined;

  constructor(source: ReadSource, spec: QuerySpec) {
    this.#source = source;
    this.spec = spec;
  }

  /**
   * Keeps entities that meet this condition, and all others given. A field is a property, with dots to reach into
   * objects, or one of id, type, version, seq, createdAt, updatedAt, author, from, to; `props.NAME` is always a property.
   * @throws TypeError for an unknown operator or a value it cannot take; GraphError INVALID_VALUE
   */
  where<Field extends FieldName<Row>, Op extends OperatorOf<FieldValue<Row, Field>>>(
    field: Field,
    op: Op,
    ...value: OperandArguments<FieldValue<Row, Field>, Op>
  ): Query<Props, Row>;
  /** The same for a condition of several: `(on) => on.any(on.is("a", "=", 1), on.is("b", "isNull"))`, or one given as data. */
  where(condition: ConditionInput<Row>): Query<Props, Row>;
  where(first: string | ConditionInput<Row>, op?: string, ...value: readonly unknown[]): Query<Props, Row> {
    const condition = typeof first === "string" ? predicateOf(first, op ?? "", value) : conditionOf(first);
    return new Query(this.#source, withCondition(this.spec, condition));
  }

  /** Keeps entities for which `filter` is true; no index helps. */
  filter(filter: (entity: Row) => boolean): Query<Props, Row> {
    const filters = [...(this.spec.filters ?? []), filter as unknown as (entity: Entity) => boolean];
    return this.#with({ filters });
  }

  /**
   * Keeps entities in whose id, or in one string of whose props, the whole text stands, in any case. Engines may help by
   * looking through what is stored without reading each entity.
   * @throws TypeError for an empty text
   */
  mentions(text: string): Query<Props, Row> {
    if (typeof text !== "string" || text === "") throw new TypeError("Cannot query what mentions a text: it is empty");
    return this.#with({ mentions: [...(this.spec.mentions ?? []), text.toLowerCase()] });
  }

  /**
   * Keeps entities whose texts (`text` in their definition) have all of the words: parted at all that is neither letter, digit nor
   * mark, in any case; `recover*` is every word that begins so. Without `orderBy` rows come by rank: the sum, over the
   * words, of the weight of the heaviest field it is in; of equal rank the last id first.
   * @throws TypeError without words, and when it runs for a type without texts; RangeError for more than 16 words
   */
  search(words: string): Query<Props, Row> {
    if (this.spec.after !== undefined)
      throw new TypeError("Cannot search: a cursor was given before, of another order. Call after last");
    return this.#with({ words: [...(this.spec.words ?? []), ...searchedWords(words)] });
  }

  /** What a function makes of this query: for parts of queries that are used again. */
  pipe<Result>(fragment: (query: Query<Props, Row>) => Result): Result {
    return fragment(this);
  }

  /** What the function makes of this query if the condition holds, else the query as it is. */
  when(condition: boolean, fragment: (query: Query<Props, Row>) => Query<Props, Row>): Query<Props, Row> {
    return condition ? fragment(this) : this;
  }

  /**
   * Sorts by a field, after those given before: null and absence first, then false, true, numbers, text; enums as declared.
   * @throws TypeError for another direction, or after a cursor was given
   */
  orderBy(field: FieldName<Row>, direction: Direction = "asc"): Query<Props, Row> {
    if (direction !== "asc" && direction !== "desc")
      throw new TypeError(`Cannot order ${String(direction)}: say asc or desc`);
    if (this.spec.after !== undefined)
      throw new TypeError(`Cannot order by ${field}: a cursor was given before, of another order. Call after last`);
    const before = this.spec.order ?? [];
    // Rows that are equal in a field are equal in it the second time.
    if (before.some((term) => canonicalField(term.field) === canonicalField(field))) return this;
    return this.#with({ order: [...before, { field, direction }] });
  }

  /** At most so many rows. */
  limit(limit: number): Query<Props, Row> {
    return this.#with({ limit: assertCount(limit, "limit") });
  }

  /** Leaves out the first rows; they are read all the same: prefer `after`. */
  offset(offset: number): Query<Props, Row> {
    return this.#with({ offset: assertCount(offset, "offset") });
  }

  /**
   * Goes on after a page, also when others have written since; an offset given before was that of the first page. Call it after
   * `orderBy`. @throws GraphError INVALID_CURSOR
   */
  after(cursor: string): Query<Props, Row> {
    return this.#with({ after: decodeCursor(cursor, orderOf(this.spec)), offset: 0 });
  }

  /**
   * Bounds what the query may cost, each bound given replacing the one before. Every method that reads then throws
   * GraphError LIMIT_EXCEEDED, TIMED_OUT or ABORTED when it oversteps one.
   * @throws RangeError for a bound that is not a number >= 0
   */
  within({ limit, ...bounds }: QueryBounds): Query<Props, Row> {
    const query = this.#with({ bounds: { ...this.spec.bounds, ...bounds } });
    return limit === undefined ? query : query.limit(limit);
  }

  async all(): Promise<readonly Row[]> {
    const entities = this.#known() ?? (await this.#run((reader, guard) => this.#read(reader, guard)));
    return entities as unknown as readonly Row[];
  }

  async first(): Promise<Row | undefined> {
    const [entity] = await this.#with({ limit: Math.min(1, this.spec.limit ?? 1) }).all();
    return entity;
  }

  async ids(): Promise<readonly string[]> {
    return await this.#run(async (reader, guard) => {
      const ids = await runIdQuery(reader, this.spec, guard);
      return ids ?? (await runQuery(reader, this.spec, guard)).entities.map(({ id }) => id);
    });
  }

  async count(): Promise<number> {
    // The order does not change how many there are, and without one no sort is needed.
    const spec = this.spec.after === undefined ? { ...this.spec, order: [] } : this.spec;
    return (await new Query(this.#source, spec).ids()).length;
  }

  /** Whether there is any row; reads no further than the first. */
  async exists(): Promise<boolean> {
    const spec = this.spec.after === undefined ? { ...this.spec, order: [] } : this.spec;
    return (await new Query(this.#source, { ...spec, limit: Math.min(1, spec.limit ?? 1) }).ids()).length > 0;
  }

  /** Groups the rows by fields; without fields all rows are one group. Go on with `aggregate`. */
  groupBy<const Fields extends readonly FieldName<Row>[]>(...fields: Fields): Grouping<Row, GroupedRow<Row, Fields>> {
    return new Grouping(groupedRowsOf(this.#source, this.spec), { by: fields, aggregates: {} });
  }

  /** Sums all rows up: `aggregate((of) => ({ tasks: of.count(), hours: of.sum("estimate") }))`. */
  async aggregate<Shape extends AggregateShape>(
    describe: (of: AggregateBuilder<Row>) => Shape,
  ): Promise<AggregateRow<Shape>> {
    const aggregates = aggregatesOf(describe);
    const rows = await new Grouping<Row, JsonObject>(groupedRowsOf(this.#source, this.spec), {
      by: [],
      aggregates,
    }).all();
    return rows[0] as AggregateRow<Shape>;
  }

  /** The sum of the numbers in a field; 0 of none. */
  async sum(field: NumberField<Row>): Promise<number> {
    return (await this.aggregate((of) => ({ value: of.sum(field) }))).value;
  }

  /** The mean of the numbers in a field; `undefined` of none. */
  async avg(field: NumberField<Row>): Promise<number | undefined> {
    return (await this.aggregate((of) => ({ value: of.avg(field) }))).value ?? undefined;
  }

  /** The least scalar in a field, in the order of `orderBy`; null and absence do not count. */
  async min<Field extends FieldName<Row>>(field: Field): Promise<NonNullable<FieldValue<Row, Field>> | undefined> {
    return (await this.aggregate((of) => ({ value: of.min(field) }))).value ?? undefined;
  }

  /** The greatest scalar in a field, in the order of `orderBy`; null and absence do not count. */
  async max<Field extends FieldName<Row>>(field: Field): Promise<NonNullable<FieldValue<Row, Field>> | undefined> {
    return (await this.aggregate((of) => ({ value: of.max(field) }))).value ?? undefined;
  }

  /** The values of a field in the order of the rows; null and absence left out. */
  async collect<Field extends FieldName<Row>>(field: Field): Promise<readonly NonNullable<FieldValue<Row, Field>>[]> {
    return (await this.aggregate((of) => ({ value: of.collect(field) }))).value;
  }

  /** The different values of a field, in order; null stands for absence too. */
  async distinct<Field extends FieldName<Row>>(field: Field): Promise<readonly ColumnValue<FieldValue<Row, Field>>[]> {
    const rows = await new Grouping<Row, JsonObject>(groupedRowsOf(this.#source, this.spec), {
      by: [field],
      aggregates: {},
    }).all();
    return rows.map((row) => row[field]) as unknown as readonly ColumnValue<FieldValue<Row, Field>>[];
  }

  /** A page of `limit` rows (default 100), and the cursor of the next one. */
  async page(): Promise<QueryPage<Props, Row>> {
    const { limit = pageSizeDefault } = this.spec;
    const found = await this.#with({ limit: limit + 1 }).all();
    const items = found.slice(0, limit);
    const last = items.at(-1);
    if (found.length <= limit || last === undefined) return { items, next: undefined };
    return { items, next: await this.cursorAfter(last) };
  }

  /** The cursor of a row: what goes on with it begins behind the row, in this query or another one of the same order. */
  async cursorAfter(row: Row): Promise<string> {
    const place = (reader: Reader): Cursor => new RowOrder(this.spec, reader.types).cursorOf(row as unknown as Entity);
    return await this.#source.run(async (reader) => encodeCursor(place(reader), orderOf(this.spec)));
  }

  /** Runs the query and tells how: the index, and how much was read. */
  async explain(): Promise<QueryReport> {
    return (await this.#run((reader, guard) => runQuery(reader, this.spec, guard))).report;
  }

  /** The rows one by one, all of one state of the store. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void, undefined> {
    const guard = this.#guard();
    const opened = await this.#source.open();
    try {
      yield* streamQuery(opened.reader, this.spec, guard) as AsyncGenerator<never>;
    } finally {
      opened.release();
    }
  }

  #guard(): BoundsGuard {
    const { type, bounds = {} } = this.spec;
    return new BoundsGuard(bounds, { clock: this.#source.clock, action: `query ${type}` });
  }

  /** The rows, if the query was answered before and nothing it depends on has changed. */
  #known(): readonly Entity[] | undefined {
    const answers = this.#source.answers?.();
    const key = answers === undefined ? undefined : (this.#answerKey ??= answerKey(this.spec));
    return key === undefined ? undefined : answers?.find(this.spec.type, key);
  }

  async #read(reader: Reader, guard: BoundsGuard): Promise<readonly Entity[]> {
    const { entities } = await runQuery(reader, this.spec, guard);
    const key = this.#answerKey;
    if (key !== undefined && reader.seq !== undefined)
      this.#source.answers?.()?.keep(this.spec.type, key, { seq: reader.seq, rows: entities });
    return entities;
  }

  #run<T>(read: (reader: Reader, guard: BoundsGuard) => Promise<T>): Promise<T> {
    const guard = this.#guard();
    return this.#source.run((reader) => {
      guard.restart();
      return read(reader, guard);
    });
  }

  #with(change: Partial<QuerySpec>): Query<Props, Row> {
    return new Query<Props, Row>(this.#source, changedSpec(this.spec, change));
  }
}

function assertCount(count: number, name: string): number {
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new RangeError(`Cannot query: ${name} is ${count}`);
}
