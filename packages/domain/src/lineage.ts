/** Chains of what inherits from what: walked to the end, and kept free of circles. */
import type { Entity } from "@knotwork/graph";
import { DomainError } from "./domain-error.ts";

/**
 * The entity, what it inherits from, and so on. A link that leads nowhere, or back (imports may bring both), ends the
 * chain.
 */
export async function chainOf<Props extends object>(
  start: Entity<Props>,
  above: (entity: Entity<Props>) => Promise<Entity<Props> | undefined>,
): Promise<readonly Entity<Props>[]> {
  const chain: Entity<Props>[] = [];
  const seen = new Set<string>();
  for (let next: Entity<Props> | undefined = start; next !== undefined; next = await above(next)) {
    if (seen.has(next.id)) break;
    seen.add(next.id);
    chain.push(next);
  }
  return chain;
}

/** @throws DomainError CYCLE when `id` would stand above itself */
export function assertNotAbove<Props extends object>(
  id: string,
  chain: readonly Entity<Props>[],
  relation: string,
): void {
  if (!chain.some((entity) => entity.id === id)) return;
  const path = [id, ...chain.map((entity) => entity.id)].join(" → ");
  throw new DomainError(
    "CYCLE",
    `Cannot make "${id}" ${relation} "${chain[0]?.id}": it would close the circle ${path}`,
    {
      hint: "Choose another one, or take one of the circle apart first.",
      context: { id, path },
    },
  );
}
