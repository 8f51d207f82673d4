/**
 * Types of nodes and edges: a schema for their props (any Standard Schema), the indexes over them, the order of their
 * enums. Definitions live in the program; only the index definitions are known to the store.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { IndexDefinition, IndexPart } from "./engine.ts";
import { indexName } from "./index-keys.ts";
import type { JsonObject } from "./json.ts";
import { indexPartsMax, textFieldsMax } from "./limits.ts";
import { wordWeightMax } from "./words.ts";

export interface TypeOptions<
  Schema extends StandardSchemaV1 = StandardSchemaV1,
  IsEdge extends boolean = boolean,
  From extends string = string,
  To extends string = string,
> {
  /** Validates props, whole, at every create, update and link; its output is what is stored. May be asynchronous. */
  readonly fields: Schema;
  /** Each a list of fields; dotted names reach into objects. The id is always the last part, no need to name it. */
  readonly indexes?: readonly (readonly string[])[];
  /**
   * The fields whose words are searched (`query.search`), each alike, or with weights from 1 to 9; of arrays and objects
   * all the texts in them. The words are indexed; no commit pays for it, checkpoints do.
   */
  readonly text?: readonly string[] | Readonly<Record<string, number>>;
  /** True: ids are found by their last characters without looking at all of them (`idsEndingWith`). */
  readonly endings?: boolean;
  /** Values of enum fields in their order, for sorting and comparing. */
  readonly enums?: Readonly<Record<string, readonly string[]>>;
  /** True: a type of edges. Default: of nodes. */
  readonly edge?: IsEdge;
  /** Of an edge type: the types of nodes its edges may leave. Default: all. */
  readonly from?: readonly From[];
  /** Of an edge type: the types of nodes its edges may enter. Default: all. */
  readonly to?: readonly To[];
  /** What new ids start with, before "-" and a ULID. Default: the first letter of the name, upper-case. */
  readonly idPrefix?: string;
}

export interface TypeDefinition<
  Name extends string = string,
  Schema extends StandardSchemaV1 = StandardSchemaV1,
  IsEdge extends boolean = boolean,
  From extends string = string,
  To extends string = string,
> {
  readonly name: Name;
  readonly fields: Schema;
  /** Those ordered by values of fields. */
  readonly indexes: readonly IndexDefinition[];
  readonly text?: IndexDefinition;
  readonly endings?: IndexDefinition;
  readonly enums: Readonly<Record<string, readonly string[]>>;
  readonly edge: IsEdge;
  readonly from?: readonly From[];
  readonly to?: readonly To[];
  readonly idPrefix: string;
}

export type TypeList = readonly TypeDefinition[];

/** The definition of a type of the list; `never` for a name that is not in it, or not known when compiling. */
type DefinitionOf<Types extends TypeList, Name extends string> = string extends Name
  ? never
  : Extract<Types[number], { readonly name: Name }>;

type ObjectOr<Value, Otherwise> = unknown extends Value ? Otherwise : Extract<Value, object>;

/** What is stored for a type of the list; any JSON object for a type that is not in it. */
export type PropsOf<Types extends TypeList, Name extends string> = [DefinitionOf<Types, Name>] extends [never]
  ? JsonObject
  : ObjectOr<StandardSchemaV1.InferOutput<DefinitionOf<Types, Name>["fields"]>, JsonObject>;

/** What may be given for a type of the list; any object (checked when it is stored) for a type that is not in it. */
export type InputOf<Types extends TypeList, Name extends string> = [DefinitionOf<Types, Name>] extends [never]
  ? object
  : ObjectOr<StandardSchemaV1.InferInput<DefinitionOf<Types, Name>["fields"]>, object>;

/** Names that queries take for the entity itself, not for its props. */
export const metaFields: readonly string[] = [
  "id",
  "type",
  "version",
  "seq",
  "createdAt",
  "updatedAt",
  "author",
  "from",
  "to",
];

const typeNamePattern = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;
const edgeTypeNamePattern = /^[A-Z][A-Z0-9_]{0,63}$/;
const idPrefixPattern = /^[A-Za-z0-9][A-Za-z0-9._]{0,15}$/;
const fieldPattern = /^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/;

