/**
 * Handoffs: a task goes from one agent to another, with all the first one knows.
 *
 *     initiated ──> accepted ──> completed
 *         │
 *         ├──> rejected (reason)
 *         └──> superseded, by a later handoff of the same task
 *
 * An offer ends with its task: when that is finished or deleted, the offer is rejected in the same transaction. An accepted
 * handoff is superseded when somebody else accepts a later one of the task.
 *
 * Invariants:
 * - The giver keeps the claim until the taker accepts; accepting moves it in one transaction: a new fence and token for the
 *   taker, and from then on the giver's fence is stale.
 * - A handoff is not accepted while somebody else than its giver holds a live claim on the task.
 * - A task has at most one initiated handoff.
 */
import type { Entity, JsonObject } from "@knotwork/graph";
import { answersTo } from "./agents.ts";
import { assertMayAct, type ClaimProof, claimHeld, isLive, readClaim } from "./claim-node.ts";
import { type Claimed, type ClaimOptions, type ClaimResult, claimInside, claimTerms } from "./claims.ts";
import { type ChangeOptions, commitWrite } from "./commit-write.ts";
import { DomainError, notFound } from "./domain-error.ts";
import { handoffsOf, supersedeHandoff } from "./handoff-node.ts";
import { instant, type KnotContext, requireAgent } from "./knot-context.ts";
import { assertName } from "./names.ts";
import { type Page, pageOfQuery, type PageOptions } from "./page.ts";
import type { Reader } from "./reader.ts";
import { requireTask, taskView } from "./task-view.ts";
import { type HandoffMessage, type HandoffProps, type HandoffStatus, handoffStatuses } from "./types/handoff.ts";
import { withLease } from "./settings.ts";
import { isFinished } from "./types/task.ts";
import { type View, viewOf } from "./view.ts";
import { ofType, updateNode } from "./typed-entity.ts";

export type Handoff = Omit<View<HandoffProps>, "fromAgent" | "toAgent"> & {
  readonly from: string;
  /** An agent, or a role. */
  readonly to: string;
};

export interface NewHandoff extends HandoffMessage {
  /** An agent, or a role. */
  readonly to: string;
}

export interface HandoffFilter extends PageOptions {
  readonly status?: HandoffStatus;
  readonly to?: string;
  readonly from?: string;
  readonly task?: string;
  /** Superseded ones, too; left out unless asked for here or by `status`. */
  readonly all?: boolean;
}

/** The handoff, and the claim the taker has now. */
export interface Accepted extends Claimed {
  readonly handoff: Handoff;
}

export interface CompleteHandoff extends ChangeOptions {
  readonly result?: JsonObject;
  readonly artifacts?: readonly string[];
}

/** Every call with `ifVersion` may throw CONFLICT: for `initiate` it is the version of the task. */
export interface Handoffs {
  /**
   * Offers a task to an agent or a role. Under a claim it needs the claim's fence or token. An earlier offer of the task
   * that nobody took is superseded.
   *
   * @throws NOT_FOUND, CLAIM_HELD, STALE_FENCE, INVALID_TRANSITION (the task is finished), IDENTITY_REQUIRED
   */
  initiate(taskId: string, handoff: NewHandoff, options?: ClaimProof & ChangeOptions): Promise<Handoff>;
  /**
   * Takes the task over, with the claim.
   *
   * @throws NOT_FOUND, WRONG_AGENT, INVALID_TRANSITION, CLAIM_HELD, NOT_READY, IDENTITY_REQUIRED
   */
  accept(id: string, options?: ClaimOptions & ChangeOptions): Promise<Accepted>;
  /** Ends an accepted handoff; the task is completed on its own. @throws NOT_FOUND, WRONG_AGENT, INVALID_TRANSITION */
  complete(id: string, options?: CompleteHandoff): Promise<Handoff>;
  /** Refuses an offer; its giver may withdraw it so, too. @throws NOT_FOUND, WRONG_AGENT, INVALID_TRANSITION */
  reject(id: string, reason: string, options?: ChangeOptions): Promise<Handoff>;
  get(id: string): Promise<Handoff | undefined>;
  /** By status as declared, oldest first; without those that a later one took the place of. */
  list(filter?: HandoffFilter): Promise<Page<Handoff>>;
}

