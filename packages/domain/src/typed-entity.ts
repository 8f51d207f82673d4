/** From the entities of the graph, which may be of any type, to those of one type of the domain. */
import type { Entity } from "@knotwork/graph";
import type { KnotTransaction, PropsByType } from "./types/knot-types.ts";

/** The entity when it is a node of this type; its schema has seen to the props. */
export function ofType<Name extends keyof PropsByType>(
  entity: Entity | undefined,
  type: Name,
): Entity<PropsByType[Name]> | undefined {
  return entity?.type === type ? (entity as unknown as Entity<PropsByType[Name]>) : undefined;
}

/** `tx.update`, for an entity whose type is known. */
export async function updateNode<Props extends object>(
  tx: KnotTransaction,
  entity: Entity<Props>,
  changes: Partial<Props>,
  unset: readonly (keyof Props & string)[] = [],
): Promise<Entity<Props>> {
  return (await tx.update(entity.id, changes, { unset })) as unknown as Entity<Props>;
}
