/** The intervals of the built-in indexes that answer the questions of a graph. */
import { encodeKeyPart, keyPrefixEnd, type ByteString } from "@knotwork/indexer";
import type { IndexInterval } from "./engine.ts";

/** All keys that start with `prefix`. */
export function prefixInterval(index: string, prefix: ByteString): IndexInterval {
  return { index, lower: prefix, upper: keyPrefixEnd(prefix) };
}

/** All entities of a type. */
export function typeInterval(type: string): IndexInterval {
  return prefixInterval("type", encodeKeyPart(type));
}

/** The edges that leave (`out`) or enter (`in`) a node, of one type or of all. */
export function edgeInterval(direction: "out" | "in", id: string, type?: string): IndexInterval {
  return prefixInterval(direction, encodeKeyPart(id) + (type === undefined ? "" : encodeKeyPart(type)));
}
