/** Any entity with all that ties it to others, as it is or as it was. */
import type { Entity } from "@knotwork/graph";
import { notFound } from "./domain-error.ts";
import { type SeenEdge, seenFrom } from "./edges.ts";
import type { KnotContext } from "./knot-context.ts";
import { annotationsOf, type Note } from "./notes.ts";
import type { Reader } from "./reader.ts";
import { viewOf } from "./view.ts";

export interface ShowOptions {
  /** At a commit, or at the last one up to a time. Default: now. */
  readonly asOf?: number | Date;
}

export interface ShownEntity {
  readonly entity: Entity;
  /** As they read from it, what only annotates it apart. */
  readonly edges: readonly SeenEdge[];
  /** Oldest first. */
  readonly notes: readonly Note[];
}

/** @throws DomainError NOT_FOUND; GraphError SNAPSHOT_TOO_OLD; RangeError for a seq that is still to come */
export async function showEntity(context: KnotContext, id: string, { asOf }: ShowOptions = {}): Promise<ShownEntity> {
  if (asOf === undefined) return await context.graph.read((view) => readEntity(view, id));
  return await readEntity(context.graph.asOf(asOf), id);
}

async function readEntity(reader: Reader, id: string): Promise<ShownEntity> {
  const entity = await reader.get(id);
  if (entity === undefined) throw notFound("entity", id);
  if ("from" in entity) return { entity, edges: [], notes: [] };
  const edges = (await seenFrom(reader, id)).filter(
    ({ reads, direction }) => !(reads === "ANNOTATES" && direction === "in"),
  );
  return { entity, edges, notes: (await annotationsOf(reader, id)).map(viewOf) };
}
