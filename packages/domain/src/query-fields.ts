/** Which fields a type has, as the text of a query names them, and what an enum among them may be. */
import type { Condition } from "@knotwork/graph";
import { invalidQuery } from "./query-text/invalid-query.ts";
import type { FieldMention, ParsedCondition } from "./query-text/parse-condition.ts";
import { knotTypes } from "./types/knot-types.ts";

/** Fields of every entity, under the names by which records show them. */
const metaFields = ["id", "type", "version", "seq", "createdAt", "updatedAt", "author", "from", "to"];

/** As a record is shown → as it is stored: when it was filed, not when this version of it was committed. */
const storedNames: ReadonlyMap<string, string> = new Map([
  ["createdAt", "filedAt"],
  ["createdBy", "filedBy"],
  ["updatedBy", "author"],
]);

export interface TypeFields {
  readonly type: string;
  /** In the order of their declaration; `undefined`: the type is not the domain's, any field may be meant. */
  readonly names: readonly string[] | undefined;
  readonly enums: Readonly<Record<string, readonly string[]>>;
}

export async function fieldsOfType(type: string): Promise<TypeFields> {
  const definition = knotTypes.find(({ name }) => name === type);
  if (definition === undefined) return { type, names: undefined, enums: {} };
  const schemas: Readonly<Record<string, unknown>> = await import("./types/schemas.ts");
  const schema = schemas[`${type.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}Schema`];
  const entries = (schema as { readonly entries?: object } | undefined)?.entries;
  const names = entries === undefined ? undefined : [...Object.keys(entries), ...metaFields, ...storedNames.keys()];
  return { type, names: names === undefined ? undefined : [...new Set(names)], enums: definition.enums };
}

/** The condition over stored names, its fields and enum values known to the type. @throws DomainError INVALID_QUERY */
export function checkedCondition(
  query: string,
  { condition, mentions }: ParsedCondition,
  fields: TypeFields,
): Condition {
  for (const mention of mentions) assertMention(query, mention, fields);
  return fields.names === undefined ? condition : withStoredNames(condition);
}

/** A field alone, as options name one. @throws DomainError INVALID_QUERY */
export function checkedField(field: string, fields: TypeFields): string {
  assertMention(field, { field, position: 0, values: [] }, fields);
  return fields.names === undefined ? field : storedName(field);
}

function assertMention(
  query: string,
  { field, position, values }: FieldMention,
  { type, names, enums }: TypeFields,
): void {
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
  const choices = enums[name];
  const wrong =
    choices === undefined ? undefined : values.find(({ value }) => value !== null && !choices.includes(String(value)));
  if (choices === undefined || wrong === undefined) return;
  throw invalidQuery({
    query,
    position: wrong.position,
    problem: `${JSON.stringify(wrong.value)} is no ${name}`,
    hint: `Use one of: ${choices.join(", ")}.`,
    typed: String(wrong.value),
    candidates: choices,
  });
}

function withStoredNames(condition: Condition): Condition {
  if ("all" in condition) return { all: condition.all.map(withStoredNames) };
  if ("any" in condition) return { any: condition.any.map(withStoredNames) };
  if ("not" in condition) return { not: withStoredNames(condition.not) };
  return { ...condition, field: storedName(condition.field) };
}

function storedName(field: string): string {
  return storedNames.get(field) ?? field;
}
