/** Writes conditions whose fields and values the compiler knows. */
import type { JsonValue } from "../json.ts";
import type { Condition } from "./condition.ts";
import type { AnyRow, FieldName, FieldValue, OperandArguments, OperatorOf } from "./field-types.ts";

/** Given to the function of `where`: `(on) => on.any(on.is("status", "=", "open"), on.not(on.is("tags", "contains", "x")))`. */
export interface ConditionBuilder<Row extends AnyRow> {
  /** One field compared with a value. `isNull` may stand without one. */
  is<Field extends FieldName<Row>, Op extends OperatorOf<FieldValue<Row, Field>>>(
    field: Field,
    op: Op,
    ...value: OperandArguments<FieldValue<Row, Field>, Op>
  ): Condition;
  /** Every one is met; also when none is given. */
  all(...conditions: readonly Condition[]): Condition;
  /** At least one is met; never when none is given. */
  any(...conditions: readonly Condition[]): Condition;
  not(condition: Condition): Condition;
}

/** A condition as data, or a function that builds one. */
export type ConditionInput<Row extends AnyRow> = Condition | ((on: ConditionBuilder<Row>) => Condition);

export function conditionOf<Row extends AnyRow>(input: ConditionInput<Row>): Condition {
  return typeof input === "function" ? input(builder) : input;
}

/** `op` and `value` as given: they are checked with the condition. */
export function predicateOf(field: string, op: string, value: readonly unknown[]): Condition {
  return { field, op, value: value.length === 0 && op === "isNull" ? true : (value[0] as JsonValue) } as Condition;
}

const builder = {
  is: (field: string, op: string, ...value: readonly unknown[]): Condition => predicateOf(field, op, value),
  all: (...all: readonly Condition[]): Condition => ({ all }),
  any: (...any: readonly Condition[]): Condition => ({ any }),
  not: (condition: Condition): Condition => ({ not: condition }),
} as const;
