/** The commands that move a task through its life. Each checks the claim, ends or keeps it, and moves the status. */
import type { Entity } from "@knotwork/graph";
import { assertMayAct, endClaim, readClaim } from "./claim-node.ts";
import { commitWrite } from "./commit-write.ts";
import { linkEdge } from "./edge-node.ts";
import type { KnotContext } from "./knot-context.ts";
import { invalidTransition, moveTask, type TaskChanges } from "./lifecycle.ts";
import { stampsOf, type TaskWriteOptions } from "./task-edits.ts";
import { assertVersion } from "./assert-version.ts";
import { requireTask, type Task, taskView } from "./task-view.ts";
import type { TaskProps, TaskStatus } from "./types/task.ts";
import type { KnotTransaction } from "./types/knot-types.ts";

export interface CompleteOptions extends TaskWriteOptions {
  /** What was learned. */
  readonly retrospective?: string;
}

export interface BlockOptions extends TaskWriteOptions {
  /** The task it waits for: a DEPENDS_ON edge is added. */
  readonly by?: string;
}

export interface CancelOptions extends TaskWriteOptions {
  readonly reason?: string;
}

/** Starts a task without claiming it; under a live claim of somebody else it is refused. */
export function startTask(context: KnotContext, id: string, options: TaskWriteOptions = {}): Promise<Task> {
  return move(context, { id, to: "in_progress", keepsClaim: true }, options);
}

export function completeTask(context: KnotContext, id: string, options: CompleteOptions = {}): Promise<Task> {
  const { retrospective, ...rest } = options;
  return move(context, { id, to: "completed", changes: retrospective === undefined ? {} : { retrospective } }, rest);
}

export function blockTask(context: KnotContext, id: string, reason: string, options: BlockOptions = {}): Promise<Task> {
  const { by, ...rest } = options;
  return move(
    context,
    { id, to: "blocked", changes: { blockedReason: reason }, ...(by === undefined ? {} : { by }) },
    rest,
  );
}

/** A blocked task is pending again; it is ready once its blockers are finished. */
export function unblockTask(context: KnotContext, id: string, options: TaskWriteOptions = {}): Promise<Task> {
  return move(context, { id, to: "pending", only: ["blocked"] }, options);
}

/** Opens a finished or deferred task again, or one left in progress without a live claim. */
export function reopenTask(context: KnotContext, id: string, options: TaskWriteOptions = {}): Promise<Task> {
  return move(context, { id, to: "pending", only: ["completed", "cancelled", "deferred", "in_progress"] }, options);
}

export function deferTask(context: KnotContext, id: string, options: TaskWriteOptions = {}): Promise<Task> {
  return move(context, { id, to: "deferred" }, options);
}

export function cancelTask(context: KnotContext, id: string, options: CancelOptions = {}): Promise<Task> {
  const { reason, ...rest } = options;
  return move(context, { id, to: "cancelled", changes: reason === undefined ? {} : { retrospective: reason } }, rest);
}

interface Move {
  readonly id: string;
  readonly to: TaskStatus;
  readonly changes?: TaskChanges;
  /** The statuses this command applies to; default: wherever the lifecycle allows the move. */
  readonly only?: readonly TaskStatus[];
  readonly by?: string;
  readonly keepsClaim?: boolean;
}

async function move(context: KnotContext, asked: Move, options: TaskWriteOptions): Promise<Task> {
  const { ifVersion, fence, token: _token, ...writeOptions } = options;
  const args = { ...asked, ifVersion, fence };
  const request = { operation: "task move", args, options: writeOptions };
  const written = await commitWrite<TaskProps>(context, request, async (tx) => {
    const task = await requireTask(tx, asked.id);
    assertVersion(task, ifVersion);
    const claim = await readClaim(tx, asked.id);
    assertMayAct(context, asked.id, claim, options);
    if (asked.keepsClaim !== true) await endClaim(tx, claim);
    if (asked.by !== undefined) await linkEdge(tx, { from: asked.id, type: "DEPENDS_ON", to: asked.by });
    return { entity: await moveAsAsked(context, tx, task, asked), result: {} };
  });
  return taskView(written.entity);
}

async function moveAsAsked(
  context: KnotContext,
  tx: KnotTransaction,
  task: Entity<TaskProps>,
  { to, only, changes }: Move,
): Promise<Entity<TaskProps>> {
  if (only?.includes(task.props.status) === false) throw invalidTransition(task.id, task.props.status, to);
  return moveTask(tx, task, to, { ...stampsOf(context, to), ...changes });
}
