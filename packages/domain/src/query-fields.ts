/** Which fields a type has, as the text of a query names them, and what an enum among them may be. */
import type { Condition } from "@knotwork/graph";
import { type FieldKind, fieldKind } from "./field-kind.ts";
import { invalidQuery } from "./query-text/invalid-query.ts";
import type { FieldMention, ParsedCondition } from "./query-text/parse-condition.ts";
import { canonicalEdge } from "./relations.ts";
import { knotTypes } from "./types/knot-types.ts";

/** Fields of every entity, under the names by which records show them. */
const kindByMetaField: ReadonlyMap<string, FieldKind> = new Map([
  ["id", "text"],
  ["type", "text"],
  ["version", "number"],
  ["seq", "number"],
  ["createdAt", "text"],
  ["updatedAt", "text"],
  ["author", "text"],
  ["from", "text"],
  ["to", "text"],
]);

/** As a record is shown → as it is stored: when it was filed, not when this version of it was committed. */
const storedNames: ReadonlyMap<string, string> = new Map([
  ["createdAt", "filedAt"],
  ["createdBy", "filedBy"],
  ["updatedBy", "author"],
]);

export interface TypeFields {
  /** As it was named. */
  readonly type: string;
  /** As its entities are stored. */
  readonly storedType: string;
  /** It is written as types of edges are, and no type of the domain. */
  readonly isEdge: boolean;
  /** The type is a spelling in the other direction: its `from` is stored as `to`. */
  readonly isTurned: boolean;
  /** In the order of their declaration; `undefined`: the type is not the domain's, any field may be meant. */
  readonly names: readonly string[] | undefined;
  readonly enums: Readonly<Record<string, readonly string[]>>;
  /** What a field holds; `undefined`: anything. */
  readonly kindOf: (field: string) => FieldKind | undefined;
}

/** What cannot be true of a kind of field, and what was probably meant. */
interface Mismatch {
  readonly position: number;
  readonly problem: string;
  readonly hint: string;
}

export async function fieldsOfType(type: string): Promise<TypeFields> {
  const definition = knotTypes.find(({ name }) => name === type);
  const stored = canonicalEdge({ from: "from", type, to: "to" });
  const isEdge = definition === undefined && /^[A-Z]/.test(type);
  const about = { type, storedType: stored.type, isEdge, isTurned: stored.from === "to" };
  const kindOfMeta = (field: string): FieldKind | undefined => kindByMetaField.get(field);
  if (definition === undefined) return { ...about, names: undefined, enums: {}, kindOf: kindOfMeta };
  const schemas: Readonly<Record<string, unknown>> = await import("./types/schemas.ts");
  const schema = schemas[`${type.replaceAll(/[-_](\w)/g, (_, letter: string) => letter.toUpperCase())}Schema`];
  const entries = (schema as { readonly entries?: object } | undefined)?.entries;
  const { enums } = definition;
  if (entries === undefined) return { ...about, names: undefined, enums, kindOf: kindOfMeta };
  const names = new Set([...Object.keys(entries), ...kindByMetaField.keys(), ...storedNames.keys()]);
  const kindOf = (field: string): FieldKind | undefined =>
    kindOfMeta(field) ?? fieldKind(schema, storedNames.get(field) ?? field);
  return { ...about, names: [...names], enums, kindOf };
}

/** The condition over stored names, its fields and enum values known to the type. @throws DomainError INVALID_QUERY */
export function checkedCondition(
  query: string,
  { condition, mentions }: ParsedCondition,
  fields: TypeFields,
): Condition {
  for (const mention of mentions) assertMention(query, mention, fields);
  return withStoredNames(condition, fields);
}

/** A field alone, as options name one. @throws DomainError INVALID_QUERY */
export function checkedField(field: string, fields: TypeFields): string {
  assertMention(field, { field, position: 0, values: [] }, fields);
  return storedName(field, fields);
}

function assertMention(query: string, mention: FieldMention, { type, names, enums, kindOf }: TypeFields): void {
  const { field, position, values } = mention;
  const name = field.startsWith("props.") ? field.slice("props.".length) : field;
  const [root = name] = name.split(".");
  if (names !== undefined && !names.includes(root)) {
    throw invalidQuery({
      query,
      position,
      problem: `${type} has no field "${root}"`,
      hint: `Fields of ${type}: ${names.join(", ")}.`,
      typed: root,
      candidates: names,
    });
  }
  const choices = Object.hasOwn(enums, name) ? enums[name] : undefined;
  const wrong =
    choices === undefined ? undefined : values.find(({ value }) => value !== null && !choices.includes(String(value)));
  if (choices === undefined || wrong === undefined) {
    const mismatch = mismatchOf(mention, kindOf(name));
    if (mismatch !== undefined) throw invalidQuery({ query, ...mismatch });
    return;
  }
  throw invalidQuery({
    query,
    position: wrong.position,
    problem: `${JSON.stringify(wrong.value)} is no ${name}`,
    hint: `Use one of: ${choices.join(", ")}.`,
    typed: String(wrong.value),
    candidates: choices,
  });
}

/** A condition that no entity of the type can meet, or that all do, is a mistake: it is told instead of answered. */
function mismatchOf({ field, position, op, values }: FieldMention, kind: FieldKind | undefined): Mismatch | undefined {
  if (kind === undefined || op === undefined || op === "isNull") return undefined;
  if (kind === "list") {
    if (op === "contains" || values.every(({ value }) => value === null)) return undefined;
    return { position, problem: `${field} is a list`, hint: `Write ${field} contains VALUE, or ${field} is null.` };
  }
  if (op === "contains") {
    const hint = "For its beginning write starts-with; for words inside of texts use knot search.";
    return { position, problem: `${field} is no list, and contains asks for an element of one`, hint };
  }
  if (op === "startsWith") {
    if (kind === "text") return undefined;
    return { position, problem: `${field} is a ${kind}, no text`, hint: "Compare it with =, !=, <, <=, > or >=." };
  }
  const wrong = values.find(({ value }) => value !== null && typeof value !== (kind === "text" ? "string" : kind));
  if (wrong === undefined) return undefined;
  const problem = `${field} is a ${kind}, and ${JSON.stringify(wrong.value)} is none`;
  const hint = kind === "text" ? `Put it in quotes: '${wrong.value}'.` : `Give a ${kind}, without quotes.`;
  return { position: wrong.position, problem, hint };
}

function withStoredNames(condition: Condition, fields: TypeFields): Condition {
  if ("all" in condition) return { all: condition.all.map((each) => withStoredNames(each, fields)) };
  if ("any" in condition) return { any: condition.any.map((each) => withStoredNames(each, fields)) };
  if ("not" in condition) return { not: withStoredNames(condition.not, fields) };
  return { ...condition, field: storedName(condition.field, fields) };
}

function storedName(field: string, { names, isTurned }: TypeFields): string {
  if (isTurned && (field === "from" || field === "to")) return field === "from" ? "to" : "from";
  return names === undefined ? field : (storedNames.get(field) ?? field);
}
