/**
 * A Standard Schema that is loaded when the first value is checked, so that a process that only reads never loads the
 * validation library.
 */
import type { TypeDefinition } from "@knotwork/graph";
import type { StandardProps } from "valibot";

/** What Standard Schema asks of a schema. */
export interface StandardSchema<Input, Output> {
  readonly "~standard": StandardProps<Input, Output>;
}

/** A type of the domain. */
export type KnotType<Name extends string, Props extends object> = TypeDefinition<Name, StandardSchema<Props, Props>>;

/** A schema for `Props`; `load` is called once, at the first validation. */
export function lazySchema<Props extends object>(
  load: () => Promise<StandardSchema<unknown, Props>>,
): StandardSchema<Props, Props> {
  let loaded: Promise<StandardSchema<unknown, Props>> | undefined;
  return {
    "~standard": {
      version: 1,
      vendor: "knotwork",
      validate: async (value) => {
        const schema = await (loaded ??= load());
        return schema["~standard"].validate(value);
      },
    },
  };
}
