/** The whole graph, entity by entity: one JSON line each, in an order that depends on nothing but the content. */
import type { Edge, Entity, JsonObject } from "@knotwork/graph";
import type { KnotContext } from "./knot-context.ts";
import { type TypeCount, uncounted } from "./uncounted-types.ts";
import { knotTypes } from "./types/knot-types.ts";

/** One line of an export. */
export type ExportedEntity = Readonly<{
  kind: "node" | "edge";
  id: string;
  type: string;
  from?: string;
  to?: string;
  version: number;
  createdAt: string;
  updatedAt: string;
  author: string;
  props: JsonObject;
}>;

export interface ExportOptions {
  /** Told at the end what was left out, when something was: the entities of types that only other programs know. */
  readonly onLeftOut?: (left: readonly TypeCount[]) => void;
}

/** The edges of so many nodes are read together. */
const groupSize = 500;

/**
 * All live entities of one snapshot: nodes by type and id, each followed by the edges that leave it, by type and id.
 * Reads as the caller goes on; the snapshot is let go at the end, or when the caller stops.
 */
export async function* exportEntities(
  context: KnotContext,
  { onLeftOut }: ExportOptions = {},
): AsyncGenerator<ExportedEntity, void, undefined> {
  const edgeCounts = new Map<string, number>();
  const snapshot = await context.graph.snapshot();
  try {
    for (const { name } of knotTypes) {
      for await (const nodes of inGroups(snapshot.query(name).orderBy("id") as AsyncIterable<Entity>)) {
        const edgesByFrom = await snapshot.edgesFrom(nodes.map(({ id }) => id));
        for (const node of nodes) {
          yield exported("node", node);
          for (const edge of edgesByFrom.get(node.id) ?? []) {
            edgeCounts.set(edge.type, (edgeCounts.get(edge.type) ?? 0) + 1);
            yield exported("edge", edge);
          }
        }
      }
    }
    if (onLeftOut === undefined) return;
    const left = uncounted(await snapshot.countTypes(), edgeCounts);
    if (left.length > 0) onLeftOut(left);
  } finally {
    snapshot.release();
  }
}

function exported(kind: "node" | "edge", entity: Entity | Edge): ExportedEntity {
  const { id, type, version, createdAt, updatedAt, author, props } = entity;
  const ends = "from" in entity ? { from: entity.from, to: entity.to } : {};
  return { kind, id, type, ...ends, version, createdAt, updatedAt, author, props };
}

async function* inGroups(entities: AsyncIterable<Entity>): AsyncGenerator<readonly Entity[], void, undefined> {
  let group: Entity[] = [];
  for await (const entity of entities) {
    group.push(entity);
    if (group.length < groupSize) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
