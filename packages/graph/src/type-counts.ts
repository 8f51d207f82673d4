/** Which types live entities have, known to this program or not, and how many each: one pass over the index of types. */
import { decodeKeyParts } from "@knotwork/indexer";
import type { Reader } from "./reader.ts";

const pageSize = 1024;

/** By type, in the order of the index. */
export async function countTypes(reader: Reader): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const cursor = reader.scan({ index: "type", lower: "", upper: undefined });
  for (let hits = await cursor.next(pageSize); hits.length > 0; hits = await cursor.next(pageSize)) {
    for (const { key } of hits) {
      const type = String(decodeKeyParts(key)[0]);
      counts.set(type, (counts.get(type) ?? 0) + 1);
    }
  }
  return counts;
}
