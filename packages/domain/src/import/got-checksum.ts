/**
 * The checksum of an entity file of the first Graph-of-Thought store: SHA-256 of the entity as Python writes it with sorted
 * keys and no spaces, 16 characters of it. The file holds it with the same keys in the same order, only with spaces; so the
 * text itself is compacted, which keeps numbers such as 1.0 as Python wrote them.
 */
import { createHash } from "node:crypto";
import type { JsonObject } from "@knotwork/graph";

export function isChecksumRight(wrapper: JsonObject, text: string): boolean {
  const compact = withoutSpaces(text);
  const start = compact.indexOf(dataKey);
  if (start < 0 || !compact.endsWith("}")) return false;
  const data = compact.slice(start + dataKey.length, -1);
  return createHash("sha256").update(data).digest("hex").slice(0, 16) === wrapper["_checksum"];
}

const dataKey = '"data":';

/** JSON text without the white space between its tokens; strings stay as they are. */
function withoutSpaces(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|\s+/g, (token) => (token.startsWith('"') ? token : ""));
}
