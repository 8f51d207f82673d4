/** Describes what groups are summed up to, with names and types that the compiler carries to their rows. */
import type { Aggregate } from "./aggregation.ts";
import type { AnyRow, FieldName, FieldValue, NumberField } from "./field-types.ts";

declare const resultOf: unique symbol;

/** An aggregate, and what it gives. */
export interface TypedAggregate<Result> extends Aggregate {
  readonly [resultOf]?: Result;
}

export type AggregateShape = Readonly<Record<string, TypedAggregate<unknown>>>;

/** The columns that aggregates give. */
export type AggregateRow<Shape extends AggregateShape> = {
  readonly [Name in keyof Shape]: Shape[Name] extends TypedAggregate<infer Result> ? Result : never;
};

/** Given to the function of `aggregate`. Null and absence count nowhere but in `count()`. */
export interface AggregateBuilder<Row extends AnyRow> {
  /** Rows; with a field, those that have a value there. */
  count(field?: FieldName<Row>): TypedAggregate<number>;
  /** Different values. */
  countDistinct(field: FieldName<Row>): TypedAggregate<number>;
  /** Of the numbers; 0 of none. */
  sum(field: NumberField<Row>): TypedAggregate<number>;
  /** Of the numbers; null of none. */
  avg(field: NumberField<Row>): TypedAggregate<number | null>;
  /** Of the scalars, in the order of `orderBy`; null of none. */
  min<Field extends FieldName<Row>>(field: Field): TypedAggregate<NonNullable<FieldValue<Row, Field>> | null>;
  max<Field extends FieldName<Row>>(field: Field): TypedAggregate<NonNullable<FieldValue<Row, Field>> | null>;
  /** The values, in the order of the rows. */
  collect<Field extends FieldName<Row>>(field: Field): TypedAggregate<readonly NonNullable<FieldValue<Row, Field>>[]>;
  collectDistinct<Field extends FieldName<Row>>(
    field: Field,
  ): TypedAggregate<readonly NonNullable<FieldValue<Row, Field>>[]>;
}

/** What a function of `aggregate` describes, as data. */
export function aggregatesOf<Row extends AnyRow>(
  describe: (of: AggregateBuilder<Row>) => AggregateShape,
): Readonly<Record<string, Aggregate>> {
  return describe(builder);
}

const builder = {
  count: (field?: string): Aggregate => (field === undefined ? { op: "count" } : { op: "count", field }),
  countDistinct: (field: string): Aggregate => ({ op: "count", field, distinct: true }),
  sum: (field: string): Aggregate => ({ op: "sum", field }),
  avg: (field: string): Aggregate => ({ op: "avg", field }),
  min: (field: string): Aggregate => ({ op: "min", field }),
  max: (field: string): Aggregate => ({ op: "max", field }),
  collect: (field: string): Aggregate => ({ op: "collect", field }),
  collectDistinct: (field: string): Aggregate => ({ op: "collect", field, distinct: true }),
} as const;
