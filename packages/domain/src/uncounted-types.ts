/** What a walk through the nodes of the domain does not come upon: nodes of other programs' types, and edges between them. */
import { knotTypes } from "./types/knot-types.ts";

export interface TypeCount {
  readonly type: string;
  readonly count: number;
}

/**
 * By type, in the order of the counts.
 *
 * @param counts of all types (`countTypes`)
 * @param edges how many edges were come upon, by type
 */
export function uncounted(
  counts: ReadonlyMap<string, number>,
  edges: ReadonlyMap<string, number>,
): readonly TypeCount[] {
  const left = new Map(counts);
  for (const { name } of knotTypes) left.delete(name);
  for (const [type, count] of edges) left.set(type, (left.get(type) ?? 0) - count);
  return [...left].filter(([, count]) => count > 0).map(([type, count]) => ({ type, count }));
}
