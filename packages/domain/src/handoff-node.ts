/** Handoffs as other rules meet them: those of a task, and how one ends because of something else. */
import type { Entity } from "@knotwork/graph";
import type { Reader } from "./reader.ts";
import type { HandoffProps, HandoffStatus } from "./types/handoff.ts";
import type { KnotTransaction } from "./types/knot-types.ts";
import { updateNode } from "./typed-entity.ts";

/** The handoffs of a task that stand so. */
export async function handoffsOf(
  reader: Reader,
  taskId: string,
  status: HandoffStatus,
): Promise<readonly Entity<HandoffProps>[]> {
  return reader.query("handoff").where("task", "=", taskId).where("status", "=", status).all();
}

/** A later handoff of the same task takes its place; both stay, linked. */
export async function supersedeHandoff(
  tx: KnotTransaction,
  handoff: Entity<HandoffProps>,
  laterId: string,
): Promise<void> {
  await updateNode(tx, handoff, { status: "superseded", supersededBy: laterId });
  await tx.link(laterId, "SUPERSEDES", handoff.id);
}

export interface OfferEnd {
  readonly at?: string | undefined;
  readonly by?: string | undefined;
  readonly reason: string;
}

/** The offers of a task that nobody took are over with it: an agent that looks for work must not find them. */
export async function withdrawOffers(tx: KnotTransaction, taskId: string, end: OfferEnd): Promise<void> {
  for (const offer of await handoffsOf(tx, taskId, "initiated")) {
    await updateNode(tx, offer, {
      status: "rejected",
      rejectReason: end.reason,
      ...(end.at === undefined ? {} : { rejectedAt: end.at }),
      ...(end.by === undefined ? {} : { rejectedBy: end.by }),
    });
  }
}
