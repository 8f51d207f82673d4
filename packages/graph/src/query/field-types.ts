/** What the compiler knows of the fields of an entity: their names, their values, and what they may be compared with. */
import type { Edge, Entity } from "../entity.ts";
import type { JsonValue } from "../json.ts";
import type { PropsOf, TypeDefinition, TypeList } from "../type-definition.ts";

/** What fields are of: an entity, or anything with props. */
export interface AnyRow {
  readonly props: object;
}

type OwnField<Row> = Exclude<keyof Row & string, "props">;

/** Names of props, with dots to reach into objects. */
type PropPath<Props> = string extends keyof Props ? string : Props extends unknown ? PathIn<Props, [0, 0, 0]> : never;

type PathIn<Value, Depth extends readonly 0[]> = {
  [Name in keyof Value & string]-?: Name | Below<NonNullable<Value[Name]>, Name, Depth>;
}[keyof Value & string];

type Below<Value, Name extends string, Depth extends readonly 0[]> = Value extends
  | readonly unknown[]
  | string
  | number
  | boolean
  ? never
  : string extends keyof Value
    ? `${Name}.${string}`
    : Depth extends readonly [0, ...infer Rest extends readonly 0[]]
      ? `${Name}.${PathIn<Value, Rest>}`
      : never;

/** The fields of a row: its own (`id`, `createdAt`, … and for edges `from`, `to`), its props, and those as `props.NAME`. */
export type FieldName<Row extends AnyRow> =
  | OwnField<Row>
  | PropPath<Row["props"]>
  | (string extends keyof Row["props"] ? string : `props.${PropPath<Row["props"]>}`);

/** The value of a field; `undefined` in it where the field may be absent. */
export type FieldValue<Row extends AnyRow, Field extends string> = string extends Field
  ? JsonValue
  : Field extends OwnField<Row>
    ? Row[Field]
    : Field extends `props.${infer Path}`
      ? PropValue<Row["props"], Path>
      : PropValue<Row["props"], Field>;

type PropValue<Value, Path extends string> = Value extends unknown
  ? string extends keyof Value
    ? JsonValue
    : Path extends keyof Value
      ? Value[Path]
      : Path extends `${infer Name}.${infer Rest}`
        ? Name extends keyof Value
          ? PropValue<NonNullable<Value[Name]>, Rest> | (undefined extends Value[Name] ? undefined : never)
          : undefined
        : undefined
  : never;

/** A value as rows of groups have it: null for absence. */
export type ColumnValue<Value> = undefined extends Value ? Exclude<Value, undefined> | null : Value;

type Scalar = string | number | boolean;
type RangeOperator = "<" | "<=" | ">" | ">=";

/** The operators that make sense for a value. */
export type OperatorOf<Value> =
  | "="
  | "!="
  | "in"
  | "isNull"
  | (Extract<Value, Scalar> extends never ? never : RangeOperator)
  | (Extract<Value, string> extends never ? never : "startsWith")
  | (Extract<Value, readonly unknown[]> extends never ? never : "contains");

/** What a value may be compared with. */
export type OperandOf<Value, Op> = Op extends "=" | "!="
  ? Exclude<Value, undefined> | null
  : Op extends "in"
    ? readonly (Exclude<Value, undefined> | null)[]
    : Op extends RangeOperator
      ? Extract<Value, Scalar>
      : Op extends "startsWith"
        ? string
        : Op extends "contains"
          ? Extract<Value, readonly unknown[]>[number]
          : boolean;

/** The arguments after the operator: `isNull` may stand alone. */
export type OperandArguments<Value, Op> = Op extends "isNull" ? [value?: boolean] : [value: OperandOf<Value, Op>];

/** The fields of a row that hold numbers. */
export type NumberField<Row extends AnyRow> =
  string extends FieldName<Row>
    ? string
    : { [Name in FieldName<Row>]: Extract<FieldValue<Row, Name>, number> extends never ? never : Name }[FieldName<Row>];

type DeclaredEdge<Types extends TypeList> = Extract<Types[number], { readonly edge: true }>;

/** Names that a query may be over: those declared, and edge types written like DEPENDS_ON. Any name, if none is declared. */
export type TypeName<Types extends TypeList> = Types[number]["name"] | Uppercase<string>;

/** Refuses a name that is known when compiling and is none of `TypeName`; any other string is taken. */
export type KnownTypeName<Types extends TypeList, Name extends string> = string extends Name ? string : TypeName<Types>;

export type NodeTypeName<Types extends TypeList> = Exclude<Types[number], { readonly edge: true }>["name"];

/** Edge types that a pattern may follow: those declared, or any if none is. */
export type EdgeTypeName<Types extends TypeList> = [DeclaredEdge<Types>] extends [never]
  ? string
  : TypeDefinition extends Types[number]
    ? string
    : DeclaredEdge<Types>["name"];

/** A row of a type: an edge if it is declared as one. */
export type RowOf<Types extends TypeList, Name extends string> = string extends Name
  ? Entity<PropsOf<Types, Name>>
  : [Extract<DeclaredEdge<Types>, { readonly name: Name }>] extends [never]
    ? Entity<PropsOf<Types, Name>>
    : Edge<PropsOf<Types, Name>>;

/** The types of the nodes at the far end of edges of a type. */
export type FarTypeName<Types extends TypeList, EdgeName extends string, Way extends "out" | "in" | "both"> = EndName<
  Types,
  Extract<Types[number], { readonly name: EdgeName; readonly edge: true }>,
  Way
>;

type EndName<Types extends TypeList, Definition, Way> = [Definition] extends [never]
  ? NodeTypeName<Types>
  : Definition extends TypeDefinition<string, infer _Schema, true, infer From, infer To>
    ? Way extends "out"
      ? KnownEnd<Types, To>
      : Way extends "in"
        ? KnownEnd<Types, From>
        : KnownEnd<Types, From> | KnownEnd<Types, To>
    : NodeTypeName<Types>;

type KnownEnd<Types extends TypeList, End extends string> = string extends End ? NodeTypeName<Types> : End;
