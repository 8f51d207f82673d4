/**
 * The rows in a record's head: what other processes must know of an operation without parsing its body (docs/FORMAT.md,
 * "Rows").
 *
 *     ["put", id, type, version, fields, createdAt | 0, from, to]     from and to for edges only
 *     ["delete", id, type, version, from, to]
 *     ["define", name, type, parts, kind]                             kind for indexes that are not ordered by values only
 *
 * `fields` holds the values of the declared index fields, shortened as the index sees them.
 */
import type { IndexDefinition, IndexKind, IndexPart, Write } from "../engine.ts";
import { fieldValue, indexedElements, indexedScalar } from "../index-keys.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { storeDamaged } from "./store-error.ts";

export interface VersionRow {
  readonly op: "put" | "delete";
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly fields: JsonObject;
  /** Absent when the entity comes into being with this commit. */
  readonly createdAt: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export interface DefineRow {
  readonly op: "define";
  readonly definition: IndexDefinition;
}

export type OperationRow = VersionRow | DefineRow;

/** `fields` are those of the write's type that some declared index looks at. */
export function writeToRow(write: Write, fields: Iterable<string>): readonly unknown[] {
  const ends = write.from === undefined ? [] : [write.from, write.to];
  if (write.op === "delete") return ["delete", write.id, write.type, write.version, ...ends];
  return ["put", write.id, write.type, write.version, fieldsOf(write.props, fields), write.createdAt ?? 0, ...ends];
}

export function definitionToRow({ name, type, parts, kind }: IndexDefinition): readonly unknown[] {
  return ["define", name, type, parts, ...(kind === undefined ? [] : [kind])];
}

/** Whether a row with this operation declares an index; else it is a version. @throws StoreError STORE_DAMAGED */
export function isDefinition(operation: unknown): boolean {
  if (operation === "put" || operation === "delete") return false;
  if (operation === "define") return true;
  throw storeDamaged(`Cannot read the log: unknown operation ${JSON.stringify(operation)}`, {});
}

/** @throws StoreError STORE_DAMAGED */
export function decodeRow(row: readonly unknown[]): OperationRow {
  return isDefinition(row[0]) ? { op: "define", definition: decodeDefinitionRow(row) } : decodeVersionRow(row);
}

export function decodeDefinitionRow(row: readonly unknown[]): IndexDefinition {
  const [, name, type, parts, kind] = row as readonly ["define", string, string, readonly IndexPart[], IndexKind?];
  return { name, type, parts, ...(kind === undefined ? {} : { kind }) };
}

/** Every row gives an object of one shape: thousands are made while a log is replayed. */
export function decodeVersionRow(row: readonly unknown[]): VersionRow {
  if (row[0] === "delete") {
    const [, id, type, version, from, to] = row as readonly ["delete", string, string, number, string?, string?];
    return { op: "delete", id, type, version, fields: {}, createdAt: undefined, from, to };
  }
  const [, id, type, version, fields, createdAt, from, to] = row as readonly [
    "put",
    string,
    string,
    number,
    JsonObject,
    string | 0,
    string?,
    string?,
  ];
  return { op: "put", id, type, version, fields, createdAt: createdAt === 0 ? undefined : createdAt, from, to };
}

/** The declared fields of a version, as the indexes see them. Fields with nothing to index are left out. */
export function fieldsOf(props: JsonObject, declared: Iterable<string>): JsonObject {
  const fields: Record<string, JsonValue> = {};
  for (const field of declared) {
    const value = fieldValue(props, field);
    const seen = Array.isArray(value)
      ? indexedElements(value as readonly JsonValue[], undefined)
      : indexedScalar(value, undefined);
    if (seen !== null) fields[field] = seen;
  }
  return fields;
}
