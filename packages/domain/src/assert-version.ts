/** The check behind `ifVersion`. */
import { ConflictError, type Entity } from "@knotwork/graph";

/** @throws ConflictError, not retryable, unless the entity has this version; `undefined`: any will do */
export function assertVersion(entity: Pick<Entity, "id" | "version">, expected: number | undefined): void {
  if (expected === undefined || entity.version === expected) return;
  const conflict = { id: entity.id, expectedVersion: expected, actualVersion: entity.version };
  throw new ConflictError(conflict, { attempts: 1, retryable: false });
}
