/** How many there are of each, counted through the indexes. */
import type { KnotContext } from "./knot-context.ts";
import { heldClaims, readyTasks } from "./ready.ts";
import { isLive } from "./claim-node.ts";
import { decisionStatuses } from "./types/decision.ts";
import { epicStatuses } from "./types/epic.ts";
import { handoffStatuses } from "./types/handoff.ts";
import { knotTypes } from "./types/knot-types.ts";
import { sprintStatuses } from "./types/sprint.ts";
import { taskStatuses } from "./types/task.ts";

export interface Stats {
  /** By type, in the order of knotTypes. */
  readonly byType: Readonly<Record<string, number>>;
  /** By type and status, for the types that have one. */
  readonly byStatus: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Tasks that can be worked on now. */
  readonly ready: number;
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

/** Counts at one snapshot. */
export async function countEverything(context: KnotContext): Promise<Stats> {
  const snapshot = await context.graph.snapshot();
  try {
    const byType: Record<string, number> = {};
    for (const { name } of knotTypes) byType[name] = await snapshot.query(name).count();
    const byStatus: Record<string, Record<string, number>> = {};
    for (const [type, statuses] of Object.entries(statusesByType)) {
      const counts: Record<string, number> = (byStatus[type] = {});
      for (const status of statuses) counts[status] = await snapshot.query(type).where("status", "=", status).count();
    }
    const held = await heldClaims(snapshot);
    const live = held.filter((claim) => isLive(context, claim)).length;
    let ready = 0;
    for await (const _task of readyTasks(context, snapshot)) ready += 1;
    return { byType, byStatus, ready, claims: { live, expired: held.length - live }, seq: snapshot.seq };
  } finally {
    snapshot.release();
  }
}