export function isTypeName(name: string): boolean {
  return typeNamePattern.test(name);
}

/** Edge types that nobody declared are recognised by their spelling: DEPENDS_ON. */
export function isEdgeTypeName(name: string): boolean {
  return edgeTypeNamePattern.test(name);
}

/** @throws TypeError for a name, prefix or index that cannot be */
export function defineType<
  const Name extends string,
  Schema extends StandardSchemaV1,
  const IsEdge extends boolean = false,
  const From extends string = string,
  const To extends string = string,
>(name: Name, options: TypeOptions<Schema, IsEdge, From, To>): TypeDefinition<Name, Schema, IsEdge, From, To> {
  const { from, to } = options;
  const edge = (options.edge ?? false) as IsEdge;
  if (!edge && (from ?? to) !== undefined)
    throw new TypeError(`Cannot define type ${name}: only edges have from and to`);
  const idPrefix = options.idPrefix ?? name.charAt(0).toUpperCase();
  const enums = options.enums ?? {};
  if (!isTypeName(name)) throw new TypeError(`Cannot define type ${JSON.stringify(name)}: not a valid type name`);
  if (!idPrefixPattern.test(idPrefix)) throw new TypeError(`Cannot define type ${name}: bad idPrefix "${idPrefix}"`);
  const indexes = (options.indexes ?? []).map((fields): IndexDefinition => {
    assertIndexFields(name, fields);
    const parts = fields.map((field): IndexPart => {
      const order = enums[field];
      return order === undefined ? { field } : { field, order: [...order] };
    });
    return { name: indexName(name, parts), type: name, parts };
  });
  const ends = { ...(from === undefined ? {} : { from: [...from] }), ...(to === undefined ? {} : { to: [...to] }) };
  const lookUps = {
    ...(options.text === undefined ? {} : { text: textIndex(name, options.text) }),
    ...(options.endings === true
      ? { endings: { name: indexName(name, [], "endings"), type: name, parts: [], kind: "endings" as const } }
      : {}),
  };
  return Object.freeze({ name, fields: options.fields, indexes, ...lookUps, enums, edge, ...ends, idPrefix });
}

/** Heaviest fields first. */
function textIndex(type: string, text: readonly string[] | Readonly<Record<string, number>>): IndexDefinition {
  const weighted = isList(text) ? text.map((field) => [field, 1] as const) : Object.entries(text);
  const parts = weighted
    .map(([field, weight]) => ({ field, weight }) satisfies IndexPart)
    .toSorted((a, b) => b.weight - a.weight);
  const fields = parts.map(({ field }) => field);
  assertFields(fields, {
    max: textFieldsMax,
    refuse: (why) => refuseIndex(type, `text of [${fields.join(", ")}]`, why),
  });
  for (const { weight } of parts) {
    if (!Number.isInteger(weight) || weight < 1 || weight > wordWeightMax)
      refuseIndex(
        type,
        `text of [${fields.join(", ")}]`,
        `has the weight ${weight}; a weight is 1 to ${wordWeightMax}`,
      );
  }
  return { name: indexName(type, parts, "text"), type, parts, kind: "text" };
}

function isList<T>(value: readonly T[] | object): value is readonly T[] {
  return Array.isArray(value);
}

function assertIndexFields(type: string, fields: readonly string[]): void {
  assertFields(fields, { max: indexPartsMax, refuse: (why) => refuseIndex(type, `index [${fields.join(", ")}]`, why) });
}

function assertFields(
  fields: readonly string[],
  { max, refuse }: { readonly max: number; readonly refuse: (why: string) => never },
): void {
  if (fields.length === 0 || fields.length > max) refuse(`must have 1 to ${max} fields`);
  if (new Set(fields).size !== fields.length) refuse("names a field twice");
  for (const field of fields) {
    if (!fieldPattern.test(field)) refuse(`has a bad field name ${JSON.stringify(field)}`);
    if (metaFields.includes(field)) refuse(`names ${field}, which is no property; name a property of your own`);
  }
}

function refuseIndex(type: string, what: string, why: string): never {
  throw new TypeError(`Cannot define type ${type}: the ${what} ${why}`);
}
