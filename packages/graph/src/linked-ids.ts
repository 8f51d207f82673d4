/** Which nodes have edges, and where these lead: one pass over the index of edges, no entity is read. */
import { otherEndOfKey, startOfKey, typeOfEdgeKey } from "./index-keys.ts";
import type { Reader } from "./reader.ts";

const pageSize = 1024;

/** The ids of all nodes that an edge leaves or enters whose type is not one of these. */
export async function linkedIds(reader: Reader, without: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const linked = new Set<string>();
  const cursor = reader.scan({ index: "out", lower: "", upper: undefined });
  for (let hits = await cursor.next(pageSize); hits.length > 0; hits = await cursor.next(pageSize)) {
    for (const { key } of hits) {
      if (without.size > 0 && without.has(typeOfEdgeKey(key))) continue;
      linked.add(startOfKey(key)).add(otherEndOfKey(key));
    }
  }
  return linked;
}

/** By node, where its edges of these types lead, by type and id. */
export async function linksOf(
  reader: Reader,
  types: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const links = new Map<string, string[]>();
  const cursor = reader.scan({ index: "out", lower: "", upper: undefined });
  for (let hits = await cursor.next(pageSize); hits.length > 0; hits = await cursor.next(pageSize)) {
    for (const { key } of hits) {
      if (!types.has(typeOfEdgeKey(key))) continue;
      const from = startOfKey(key);
      const to = links.get(from);
      if (to === undefined) links.set(from, [otherEndOfKey(key)]);
      else to.push(otherEndOfKey(key));
    }
  }
  return links;
}
