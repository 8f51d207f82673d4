/** What a task waits for: blockers before it starts, children before it closes; and the rule against waiting in a circle. */
import type { Entity } from "@knotwork/graph";
import { DomainError } from "./domain-error.ts";
import type { Reader } from "./reader.ts";
import { type EdgeEnds, waitingTypes } from "./relations.ts";
import type { KnotTransaction } from "./types/knot-types.ts";

/** Ids of what the task depends on and that is not finished yet. */
export async function openBlockers(reader: Reader, taskId: string): Promise<readonly string[]> {
  return openEnds(reader, taskId, "DEPENDS_ON");
}

/** Ids of the children of a task that are not finished yet. */
export async function openChildren(reader: Reader, taskId: string): Promise<readonly string[]> {
  return openEnds(reader, taskId, "PARENT_OF");
}

/** Ids of the parents of a task that are finished. */
export async function closedParents(reader: Reader, taskId: string): Promise<readonly string[]> {
  const closed: string[] = [];
  for (const edge of await reader.edges({ to: taskId, type: "PARENT_OF" })) {
    const parent = await reader.get(edge.from);
    if (parent !== undefined && hasFinished(parent)) closed.push(parent.id);
  }
  return closed;
}

/** Whether work on it is over. What has no status (a file, a note) is nothing to wait for. */
export function hasFinished(entity: Entity): boolean {
  const status = entity.props["status"];
  return status === undefined || status === "completed" || status === "cancelled";
}

/**
 * Refuses an edge that would close a circle along these types. The search is made of recorded reads, so that two halves of a circle
 * cannot be added at the same time.
 *
 * @throws DomainError CYCLE, with the path
 */
export async function assertNoCycle(
  tx: KnotTransaction,
  { from, type, to }: EdgeEnds,
  along: readonly string[],
): Promise<void> {
  const back = from === to ? [from] : await tx.path(to, from, { out: along });
  if (back === undefined) return;
  const path = [from, ...back].join(" → ");
  throw new DomainError("CYCLE", `Cannot add ${from} ${type} ${to}: it would close the circle ${path}`, {
    hint: "Turn the edge round, or take out one of the edges of the circle first.",
    context: { from, type, to, path },
  });
}

/** Whether it waits for others: for what it depends on, or for its children, without which it cannot be closed. */
export async function isWaiting(reader: Reader, taskId: string): Promise<boolean> {
  return (await openEnds(reader, taskId, ...waitingTypes)).length > 0;
}

async function openEnds(reader: Reader, taskId: string, ...types: readonly string[]): Promise<readonly string[]> {
  // Where the edges lead is in the index: they need not be read.
  const ends = await reader.getMany(
    await reader
      .walk(taskId)
      .out(...types)
      .maxDepth(1)
      .ids(),
  );
  return ends.flatMap((end) => (end === undefined || hasFinished(end) ? [] : [end.id]));
}
