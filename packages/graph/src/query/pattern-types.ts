/** What the compiler knows of patterns: the rows they give, and what steps may lead to. */
import type { Edge, Entity } from "../entity.ts";
import type { PropsOf, TypeList } from "../type-definition.ts";
import type { ConditionInput } from "./condition-builder.ts";
import type { RowOf } from "./field-types.ts";
import type { CyclePolicy } from "./pattern-spec.ts";

export type EdgeRowOf<Types extends TypeList, Name extends string> = Edge<PropsOf<Types, Name>>;

/** How long a path in place of one edge may be. */
export interface PathLength {
  /** Default 1. With 0 both ends may be one node. */
  readonly min?: number;
  /** Without one: as long as the cycle policy allows. */
  readonly max?: number;
  /** Default "trail": no edge twice. */
  readonly cycles?: CyclePolicy;
}

export interface StepOptions<
  Types extends TypeList,
  EdgeName extends string,
  To extends string,
  NodeType extends string,
  Alias extends string,
  Path extends PathLength | undefined,
> {
  /** The name of the node at the other end. A name that is there already leads back to its node. */
  readonly to: To;
  /** The type of that node. Without one: of every type. */
  readonly type?: NodeType;
  /** A condition on that node. */
  readonly where?: ConditionInput<RowOf<Types, NodeType>>;
  /** A name for the edge; for the list of edges of a path. */
  readonly edge?: Alias;
  /** A condition on the edge; on every edge of a path. */
  readonly edgeWhere?: ConditionInput<EdgeRowOf<Types, EdgeName>>;
  /** A path of several edges in place of one. */
  readonly path?: Path;
}

/** The names that a step adds to a row. */
export type StepNames<
  Types extends TypeList,
  EdgeName extends string,
  To extends string,
  NodeType extends string,
  Alias extends string,
  Path,
> = { readonly [Name in To]: RowOf<Types, NodeType> } & {
  readonly [Name in Alias]: Path extends PathLength
    ? readonly EdgeRowOf<Types, EdgeName>[]
    : EdgeRowOf<Types, EdgeName>;
};

/** A row whose new names may be missing. */
export type WithOptional<Before, After> = Before & {
  readonly [Name in Exclude<keyof After, keyof Before>]: After[Name] | undefined;
};

/** The rows of a pattern as something with fields: `task.status`, `blocker.id`. */
export interface ReferencedRow<Rows> {
  readonly props: {
    readonly [Name in keyof Rows & string as Rows[Name] extends readonly unknown[] ? never : Name]: Referenced<
      Rows[Name]
    >;
  };
}

type Referenced<Value> =
  Value extends Entity<infer Props>
    ? Omit<Value, "props"> & Props & { readonly props: Props }
    : Extract<Value, undefined>;

/** The names of a pattern that stand for one node or edge. */
export type SingleName<Rows> = {
  [Name in keyof Rows & string]: NonNullable<Rows[Name]> extends readonly unknown[] ? never : Name;
}[keyof Rows & string];

/** The node or edge that a name stands for. */
export type RowNamed<Rows, Name extends keyof Rows> =
  NonNullable<Rows[Name]> extends Entity<infer Props> ? NonNullable<Rows[Name]> & Entity<Props> : Entity;
