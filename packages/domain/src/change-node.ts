/** One change of one node that is there: its look-up, the check of its version, the change and the answer, in one place. */
import type { Entity } from "@knotwork/graph";
import { assertVersion } from "./assert-version.ts";
import { canonicalJson } from "./canonical-json.ts";
import { type ChangeOptions, commitWrite } from "./commit-write.ts";
import { notFound } from "./domain-error.ts";
import type { KnotContext } from "./knot-context.ts";
import type { Reader } from "./reader.ts";
import { ofType, updateNode } from "./typed-entity.ts";
import type { KnotTransaction, PropsByType } from "./types/knot-types.ts";

export type { ChangeOptions };

export interface NodeChange<Name extends keyof PropsByType> {
  readonly type: Name;
  readonly id: string;
  /** Names the call, and with `args` tells a repeated request from another one under the same key. */
  readonly operation: string;
  readonly args?: unknown;
  readonly options: ChangeOptions | undefined;
}

/**
 * Runs `change` on the node in a transaction and gives what it returned, as committed.
 *
 * @throws DomainError NOT_FOUND; ConflictError when it has another version; what `change` throws
 */
export async function changeNode<Name extends keyof PropsByType>(
  context: KnotContext,
  { type, id, operation, args, options = {} }: NodeChange<Name>,
  change: (tx: KnotTransaction, entity: Entity<PropsByType[Name]>) => Promise<Entity<PropsByType[Name]>>,
): Promise<Entity<PropsByType[Name]>> {
  const { ifVersion, ...writeOptions } = options;
  const request = { operation, args: [id, args ?? null, ifVersion ?? null], options: writeOptions };
  const written = await commitWrite<PropsByType[Name]>(context, request, async (tx) => {
    const entity = await requireNode(tx, type, id);
    assertVersion(entity, ifVersion);
    return { entity: await change(tx, entity), result: {} };
  });
  return written.entity;
}

/** @throws DomainError NOT_FOUND */
export async function requireNode<Name extends keyof PropsByType>(
  reader: Reader,
  type: Name,
  id: string,
): Promise<Entity<PropsByType[Name]>> {
  const entity = ofType(await reader.get(id), type);
  if (entity === undefined) throw notFound(type, id);
  return entity;
}

/** Sets what differs and removes what is there; nothing different: nothing written. */
export async function editNode<Props extends object>(
  tx: KnotTransaction,
  entity: Entity<Props>,
  edit: Partial<Props>,
  unset: readonly (keyof Props & string)[] = [],
): Promise<Entity<Props>> {
  const changed = Object.entries(edit).filter(([field, value]) => {
    return value !== undefined && canonicalJson(entity.props[field as keyof Props]) !== canonicalJson(value);
  });
  const removed = unset.filter((field) => field in entity.props && !(field in edit));
  if (changed.length === 0 && removed.length === 0) return entity;
  return updateNode(tx, entity, Object.fromEntries(changed) as Partial<Props>, removed);
}
