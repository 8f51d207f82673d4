/** Tasks: everything that can be asked of them, in one place. The rules are in the files this one leads to. */
import { claimNext, type ClaimNextOptions } from "./claim-next.ts";
import type { ClaimProof } from "./claim-node.ts";
import { reclaimTasks, type ReclaimOptions } from "./claim-reclaim.ts";
import {
  type Claimed,
  claimOf,
  type ClaimOptions,
  claimTask,
  type ClaimView,
  type Heartbeat,
  heartbeat,
  type HeartbeatOptions,
  listClaims,
  releaseTask,
} from "./claims.ts";
import type { ChangeOptions, WriteOptions } from "./commit-write.ts";
import { type CriticalPath, type CriticalPathOptions, findCriticalPath } from "./critical-path.ts";
import type { KnotContext } from "./knot-context.ts";
import { type NewNote, type Note, openNotes } from "./notes.ts";
import type { Page, PageOptions } from "./page.ts";
import type { ReadyFilter } from "./ready.ts";
import {
  addDependencies,
  createTask,
  type DeleteOptions,
  deleteTask,
  type Deletion,
  type NewTask,
  type TaskEdit,
  type TaskWriteOptions,
  type UpdateOptions,
  updateTask,
} from "./task-edits.ts";
import {
  type BlockOptions,
  blockTask,
  type CancelOptions,
  cancelTask,
  type CompleteOptions,
  completeTask,
  deferTask,
  reopenTask,
  startTask,
  unblockTask,
} from "./task-moves.ts";
import { type EntityVersion, versionsOf } from "./history.ts";
import { withLease } from "./settings.ts";
import { getTask, listReady, listTasks, type TaskFilter } from "./task-reads.ts";
import type { Task } from "./task-view.ts";
import { type BlockedTask, listBlocked, type Unblocked, unblockedBy } from "./task-waits.ts";
import { openBlockers, openChildren } from "./waiting.ts";

/**
 * Every write may throw NOT_FOUND and, under a claim of somebody else or one that is over, CLAIM_HELD or STALE_FENCE;
 * what else it may throw is said there. A write that throws has changed nothing.
 */
export interface Tasks {
  /** Creates a task and its edges, all or nothing. @throws ALREADY_EXISTS, CYCLE, PARENT_CLOSED, INVALID_VALUE */
  create(task: NewTask, options?: WriteOptions): Promise<Task>;
  get(id: string): Promise<Task | undefined>;
  /** By status as declared, then priority, then age. */
  list(filter?: TaskFilter): Promise<Page<Task>>;
  /** Changes fields. A change of status is checked like the command for it. @throws CONFLICT (ifVersion), INVALID_VALUE */
  update(id: string, edit: TaskEdit, options?: UpdateOptions): Promise<Task>;
  /** Deletes a task with its edges, notes and claim, and says what went. @throws CONFLICT */
  delete(id: string, options?: DeleteOptions): Promise<Deletion>;
  /** What was done to a task, oldest first. */
  history(id: string): Promise<readonly EntityVersion[]>;

  /** Makes a task wait for others. @throws CYCLE with the path */
  depends(id: string, on: string | readonly string[], options?: TaskWriteOptions): Promise<Task>;
  /** Ids of what it waits for before it can start. */
  blockers(id: string): Promise<readonly string[]>;
  /** Ids of its children that are not finished. */
  openChildren(id: string): Promise<readonly string[]>;
  /** What can be worked on now, most urgent first. */
  ready(filter?: ReadyFilter & PageOptions): Promise<Page<Task>>;
  /** Tasks that were declared blocked or wait for others, and for what. */
  blocked(page?: PageOptions): Promise<Page<BlockedTask>>;
  /** What finishing a task sets free. @throws NOT_FOUND */
  unblocks(id: string): Promise<Unblocked>;
  /** The longest chain of open tasks that must be done one after the other. @throws NOT_FOUND */
  criticalPath(options?: CriticalPathOptions): Promise<CriticalPath>;
  /** The most urgent of the ready ones. */
  next(filter?: ReadyFilter): Promise<Task | undefined>;

