/** How many live entities there are, by type or by a field: counted in an index where there is one. */
import { decodeKeyParts, encodeKeyPart, keyPrefixEnd } from "@knotwork/indexer";
import type { IndexHit, IndexInterval } from "./engine.ts";
import { fieldValue, indexedElements, indexedScalar, type JsonScalar } from "./index-keys.ts";
import type { JsonValue } from "./json.ts";
import type { Reader } from "./reader.ts";

const pageSize = 1024;

/** By type, in the order of the index. */
export async function countTypes(reader: Reader): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  await eachHit(reader, { index: "type", lower: "", upper: undefined }, ({ key }) => {
    const type = String(decodeKeyParts(key)[0]);
    counts.set(type, (counts.get(type) ?? 0) + 1);
  });
  return counts;
}

export interface FieldCountRequest {
  readonly type: string;
  readonly field: string;
}

export type ValueCounts = ReadonlyMap<JsonScalar, number>;

/**
 * By value of a field, as indexes see values: each element of an array counts, long text by its start, null for absence
 * and for objects. From the index of the type that begins with the field, else from the entities.
 */
export async function countValues(reader: Reader, { type, field }: FieldCountRequest): Promise<ValueCounts> {
  reader.types.assertKnown(type);
  const order = reader.types.orderOf(type, field);
  const counts = new Map<JsonScalar, number>();
  const count = (value: JsonScalar): void => {
    const named = typeof value === "number" ? (order?.[value] ?? value) : value;
    counts.set(named, (counts.get(named) ?? 0) + 1);
  };
  const declared = reader.types.indexesOf(type).find(({ parts }) => parts[0]?.field === field);
  if (declared !== undefined && reader.hasIndex(declared.name)) {
    await eachFirstPart(reader, declared.name, count);
  } else {
    const prefix = encodeKeyPart(type);
    const ofType = { index: "type", lower: prefix, upper: keyPrefixEnd(prefix) };
    await eachHit(reader, ofType, async ({ id }) => {
      const value = fieldValue((await reader.get(id))?.props ?? {}, field);
      const values = Array.isArray(value)
        ? indexedElements(value as JsonValue[], order)
        : [indexedScalar(value, order)];
      values.forEach(count);
    });
  }
  return counts;
}

/** Keys that begin with the same value follow each other: it is decoded once. */
async function eachFirstPart(reader: Reader, index: string, visit: (part: JsonScalar) => void): Promise<void> {
  let prefix: string | undefined;
  let part: JsonScalar = null;
  await eachHit(reader, { index, lower: "", upper: undefined }, ({ key }) => {
    if (prefix === undefined || !key.startsWith(prefix)) {
      part = decodeKeyParts(key)[0] ?? null;
      prefix = encodeKeyPart(part);
    }
    visit(part);
  });
}

async function eachHit(
  reader: Reader,
  interval: IndexInterval,
  visit: (hit: IndexHit) => Promise<void> | void,
): Promise<void> {
  const cursor = reader.scan(interval);
  for (let hits = await cursor.next(pageSize); hits.length > 0; hits = await cursor.next(pageSize)) {
    for (const hit of hits) {
      const visited = visit(hit);
      if (visited !== undefined) await visited;
    }
  }
}
