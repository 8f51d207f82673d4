/**
 * A Standard Schema that is loaded when the first value is checked, so that a process that only reads never loads the
 * validation library.
 */
import type { TypeDefinition } from "@knotwork/graph";

/** What Standard Schema (version 1) asks of a schema, as far as it is needed here. */
export interface StandardSchema<Input, Output> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Validated<Output> | Promise<Validated<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type Validated<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: IssuePath | undefined }[] };

type IssuePath = readonly (PropertyKey | { readonly key: PropertyKey })[];

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
