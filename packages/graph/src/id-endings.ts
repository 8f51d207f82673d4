/** Finds ids by their last characters. */
import { encodeTextPrefix } from "@knotwork/indexer";
import { endingOf } from "./index-keys.ts";
import { prefixInterval, typeInterval } from "./index-intervals.ts";
import type { Reader } from "./reader.ts";

const pageSize = 1024;
const idCharacters = /^[A-Za-z0-9._-]+$/;

/** In an index of endings those that share the last characters are next to each other; without one, all ids are looked at. */
export async function idsEndingWith(reader: Reader, type: string, ending: string): Promise<readonly string[]> {
  reader.types.assertKnown(type);
  if (!idCharacters.test(ending)) return [];
  const index = reader.types.endingsOf(type)?.name;
  const interval =
    index !== undefined && reader.hasIndex(index)
      ? prefixInterval(index, encodeTextPrefix(endingOf(ending)))
      : typeInterval(type);
  const wanted = ending.toUpperCase();
  const found: string[] = [];
  const cursor = reader.scan(interval);
  for (let hits = await cursor.next(pageSize); hits.length > 0; hits = await cursor.next(pageSize)) {
    for (const { id } of hits) if (id.toUpperCase().endsWith(wanted)) found.push(id);
  }
  return found.sort();
}