export function openHandoffs(context: KnotContext): Handoffs {
  return {
    initiate: (taskId, handoff, options) => initiate(context, taskId, handoff, options),
    accept: async (id, options = {}) => accept(context, id, await withLease(context, options)),
    complete: (id, options) => complete(context, id, options),
    reject: (id, reason, options) => reject(context, id, reason, options),
    async get(id) {
      const entity = ofType(await context.graph.get(id), "handoff");
      return entity === undefined ? undefined : handoffView(entity);
    },
    list: (filter) => listHandoffs(context, filter),
  };
}

async function initiate(
  context: KnotContext,
  taskId: string,
  input: NewHandoff,
  options: ClaimProof & ChangeOptions = {},
): Promise<Handoff> {
  const agent = requireAgent(context, "hand a task over");
  const { to, ...message } = input;
  assertName(to, "addressee");
  const { fence, token: _token, ...writeOptions } = options;
  const args = [taskId, input, fence ?? null];
  const request = { operation: "handoff initiate", args, options: writeOptions, about: taskId };
  const written = await commitWrite<HandoffProps>(context, request, async (tx) => {
    const task = await requireTask(tx, taskId);
    if (isFinished(task.props.status)) throw taskFinished(taskId, task.props.status);
    const claim = await readClaim(tx, taskId);
    assertMayAct(context, taskId, claim, options);
    const earlier = await handoffsOf(tx, taskId, "initiated");
    const created = await tx.create("handoff", {
      ...message,
      fromAgent: agent,
      toAgent: to,
      task: taskId,
      status: "initiated",
      filedAt: instant(context),
      filedBy: agent,
      ...(claim?.props.state === "held" ? { fence: claim.props.fence } : {}),
    });
    await tx.link(taskId, "TRANSFERS", created.id);
    for (const offer of earlier) await supersedeHandoff(tx, offer, created.id);
    return { entity: created, result: {} };
  });
  return handoffView(written.entity);
}

async function accept(context: KnotContext, id: string, options: ClaimOptions & ChangeOptions = {}): Promise<Accepted> {
  const agent = requireAgent(context, "accept a handoff");
  const { ttlMs, token, fingerprint, writeOptions } = claimTerms(context, options);
  const args = [id, agent, ...fingerprint];
  const request = { operation: "handoff accept", args, options: writeOptions, about: id };
  const written = await commitWrite<HandoffProps, ClaimResult>(context, request, async (tx) => {
    const handoff = await requireHandoff(tx, id);
    assertStatus(handoff, "initiated", "accept");
    await assertAddressee(tx, handoff, agent);
    const { task: taskId, fence: giverFence } = handoff.props;
    const claim = await readClaim(tx, taskId);
    const isGivers = claim?.props.fence === giverFence;
    if (claim !== undefined && isLive(context, claim) && !isGivers) throw claimHeld(context, taskId, claim);
    const { result } = await claimInside(context, tx, { taskId, agent, ttlMs, token }, { fromGiver: isGivers });
    for (const earlier of await handoffsOf(tx, taskId, "accepted")) await supersedeHandoff(tx, earlier, id);
    const changes = { status: "accepted", acceptedAt: instant(context), acceptedBy: agent } as const;
    return { entity: await updateNode(tx, handoff, changes), result };
  });
  const handoff = handoffView(written.entity);
  const task = taskView(await requireTask(context.graph, handoff.task));
  return { handoff, task, token, seq: written.seq, ...written.result };
}

