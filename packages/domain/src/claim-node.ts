/**
 * The claim of a task as it stands in the graph: reading, taking, proving, renewing, ending it inside a transaction.
 *
 * Invariants:
 * - At most one held claim per task: it is one node, `claim.<task id>`, read (recorded) by whoever takes it.
 * - The fence grows with every claim of a task, for ever. It never exceeds the node's version, and versions never restart,
 *   not even after a deletion: a claim node made anew starts at its version.
 * - A task with a held claim is in progress; whatever moves it on ends the claim in the same transaction.
 */
import { createHash } from "node:crypto";
import type { Entity } from "@knotwork/graph";
import { claimId } from "./claim-id.ts";
import { DomainError } from "./domain-error.ts";
import { instant, type KnotContext } from "./knot-context.ts";
import { type Lease, leaseLeftMs, newLease } from "./lease.ts";
import type { Reader } from "./reader.ts";
import type { ClaimProps } from "./types/claim.ts";
import type { KnotTransaction } from "./types/knot-types.ts";
import { ofType, updateNode } from "./typed-entity.ts";

/** What shows that a write is made under a claim. */
export interface ClaimProof {
  /** The number the claim gave. An older one is refused with STALE_FENCE. */
  readonly fence?: number;
  /** The secret the claim gave. */
  readonly token?: string;
}

export async function readClaim(reader: Reader, taskId: string): Promise<Entity<ClaimProps> | undefined> {
  return ofType(await reader.get(claimId(taskId)), "claim");
}

/** Whether somebody has the exclusive right now: held, and the lease not run out. */
export function isLive(context: KnotContext, claim: Entity<ClaimProps>): boolean {
  return claim.props.state === "held" && leaseLeftMs(context.clock, claim.props.lease) > 0;
}

export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

export interface TakeClaim {
  readonly taskId: string;
  readonly agent: string;
  readonly token: string;
  readonly ttlMs: number;
}

export interface TakenClaim {
  readonly fence: number;
  readonly lease: Lease;
}

/** Makes `take.agent` the holder, whoever was it before: the checks are the caller's. */
export async function takeClaim(
  context: KnotContext,
  tx: KnotTransaction,
  existing: Entity<ClaimProps> | undefined,
  take: TakeClaim,
): Promise<TakenClaim> {
  const lease = newLease(context.clock, take.ttlMs);
  const props = {
    task: take.taskId,
    agent: take.agent,
    state: "held" as const,
    tokenHash: hashToken(take.token),
    ttlMs: take.ttlMs,
    lease,
    claimedAt: instant(context),
  };
  if (existing !== undefined) {
    const fence = existing.props.fence + 1;
    await updateNode(tx, existing, { ...props, fence });
    return { fence, lease };
  }
  const created = await tx.create("claim", { ...props, fence: 1 }, { id: claimId(take.taskId) });
  if (created.version > 1) await updateNode(tx, created, { fence: created.version });
  return { fence: created.version, lease };
}

/** Ends a held claim; nothing to do when there is none. Its fence stays. */
export async function endClaim(tx: KnotTransaction, claim: Entity<ClaimProps> | undefined): Promise<void> {
  if (claim?.props.state === "held") await updateNode(tx, claim, { state: "released" });
}

/**
 * Checks that the caller may act on the task as far as claims go: nobody holds it, or the caller shows that they do.
 *
 * Without proof: allowed when nobody holds a live claim. With a fence: it must be the current one and the caller the
 * holder by name. With a token: it must be the holder's. A claim whose lease ran out is still its holder's until somebody
 * takes it over.
 *
 * @throws DomainError CLAIM_HELD, STALE_FENCE
 */
export function assertMayAct(
  context: KnotContext,
  taskId: string,
  claim: Entity<ClaimProps> | undefined,
  proof: ClaimProof,
): void {
  const proved = proof.fence !== undefined || proof.token !== undefined;
  if (claim === undefined || claim.props.state !== "held") {
    if (proved) throw staleFence(taskId, claim, proof);
    return;
  }
  if (proof.fence !== undefined && proof.fence !== claim.props.fence) throw staleFence(taskId, claim, proof);
  if (!proved) {
    if (isLive(context, claim)) throw claimHeld(context, taskId, claim);
    return;
  }
  const owned =
    proof.token === undefined ? context.agent === claim.props.agent : hashToken(proof.token) === claim.props.tokenHash;
  if (!owned) throw claimHeld(context, taskId, claim);
}

/**
 * Checks that the caller owns the claim itself, by its token: a name can be shared, and a fence can be read by all.
 *
 * @throws DomainError CLAIM_HELD, STALE_FENCE
 */
export function assertOwnsClaim(
  context: KnotContext,
  taskId: string,
  claim: Entity<ClaimProps> | undefined,
  proof: ClaimProof,
): asserts claim is Entity<ClaimProps> {
  if (claim === undefined || claim.props.state !== "held") throw staleFence(taskId, claim, proof);
  if (proof.fence !== undefined && proof.fence !== claim.props.fence) throw staleFence(taskId, claim, proof);
  if (proof.token === undefined || hashToken(proof.token) !== claim.props.tokenHash) {
    throw claimHeld(context, taskId, claim);
  }
}

export function claimHeld(context: KnotContext, taskId: string, claim: Entity<ClaimProps>): DomainError {
  const { agent, fence, lease } = claim.props;
  const leftMs = Math.max(0, Math.ceil(leaseLeftMs(context.clock, lease)));
  return new DomainError("CLAIM_HELD", `Cannot act on task "${taskId}": "${agent}" holds its claim`, {
    hint: "If the claim is yours, give the token and fence it gave you. Otherwise choose another task, or wait for the lease to run out.",
    context: { task: taskId, holder: agent, fence, leaseLeftMs: leftMs },
  });
}

function staleFence(taskId: string, claim: Entity<ClaimProps> | undefined, proof: ClaimProof): DomainError {
  const given = proof.fence === undefined ? "the token given" : `fence ${proof.fence}`;
  const state =
    claim?.props.state === "held"
      ? `"${claim.props.agent}" holds it under fence ${claim.props.fence}`
      : "nobody holds a claim on it";
  return new DomainError("STALE_FENCE", `Cannot act on task "${taskId}" with ${given}: ${state}`, {
    hint: "Your claim is over. Stop this work, look at the task again, and claim it anew if it is still open.",
    context: { task: taskId, fence: proof.fence, currentFence: claim?.props.fence },
  });
}