  /** Starts a task without claiming it. @throws NOT_READY, INVALID_TRANSITION */
  start(id: string, options?: TaskWriteOptions): Promise<Task>;
  /** @throws CHILDREN_OPEN, NOT_READY (never started, and its blockers are open), INVALID_TRANSITION */
  complete(id: string, options?: CompleteOptions): Promise<Task>;
  /** Gives the claim up, too. @throws INVALID_TRANSITION, CYCLE */
  block(id: string, reason: string, options?: BlockOptions): Promise<Task>;
  /** @throws INVALID_TRANSITION */
  unblock(id: string, options?: TaskWriteOptions): Promise<Task>;
  /** Opens a finished or deferred task, or one left in progress. @throws INVALID_TRANSITION, PARENT_CLOSED */
  reopen(id: string, options?: TaskWriteOptions): Promise<Task>;
  /** Puts a task off; reopen brings it back. @throws INVALID_TRANSITION */
  defer(id: string, options?: TaskWriteOptions): Promise<Task>;
  /** @throws CHILDREN_OPEN, INVALID_TRANSITION */
  cancel(id: string, options?: CancelOptions): Promise<Task>;

  /** Takes the exclusive right to work on a task, and starts it. @throws CLAIM_HELD, NOT_READY, IDENTITY_REQUIRED */
  claim(id: string, options?: ClaimOptions & ChangeOptions): Promise<Claimed>;
  /** Claims the most urgent ready task; undefined when nothing is ready. @throws IDENTITY_REQUIRED */
  claimNext(options?: ClaimNextOptions): Promise<Claimed | undefined>;
  /** Renews the lease. Owning the claim is proved by the token. @throws IDENTITY_REQUIRED */
  heartbeat(id: string, options: HeartbeatOptions): Promise<Heartbeat>;
  /** Gives the claim up: the task is pending again. Owning it is proved by the token. @throws IDENTITY_REQUIRED */
  release(id: string, options: ClaimProof & ChangeOptions): Promise<Task>;
  /** Ends the claims that ran out: their tasks are pending again. Gives what came back. @throws INVALID_VALUE */
  reclaim(options?: ReclaimOptions): Promise<readonly ClaimView[]>;
  /** The claim held on a task, live or run out. */
  claimOf(id: string): Promise<ClaimView | undefined>;
  /** All claims held, live or run out. */
  claims(): Promise<readonly ClaimView[]>;

  /** Adds a note to a task; under a claim give its fence. */
  note(id: string, note: NewNote | string, options?: ClaimProof & WriteOptions): Promise<Note>;
  /** The notes about a task, oldest first. */
  notes(id: string): Promise<readonly Note[]>;
}

export function openTasks(context: KnotContext): Tasks {
  const notes = openNotes(context);
  return {
    create: (task, options) => createTask(context, task, options),
    get: (id) => getTask(context, id),
    list: (filter) => listTasks(context, filter),
    update: (id, edit, options) => updateTask(context, id, edit, options),
    delete: (id, options) => deleteTask(context, id, options),
    history: (id) => versionsOf(context, id, "task"),
    depends: (id, on, options) => addDependencies(context, id, typeof on === "string" ? [on] : on, options),
    blockers: (id) => openBlockers(context.graph, id),
    openChildren: (id) => openChildren(context.graph, id),
    ready: (filter) => listReady(context, filter),
    blocked: (page) => listBlocked(context, page),
    unblocks: (id) => unblockedBy(context, id),
    criticalPath: (options) => findCriticalPath(context, options),
    next: async (filter) => (await listReady(context, { ...filter, limit: 1 })).items[0],
    start: (id, options) => startTask(context, id, options),
    complete: (id, options) => completeTask(context, id, options),
    block: (id, reason, options) => blockTask(context, id, reason, options),
    unblock: (id, options) => unblockTask(context, id, options),
    reopen: (id, options) => reopenTask(context, id, options),
    defer: (id, options) => deferTask(context, id, options),
    cancel: (id, options) => cancelTask(context, id, options),
    claim: async (id, options = {}) => claimTask(context, id, await withLease(context, options)),
    claimNext: async (options = {}) => claimNext(context, await withLease(context, options)),
    heartbeat: (id, options) => heartbeat(context, id, options),
    release: (id, options) => releaseTask(context, id, options),
    reclaim: (options) => reclaimTasks(context, options),
    claimOf: (id) => claimOf(context, id),
    claims: () => listClaims(context),
    note: (id, note, options) => notes.add(id, note, options),
    notes: (id) => notes.list(id),
  };
}
