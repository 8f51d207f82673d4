/** Groups of rows, summed up: immutable like queries, over the rows of a query or the matches of a pattern. */
import type { JsonObject } from "../json.ts";
import { aggregatesOf, type AggregateBuilder, type AggregateRow, type AggregateShape } from "./aggregate-builder.ts";
import type { GroupSpec } from "./aggregation.ts";
import { type ConditionInput, conditionOf, predicateOf } from "./condition-builder.ts";
import { fieldsOf, normalCondition } from "./condition.ts";
import type { AnyRow, ColumnValue, FieldValue, OperandArguments, OperatorOf } from "./field-types.ts";
import type { Direction } from "./query-spec.ts";

/** Where the rows that are grouped come from. */
export interface GroupedSource {
  /** The groups, of one state of the store. */
  run(spec: GroupSpec): Promise<readonly JsonObject[]>;
}

/** The columns that grouping by fields gives. */
export type GroupedRow<Row extends AnyRow, Fields extends readonly string[]> = {
  readonly [Field in Fields[number]]: ColumnValue<FieldValue<Row, Field>>;
};

type ColumnName<Columns> = keyof Columns & string;

export class Grouping<Row extends AnyRow, Columns extends object> implements AsyncIterable<Columns> {
  /** The grouping as data. */
  readonly spec: GroupSpec;
  readonly #source: GroupedSource;

  /** @throws TypeError when a field is given twice */
  constructor(source: GroupedSource, spec: GroupSpec) {
    if (new Set(spec.by).size !== spec.by.length) throw new TypeError("Cannot group: a field is given twice");
    this.#source = source;
    this.spec = spec;
  }

  /**
   * Adds columns: `aggregate((of) => ({ tasks: of.count(), hours: of.sum("estimate") }))`.
   * @throws TypeError when there is a column of this name
   */
  aggregate<Shape extends AggregateShape>(
    describe: (of: AggregateBuilder<Row>) => Shape,
  ): Grouping<Row, Columns & AggregateRow<Shape>> {
    const added = aggregatesOf(describe);
    const taken = Object.keys(added).find((name) => this.#hasColumn(name));
    if (taken !== undefined) throw new TypeError(`Cannot aggregate: there is a column ${taken} already`);
    return new Grouping(this.#source, { ...this.spec, aggregates: { ...this.spec.aggregates, ...added } });
  }

  /** Keeps groups whose columns meet this condition, and all others given. @throws TypeError for a column that is not there */
  having<Name extends ColumnName<Columns>, Op extends OperatorOf<Columns[Name]>>(
    column: Name,
    op: Op,
    ...value: OperandArguments<Columns[Name], Op>
  ): Grouping<Row, Columns>;
  having(condition: ConditionInput<{ readonly props: Columns }>): Grouping<Row, Columns>;
  having(
    first: string | ConditionInput<{ readonly props: Columns }>,
    op?: string,
    ...value: readonly unknown[]
  ): Grouping<Row, Columns> {
    const given = typeof first === "string" ? predicateOf(first, op ?? "", value) : conditionOf(first);
    const condition = normalCondition(given);
    for (const column of fieldsOf(given)) this.#assertColumn(column);
    return this.#with({ having: [...(this.spec.having ?? []), condition] });
  }

  /** Sorts by a column, after those given before; groups equal in all go by the fields grouped by. */
  orderBy(column: ColumnName<Columns>, direction: Direction = "asc"): Grouping<Row, Columns> {
    this.#assertColumn(column);
    if (direction !== "asc" && direction !== "desc")
      throw new TypeError(`Cannot order ${String(direction)}: say asc or desc`);
    return this.#with({ order: [...(this.spec.order ?? []), { field: column, direction }] });
  }

  /** At most so many groups. */
  limit(limit: number): Grouping<Row, Columns> {
    return this.#with({ limit: assertCount(limit, "limit") });
  }

  /** Leaves out the first groups. */
  offset(offset: number): Grouping<Row, Columns> {
    return this.#with({ offset: assertCount(offset, "offset") });
  }

  /** @throws GraphError LIMIT_EXCEEDED, TIMED_OUT, ABORTED when the query oversteps a bound */
  async all(): Promise<readonly Columns[]> {
    return (await this.#source.run(this.spec)) as unknown as readonly Columns[];
  }

  async first(): Promise<Columns | undefined> {
    return (await this.limit(Math.min(1, this.spec.limit ?? 1)).all())[0];
  }

  /** How many groups there are. */
  async count(): Promise<number> {
    return (await this.all()).length;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Columns, void, undefined> {
    yield* await this.all();
  }

  #hasColumn(name: string): boolean {
    return this.spec.by.includes(name) || Object.hasOwn(this.spec.aggregates, name);
  }

  #assertColumn(name: string): void {
    if (!this.#hasColumn(name)) throw new TypeError(`Cannot use column ${name}: the groups have none of this name`);
  }

  #with(change: Partial<GroupSpec>): Grouping<Row, Columns> {
    return new Grouping<Row, Columns>(this.#source, { ...this.spec, ...change });
  }
}

function assertCount(count: number, name: string): number {
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new RangeError(`Cannot group: ${name} is ${count}`);
}
