/** Ids as typed to ids as stored. */
import { isDomainError, type Knot } from "@knotwork/domain";

export async function resolveIds(
  knot: Knot,
  typed: readonly string[] | undefined,
  type?: string,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const id of typed ?? []) ids.push(await knot.resolveId(id, type));
  return ids;
}

/**
 * The id of what a call deletes. The same call under its idempotency key finds nothing of this name any more, and is
 * answered all the same: give the domain what was typed as `named`, too.
 */
export async function idToDelete(
  knot: Knot,
  typed: string,
  { type, idempotencyKey }: { readonly type: string; readonly idempotencyKey: string | undefined },
): Promise<string> {
  try {
    return await knot.resolveId(typed, type);
  } catch (error) {
    if (idempotencyKey === undefined || !isDomainError(error, "NOT_FOUND")) throw error;
    return typed;
  }
}

/** The id of what is there, or was: a deleted entity is found by no suffix, its whole id goes through as it is. */
export async function knownId(knot: Knot, typed: string): Promise<string> {
  if ((await knot.graph.history(typed)).length > 0) return typed;
  return knot.resolveId(typed);
}
