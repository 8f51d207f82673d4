/**
 * Claims: exactly one agent at a time has the right to work on a task.
 *
 * A claim is taken in one transaction that reads the task, its blockers and its claim node: of two agents at once one
 * commits, and the other's retry finds the claim held.
 *
 * A lease is renewed by rewriting the claim node, some 650 bytes of history with its commit line, and only when less than
 * half of the time asked for is left; it then lasts half as long again. So an agent at work writes once in that time, an hour
 * by default, and one that died gives its work back half of it to one and a half of it after its last heartbeat.
 */
import type { Entity, JsonObject } from "@knotwork/graph";
import {
  assertOwnsClaim,
  claimHeld,
  type ClaimProof,
  endClaim,
  hashToken,
  isLive,
  readClaim,
  takeClaim,
  type TakeClaim,
} from "./claim-node.ts";
import { type ChangeOptions, commitWrite, type WriteOptions, type WriteRequest } from "./commit-write.ts";
import { DomainError } from "./domain-error.ts";
import { instant, type KnotContext, requireAgent } from "./knot-context.ts";
import { type Lease, leaseLeftMs, newLease } from "./lease.ts";
import { moveTask, notReady } from "./lifecycle.ts";
import { heldClaims } from "./ready.ts";
import { requireTask, type Task, taskView } from "./task-view.ts";
import type { ClaimProps } from "./types/claim.ts";
import type { TaskProps } from "./types/task.ts";
import { openBlockers } from "./waiting.ts";
import type { KnotTransaction } from "./types/knot-types.ts";
import { updateNode } from "./typed-entity.ts";

/** How long a claim lasts unless asked otherwise. */
export const defaultTtlMs: number = 60 * 60_000;
/** A renewed lease lasts so much longer than asked for: half as many renewals, and as much history. */
const renewalFactor = 1.5;
const ttlMsMax = 7 * 24 * 60 * 60_000;

export interface ClaimOptions extends WriteOptions {
  /** How long the claim lasts without a heartbeat. Default one hour, at most seven days. */
  readonly ttlMs?: number;
  /** The secret to own the claim by; default a new random one. Needed with an idempotency key: secrets are not stored. */
  readonly token?: string;
}

/** What the winner gets. */
export interface Claimed {
  readonly task: Task;
  /** Goes with every write made under the claim. */
  readonly fence: number;
  /** Owns the claim: renews it, gives it up. Nowhere in the store; shown this once. */
  readonly token: string;
  readonly expiresAt: string;
  /** The commit. */
  readonly seq: number;
}

export interface HeartbeatOptions extends ClaimProof, WriteOptions {
  /** Default: as claimed. */
  readonly ttlMs?: number;
}

export interface Heartbeat {
  readonly fence: number;
  readonly expiresAt: string;
  /** False when more than half of the time asked for was left: nothing was written. */
  readonly renewed: boolean;
}

/** A claim as others may see it. */
export interface ClaimView {
  readonly task: string;
  readonly agent: string;
  readonly fence: number;
  readonly claimedAt: string;
  readonly expiresAt: string;
  readonly expired: boolean;
}

/** Claims one task. */
export async function claimTask(
  context: KnotContext,
  id: string,
  options: ClaimOptions & ChangeOptions = {},
): Promise<Claimed> {
  const agent = requireAgent(context, "claim a task");
  const { ttlMs, token, fingerprint, writeOptions } = claimTerms(context, options);
  const request = { operation: "claim", args: [id, agent, ...fingerprint], options: writeOptions, about: id };
  return commitClaim(context, request, { taskId: id, agent, ttlMs, token });
}

/** Takes the claim in a transaction of its own. */
export async function commitClaim(context: KnotContext, request: WriteRequest, take: TakeClaim): Promise<Claimed> {
  const written = await commitWrite<TaskProps, ClaimResult>(context, request, async (tx) => {
    const { task, result } = await claimInside(context, tx, take);
    return { entity: task, result };
  });
  return { task: taskView(written.entity), token: take.token, seq: written.seq, ...written.result };
}

/**
 * Says that the holder is alive: at least half of the time asked for is left from now, at most one and a half of it.
 *
 * @throws DomainError CLAIM_HELD, STALE_FENCE, IDENTITY_REQUIRED
 */
export async function heartbeat(context: KnotContext, id: string, options: HeartbeatOptions): Promise<Heartbeat> {
  requireAgent(context, "send a heartbeat");
  const { fence, token, ttlMs: wantedTtlMs, ...writeOptions } = options;
  await requireTask(context.graph, id);
  const seen = await readClaim(context.graph, id);
  assertOwnsClaim(context, id, seen, options);
  const ttlMs = checkTtl(wantedTtlMs ?? seen.props.ttlMs);
  if (ttlMs === seen.props.ttlMs && leaseLeftMs(context.clock, seen.props.lease) > ttlMs / 2) {
    return { fence: seen.props.fence, expiresAt: expiryOf(seen.props.lease), renewed: false };
  }
  const request = { operation: "heartbeat", args: [id, fence ?? null, ttlMs], options: writeOptions };
  const written = await commitWrite<ClaimProps>(context, request, async (tx) => {
    const claim = await readClaim(tx, id);
    assertOwnsClaim(context, id, claim, {
      ...(fence === undefined ? {} : { fence }),
      ...(token === undefined ? {} : { token }),
    });
    const renewed = await updateNode(tx, claim, { ttlMs, lease: newLease(context.clock, ttlMs * renewalFactor) });
    return { entity: renewed, result: {} };
  });
  const { props } = written.entity;
  return { fence: props.fence, expiresAt: expiryOf(props.lease), renewed: true };
}

