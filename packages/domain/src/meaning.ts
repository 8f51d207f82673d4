/**
 * What an entity means, apart from its version: a fingerprint of the texts that say what it is. A task that is started,
 * claimed or moved means the same as before; one with another title does not, and what others said of it may not hold.
 */
import type { Edge, Entity, JsonObject } from "@knotwork/graph";
import { fingerprint } from "./canonical-json.ts";

/** The fields that say what an entity is. */
export const meaningFields = ["title", "description", "purpose", "rationale"] as const;

/** The fingerprints of both ends, as they were when the edge was made or last found to hold. */
export interface EdgeMeaning {
  readonly from?: string;
  readonly to?: string;
}

const fingerprintLength = 12;

/** The fingerprint of props, or `undefined` for what has no title, such as a note or a file. */
export function meaningOf(props: JsonObject): string | undefined {
  if (typeof props["title"] !== "string") return undefined;
  return fingerprint(meaningFields.map((field) => props[field] ?? null)).slice(0, fingerprintLength);
}

/** The title of what has one; its schema has seen to it. */
export function titleOf(props: JsonObject): string {
  const title = props["title"];
  return typeof title === "string" ? title : "";
}

/** What an edge between these two remembers. */
export function edgeMeaning(from: Entity, to: Entity): EdgeMeaning {
  const [first, second] = [meaningOf(from.props), meaningOf(to.props)];
  return { ...(first === undefined ? {} : { from: first }), ...(second === undefined ? {} : { to: second }) };
}

/** What an edge remembers; `undefined` for one that was not made by the rules here, as by an import. */
export function rememberedMeaning(edge: Edge): EdgeMeaning | undefined {
  const meaning = edge.props["meaning"];
  return typeof meaning === "object" && meaning !== null && !Array.isArray(meaning)
    ? (meaning as EdgeMeaning)
    : undefined;
}
