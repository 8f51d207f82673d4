/** Ids as typed to ids as stored, several at once. */
import type { Knot } from "@knotwork/domain";

export async function resolveIds(
  knot: Knot,
  typed: readonly string[] | undefined,
  type?: string,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const id of typed ?? []) ids.push(await knot.resolveId(id, type));
  return ids;
}