/**
 * Gives a claim up: the task is pending again.
 *
 * @throws DomainError CLAIM_HELD, STALE_FENCE, IDENTITY_REQUIRED
 */
export async function releaseTask(
  context: KnotContext,
  id: string,
  options: ClaimProof & ChangeOptions,
): Promise<Task> {
  requireAgent(context, "release a task");
  const { fence, token: _token, ...writeOptions } = options;
  const request = { operation: "release", args: [id, fence ?? null], options: writeOptions, about: id };
  const written = await commitWrite<TaskProps>(context, request, async (tx) => {
    const task = await requireTask(tx, id);
    const claim = await readClaim(tx, id);
    assertOwnsClaim(context, id, claim, options);
    await endClaim(tx, claim);
    return { entity: await moveTask(tx, task, "pending"), result: {} };
  });
  return taskView(written.entity);
}

/** The claim held on a task, live or run out. */
export async function claimOf(context: KnotContext, id: string): Promise<ClaimView | undefined> {
  const claim = await readClaim(context.graph, id);
  return claim?.props.state === "held" ? claimView(context, claim) : undefined;
}

/** All claims held, live or run out. */
export async function listClaims(context: KnotContext): Promise<readonly ClaimView[]> {
  return (await heldClaims(context.graph)).map((claim) => claimView(context, claim));
}

/** What a repeated request under the same idempotency key is answered with. */
export interface ClaimResult extends JsonObject {
  readonly fence: number;
  readonly expiresAt: string;
}

/** The task in progress, and what the holder gets beside it. */
export interface StartedClaim {
  readonly task: Entity<TaskProps>;
  readonly result: ClaimResult;
}

export interface ClaimTerms {
  readonly ttlMs: number;
  readonly token: string;
  /** What tells this claim from another one under the same idempotency key. */
  readonly fingerprint: readonly (string | number)[];
  readonly writeOptions: WriteOptions;
}

/** @throws DomainError INVALID_VALUE */
export function claimTerms(context: KnotContext, options: ClaimOptions): ClaimTerms {
  const { ttlMs: wantedTtlMs, token: wantedToken, ...writeOptions } = options;
  if (options.idempotencyKey !== undefined && wantedToken === undefined) {
    throw new DomainError("INVALID_VALUE", "Cannot claim under an idempotency key: no token was given", {
      hint: "Choose a random token and give it with the key, so that a repeated call can own the claim.",
    });
  }
  const ttlMs = checkTtl(wantedTtlMs ?? defaultTtlMs);
  const token = wantedToken ?? context.newSecret();
  return { ttlMs, token, fingerprint: [ttlMs, hashToken(token)], writeOptions };
}

/**
 * Takes the claim inside a transaction, and has the task in progress. `fromGiver`: a live claim may be taken over, too,
 * as its holder offers the task.
 */
export async function claimInside(
  context: KnotContext,
  tx: KnotTransaction,
  take: TakeClaim,
  { fromGiver = false }: { readonly fromGiver?: boolean } = {},
): Promise<StartedClaim> {
  const task = await requireTask(tx, take.taskId);
  const claim = await readClaim(tx, take.taskId);
  if (claim !== undefined && isLive(context, claim) && !fromGiver) {
    // The holder asks again, after an answer that was lost: the claim is theirs already.
    const { fence, lease, tokenHash } = claim.props;
    if (tokenHash === hashToken(take.token)) return { task, result: { fence, expiresAt: expiryOf(lease) } };
    throw claimHeld(context, take.taskId, claim);
  }
  const claimed = claim?.props.state === "held";
  const started = await startUnderClaim(context, tx, task, { agent: take.agent, claimed });
  const { fence, lease } = await takeClaim(context, tx, claim, take);
  return { task: started, result: { fence, expiresAt: expiryOf(lease) } };
}

/** The task in progress for its new holder. Started by the same agent, or under a claim, it may be so already. */
async function startUnderClaim(
  context: KnotContext,
  tx: KnotTransaction,
  task: Entity<TaskProps>,
  start: { readonly agent: string; readonly claimed: boolean },
): Promise<Entity<TaskProps>> {
  const startedAt = instant(context);
  if (task.props.status !== "in_progress") {
    return moveTask(tx, task, "in_progress", { startedAt, startedBy: start.agent });
  }
  if (!start.claimed && task.props.startedBy !== start.agent) {
    throw new DomainError("NOT_READY", `Cannot claim task "${task.id}": it is in progress without a claim`, {
      hint: `"${task.props.startedBy ?? "somebody"}" started it. If nobody works on it any more, reopen it.`,
      context: { task: task.id, startedBy: task.props.startedBy },
    });
  }
  const blockers = await openBlockers(tx, task.id);
  if (blockers.length > 0) throw notReady(task.id, blockers, "claim");
  return updateNode(tx, task, { startedAt, startedBy: start.agent });
}

function checkTtl(ttlMs: number): number {
  if (Number.isSafeInteger(ttlMs) && ttlMs > 0 && ttlMs <= ttlMsMax) return ttlMs;
  throw new DomainError("INVALID_VALUE", `Cannot claim for ${ttlMs} ms: it is not between 1 ms and seven days`, {
    hint: "Give the lease in whole milliseconds.",
    context: { ttlMs },
  });
}

export function claimView(context: KnotContext, claim: Entity<ClaimProps>): ClaimView {
  const { task, agent, fence, claimedAt, lease } = claim.props;
  return { task, agent, fence, claimedAt, expiresAt: expiryOf(lease), expired: !isLive(context, claim) };
}

function expiryOf(lease: Lease): string {
  return new Date(lease.wallDeadlineMs).toISOString();
}
