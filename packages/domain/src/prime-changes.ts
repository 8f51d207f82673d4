/** What changed after a commit: each entity once, by the last commit that touched it, newest first. */
import { DomainError } from "./domain-error.ts";
import type { KnotContext } from "./knot-context.ts";
import type { PrimeChange } from "./prime.ts";

/** Commits looked at: further back the changes are not counted. */
const commitsMax = 500;

/** @throws DomainError INVALID_VALUE when `since` is no cursor, or of a commit still to come */
export async function changesSince(
  { graph }: KnotContext,
  since: string | undefined,
  head: number,
): Promise<{ readonly items: readonly PrimeChange[]; readonly more: number | null }> {
  if (since === undefined) return { items: [], more: 0 };
  const after = /^\d{1,15}$/.test(since) ? Number(since) : Number.NaN;
  if (!(after <= head)) {
    throw new DomainError(
      "INVALID_VALUE",
      `Cannot tell what changed since ${JSON.stringify(since)}: it is no cursor of this store`,
      {
        hint: "Give the cursor of an earlier prime, or leave it out.",
        context: { since },
      },
    );
  }
  const commits = await graph.commits({ after, before: head + 1, limit: commitsMax + 1, reverse: true });
  const byId = new Map<string, PrimeChange>();
  for (const { seq, author, changes } of commits.slice(0, commitsMax)) {
    for (const { op, id, type, from } of changes) {
      // Edges come and go with what they connect, claims with their tasks.
      if (from !== undefined || type === "claim" || byId.has(id)) continue;
      byId.set(id, { id, type, by: author, seq, ...(op === "delete" ? { deleted: true } : {}) });
    }
  }
  return { items: [...byId.values()], more: commits.length > commitsMax ? null : 0 };
}