async function complete(context: KnotContext, id: string, options: CompleteHandoff = {}): Promise<Handoff> {
  const agent = requireAgent(context, "complete a handoff");
  const { result, artifacts, ...writeOptions } = options;
  const args = [id, result ?? null, artifacts === undefined ? null : [...artifacts]];
  const request = { operation: "handoff complete", args, options: writeOptions, about: id };
  const written = await commitWrite<HandoffProps>(context, request, async (tx) => {
    const handoff = await requireHandoff(tx, id);
    assertStatus(handoff, "accepted", "complete");
    if (handoff.props.acceptedBy !== agent) throw wrongAgent(handoff, agent, handoff.props.acceptedBy ?? "nobody");
    const changes = {
      status: "completed" as const,
      completedAt: instant(context),
      ...(result === undefined ? {} : { result }),
      // Those of the giver stay: what the taker made is added to them.
      ...(artifacts === undefined
        ? {}
        : { artifacts: [...new Set([...(handoff.props.artifacts ?? []), ...artifacts])] }),
    };
    return { entity: await updateNode(tx, handoff, changes), result: {} };
  });
  return handoffView(written.entity);
}

async function reject(context: KnotContext, id: string, reason: string, options: ChangeOptions = {}): Promise<Handoff> {
  const agent = requireAgent(context, "reject a handoff");
  const request = { operation: "handoff reject", args: [id, agent, reason], options, about: id };
  const written = await commitWrite<HandoffProps>(context, request, async (tx) => {
    const handoff = await requireHandoff(tx, id);
    assertStatus(handoff, "initiated", "reject");
    if (handoff.props.fromAgent !== agent) await assertAddressee(tx, handoff, agent);
    const changes = {
      status: "rejected" as const,
      rejectedAt: instant(context),
      rejectedBy: agent,
      rejectReason: reason,
    };
    return { entity: await updateNode(tx, handoff, changes), result: {} };
  });
  return handoffView(written.entity);
}

const standingStatuses = handoffStatuses.filter((status) => status !== "superseded");

async function listHandoffs(context: KnotContext, filter: HandoffFilter = {}): Promise<Page<Handoff>> {
  let query = context.graph.query("handoff");
  if (filter.task !== undefined) query = query.where("task", "=", filter.task);
  if (filter.to !== undefined) query = query.where("toAgent", "=", filter.to);
  if (filter.from !== undefined) query = query.where("fromAgent", "=", filter.from);
  if (filter.status !== undefined) query = query.where("status", "=", filter.status);
  else if (filter.all !== true) query = query.where("status", "in", standingStatuses);
  return pageOfQuery(query.orderBy("status").orderBy("filedAt"), filter, handoffView);
}

function handoffView(entity: Entity<HandoffProps>): Handoff {
  const { fromAgent: from, toAgent: to, ...rest } = viewOf(entity);
  return Object.freeze({ ...rest, from, to });
}

async function requireHandoff(reader: Reader, id: string): Promise<Entity<HandoffProps>> {
  const entity = ofType(await reader.get(id), "handoff");
  if (entity === undefined) throw notFound("handoff", id);
  return entity;
}

function assertStatus(handoff: Entity<HandoffProps>, expected: HandoffStatus, action: string): void {
  const { status, supersededBy } = handoff.props;
  if (status === expected) return;
  throw new DomainError("INVALID_TRANSITION", `Cannot ${action} handoff "${handoff.id}": it is ${status}`, {
    hint: supersededBy === undefined ? "See what became of it, and act on that." : `Look at "${supersededBy}" instead.`,
    context: { handoff: handoff.id, status, supersededBy },
  });
}

async function assertAddressee(reader: Reader, handoff: Entity<HandoffProps>, agent: string): Promise<void> {
  if (!(await answersTo(reader, agent, handoff.props.toAgent))) throw wrongAgent(handoff, agent, handoff.props.toAgent);
}

function wrongAgent(handoff: Entity<HandoffProps>, agent: string, expected: string): DomainError {
  return new DomainError(
    "WRONG_AGENT",
    `Cannot answer handoff "${handoff.id}" as "${agent}": it is for "${expected}"`,
    {
      hint: "Leave it to the addressee, or ask the giver to hand the task to you.",
      context: { handoff: handoff.id, agent, expected },
    },
  );
}

function taskFinished(taskId: string, status: string): DomainError {
  return new DomainError("INVALID_TRANSITION", `Cannot hand over task "${taskId}": it is ${status}`, {
    hint: "Reopen it first, or hand over another task.",
    context: { task: taskId, status },
  });
}
