/**
 * The statuses of a task and the moves between them. Every change of status, whoever asks for it, goes through
 * `moveTask`: its checks are recorded reads of the same transaction, so they hold across processes.
 *
 *     pending ──> in_progress ──> completed        started only when its blockers are finished,
 *      │  ^          │                             closed only when its children are finished
 *      v  │          v
 *     blocked, deferred, cancelled                 finished and deferred tasks are reopened to pending
 */
import type { Entity } from "@knotwork/graph";
import { DomainError } from "./domain-error.ts";
import { withdrawOffers } from "./handoff-node.ts";
import { isFinished, type TaskProps, type TaskStatus, taskStatuses } from "./types/task.ts";
import { closedParents, openBlockers, openChildren } from "./waiting.ts";
import type { KnotTransaction } from "./types/knot-types.ts";
import { updateNode } from "./typed-entity.ts";

const nextStatuses: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
  pending: ["in_progress", "completed", "blocked", "deferred", "cancelled"],
  in_progress: ["pending", "completed", "blocked", "deferred", "cancelled"],
  blocked: ["pending", "deferred", "cancelled"],
  deferred: ["pending", "cancelled"],
  completed: ["pending"],
  cancelled: ["pending"],
};

/** Fields that mean nothing any more once the status is entered. */
const fieldsEndedBy: Readonly<Record<TaskStatus, readonly (keyof TaskProps)[]>> = {
  pending: ["startedAt", "startedBy", "completedAt", "completedBy", "blockedReason"],
  in_progress: ["blockedReason"],
  blocked: [],
  deferred: ["blockedReason"],
  completed: ["blockedReason"],
  cancelled: ["blockedReason"],
};

export type TaskChanges = { readonly [Field in keyof TaskProps]?: TaskProps[Field] };

/**
 * Moves a task to another status, with the fields that go with it. Claims are the caller's concern.
 *
 * @throws DomainError INVALID_TRANSITION, NOT_READY, CHILDREN_OPEN, PARENT_CLOSED
 */
export async function moveTask(
  tx: KnotTransaction,
  task: Entity<TaskProps>,
  to: TaskStatus,
  changes: TaskChanges = {},
): Promise<Entity<TaskProps>> {
  const from = task.props.status;
  assertStatus(task.id, to);
  if (!nextStatuses[from].includes(to)) throw invalidTransition(task.id, from, to);
  // A pending task that is completed at once has been started, too.
  if (to === "in_progress") await assertUnblocked(tx, task.id, "start");
  if (to === "completed" && from === "pending") await assertUnblocked(tx, task.id, "complete");
  if (isFinished(to)) await assertChildrenFinished(tx, task.id, to);
  if (isFinished(from)) await assertParentsOpen(tx, task.id);
  if (isFinished(to)) {
    await withdrawOffers(tx, task.id, {
      at: changes.completedAt,
      by: changes.completedBy,
      reason: `the task was ${to}`,
    });
  }
  const unset = fieldsEndedBy[to].filter((field) => field in task.props && !(field in changes));
  return updateNode(tx, task, { ...changes, status: to }, unset);
}

/** Callers that speak JSON are not held to the type. */
function assertStatus(id: string, to: string): void {
  if ((taskStatuses as readonly string[]).includes(to)) return;
  throw new DomainError("INVALID_VALUE", `Cannot move task "${id}" to ${JSON.stringify(to)}: there is no such status`, {
    hint: `Statuses: ${taskStatuses.join(", ")}.`,
    context: { task: id, to },
  });
}

/** The refusal of a move that the present status does not lead to. */
export function invalidTransition(id: string, from: TaskStatus, to: TaskStatus): DomainError {
  return new DomainError("INVALID_TRANSITION", `Cannot move task "${id}" to ${to}: it is ${from}`, {
    hint: from === to ? "Nothing is left to do." : hintByStatus[from],
    context: { task: id, from, to },
  });
}

const hintByStatus: Readonly<Record<TaskStatus, string>> = {
  pending: "Start it first.",
  in_progress: "Complete, block or release it.",
  blocked: "Unblock it first.",
  deferred: "Reopen it first.",
  completed: "Reopen it first.",
  cancelled: "Reopen it first.",
};

async function assertUnblocked(tx: KnotTransaction, id: string, action: "start" | "complete"): Promise<void> {
  const blockers = await openBlockers(tx, id);
  if (blockers.length > 0) throw notReady(id, blockers, action);
}

/** The refusal to start, claim or complete a task whose blockers are not finished. */
export function notReady(id: string, blockers: readonly string[], action: "start" | "complete" | "claim"): DomainError {
  return new DomainError("NOT_READY", `Cannot ${action} task "${id}": it depends on unfinished ${quoteAll(blockers)}`, {
    hint: "Finish these first, or take another task.",
    context: { task: id, blockers: blockers.join(",") },
  });
}

async function assertChildrenFinished(tx: KnotTransaction, id: string, to: TaskStatus): Promise<void> {
  const children = await openChildren(tx, id);
  if (children.length === 0) return;
  throw new DomainError("CHILDREN_OPEN", `Cannot move task "${id}" to ${to}: open children ${quoteAll(children)}`, {
    hint: "Complete or cancel the children first.",
    context: { task: id, children: children.join(",") },
  });
}

async function assertParentsOpen(tx: KnotTransaction, id: string): Promise<void> {
  const parents = await closedParents(tx, id);
  if (parents.length > 0) throw parentClosed(id, parents);
}

/** The refusal to have an open task under a finished parent. */
export function parentClosed(id: string, parents: readonly string[]): DomainError {
  return new DomainError("PARENT_CLOSED", `Cannot have "${id}" open: its parent ${quoteAll(parents)} is finished`, {
    hint: "Reopen the parent first.",
    context: { task: id, parents: parents.join(",") },
  });
}

function quoteAll(ids: readonly string[]): string {
  const shown = ids.slice(0, 5).map((id) => `"${id}"`);
  return ids.length > 5 ? `${shown.join(", ")} and ${ids.length - 5} more` : shown.join(", ");
}
