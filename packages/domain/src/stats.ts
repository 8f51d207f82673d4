/** How many there are of each, counted through the indexes. */
import type { KnotContext } from "./knot-context.ts";
import { isLive } from "./claim-node.ts";
import { heldClaims, readyTasks } from "./ready.ts";
import { decisionStatuses } from "./types/decision.ts";
import { epicStatuses } from "./types/epic.ts";
import { handoffStatuses } from "./types/handoff.ts";
import { type KnotGraph, knotTypes } from "./types/knot-types.ts";
import { sprintStatuses } from "./types/sprint.ts";
import { taskStatuses } from "./types/task.ts";

export interface Stats {
  /** By type, in the order of knotTypes. */
  readonly byType: Readonly<Record<string, number>>;
  /** By type and status, for the types that have one. */
  readonly byStatus: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Tasks that can be worked on now, counted up to 250. */
  readonly ready: number;
  /** There are more than were counted. */
  readonly readyMore: boolean;
  readonly claims: { readonly live: number; readonly expired: number };
  /** The last commit. */
  readonly seq: number;
}

const statusesByType = {
  task: taskStatuses,
  epic: epicStatuses,
  sprint: sprintStatuses,
  decision: decisionStatuses,
  handoff: handoffStatuses,
} as const;

const readyCountMax = 250;

/** Counts at one snapshot. */
export async function countEverything(context: KnotContext): Promise<Stats> {
  return await context.graph.read(async (snapshot) => {
    const byStatus: Record<string, Readonly<Record<string, number>>> = {};
    for (const [type, statuses] of Object.entries(statusesByType)) {
      byStatus[type] = await countByStatus(snapshot, type, statuses);
    }
    const byType: Record<string, number> = {};
    for (const { name } of knotTypes) {
      const counts = byStatus[name];
      byType[name] = counts === undefined ? await snapshot.query(name).count() : sum(counts);
    }
    const held = await heldClaims(snapshot);
    const live = held.filter((claim) => isLive(context, claim)).length;
    // Whether a task is ready takes looking at what it waits for; the counts above only read an index.
    let ready = 0;
    let readyMore = false;
    for await (const _task of readyTasks(context, snapshot)) {
      readyMore = ready === readyCountMax;
      if (readyMore) break;
      ready += 1;
    }
    return { byType, byStatus, ready, readyMore, claims: { live, expired: held.length - live }, seq: snapshot.seq };
  });
}

async function countByStatus(
  snapshot: Pick<KnotGraph, "countValues">,
  type: string,
  statuses: readonly string[],
): Promise<Readonly<Record<string, number>>> {
  const counts = await snapshot.countValues(type, "status");
  return Object.fromEntries(statuses.map((status) => [status, counts.get(status) ?? 0]));
}

/** Every entity of such a type has one of the statuses. */
function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
