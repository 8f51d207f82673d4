/** Claims whose lease ran out come back: their tasks are pending again, for anybody to take. */
import { type ClaimView, claimView } from "./claims.ts";
import { endClaim, isLive } from "./claim-node.ts";
import { type WriteOptions } from "./commit-write.ts";
import { DomainError } from "./domain-error.ts";
import type { KnotContext } from "./knot-context.ts";
import { leaseLeftMs } from "./lease.ts";
import { moveTask } from "./lifecycle.ts";
import { heldClaims } from "./ready.ts";
import { transactOrRehearse } from "./rehearse.ts";
import { ofType } from "./typed-entity.ts";

export interface ReclaimOptions extends WriteOptions {
  /** Only claims that ran out so long ago. Default 0. */
  readonly graceMs?: number;
  /** Only say which would come back. */
  readonly dryRun?: boolean;
}

/**
 * Ends every claim that ran out, all or nothing. The fences of their holders are stale from then on; without this they
 * may still finish what nobody took over.
 *
 * @throws DomainError INVALID_VALUE
 */
export async function reclaimTasks(context: KnotContext, options: ReclaimOptions = {}): Promise<readonly ClaimView[]> {
  const { graceMs = 0, dryRun = false, ...writeOptions } = options;
  if (!(Number.isSafeInteger(graceMs) && graceMs >= 0)) {
    throw new DomainError(
      "INVALID_VALUE",
      `Cannot wait ${graceMs} ms before reclaiming: it is no whole number from 0`,
      {
        hint: "Give the grace in whole milliseconds.",
        context: { graceMs },
      },
    );
  }
  return transactOrRehearse(
    context,
    async (tx) => {
      const ended: ClaimView[] = [];
      for (const claim of await heldClaims(tx)) {
        if (isLive(context, claim) || leaseLeftMs(context.clock, claim.props.lease) > -graceMs) continue;
        await endClaim(tx, claim);
        const task = ofType(await tx.get(claim.props.task), "task");
        if (task?.props.status === "in_progress") await moveTask(tx, task, "pending");
        ended.push(claimView(context, claim));
      }
      return ended;
    },
    { ...writeOptions, operation: "reclaim", args: { graceMs }, dryRun },
  );
}
