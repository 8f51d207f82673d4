/** Creating, changing and deleting tasks, and what they depend on. */
import { assertVersion } from "./assert-version.ts";
import { claimId } from "./claim-id.ts";
import { assertMayAct, type ClaimProof, endClaim, readClaim } from "./claim-node.ts";
import { commitWrite, type WriteOptions } from "./commit-write.ts";
import { type EdgeView, edgeView, linkEdge } from "./edge-node.ts";
import { withdrawOffers } from "./handoff-node.ts";
import { instant, type KnotContext } from "./knot-context.ts";
import { assertOwnId, assertTitle } from "./names.ts";
import { moveTask, type TaskChanges } from "./lifecycle.ts";
import { annotationsOf } from "./notes.ts";
import { requireTask, type Task, taskView } from "./task-view.ts";
import type { Priority, TaskProps, TaskStatus } from "./types/task.ts";
import { type NamedDeletion, transactOrRehearse } from "./rehearse.ts";
import type { KnotTransaction } from "./types/knot-types.ts";
import { updateNode } from "./typed-entity.ts";

/** The fields of a task that its author sets; the rest is set by what happens to it. */
export interface TaskFields {
  readonly title: string;
  readonly description?: string;
  readonly priority?: Priority;
  readonly category?: string;
  readonly tags?: readonly string[];
  readonly estimateHours?: number;
  readonly assignee?: string;
  readonly due?: string;
}

export interface NewTask extends TaskFields {
  /** An id of your own; default `T-` and a ULID. */
  readonly id?: string;
  /** The task it is a part of: that one is closed after it. */
  readonly parent?: string;
  /** The epic or sprint that contains it. */
  readonly containedIn?: string;
  readonly dependsOn?: readonly string[];
  readonly blocks?: readonly string[];
}

export type TaskEdit = Partial<TaskFields> & { readonly status?: TaskStatus; readonly retrospective?: string };
export type UnsettableField =
  | "description"
  | "category"
  | "tags"
  | "estimateHours"
  | "assignee"
  | "due"
  | "retrospective";

export interface TaskWriteOptions extends ClaimProof, WriteOptions {
  /** Refuse (CONFLICT) unless the task still has this version. */
  readonly ifVersion?: number;
}

export interface UpdateOptions extends TaskWriteOptions {
  readonly unset?: readonly UnsettableField[];
}

export interface DeleteOptions extends TaskWriteOptions, NamedDeletion {
  /** Only say what would go. */
  readonly dryRun?: boolean;
}

/** What went, or would go, with a task. */
export interface Deletion {
  readonly task: Task;
  readonly edges: readonly EdgeView[];
  /** Ids of the notes about it. */
  readonly notes: readonly string[];
}

/** Creates a task and its edges, all or nothing. */
export async function createTask(context: KnotContext, input: NewTask, options: WriteOptions = {}): Promise<Task> {
  const { id, parent, containedIn, dependsOn = [], blocks = [], ...fields } = input;
  assertTitle(fields.title);
  if (id !== undefined) assertOwnId(id);
  const request = { operation: "task create", args: input, options };
  const written = await commitWrite<TaskProps>(context, request, async (tx) => {
    const props: TaskProps = {
      priority: "medium",
      ...fields,
      status: "pending",
      filedAt: instant(context),
      ...(context.agent === undefined ? {} : { filedBy: context.agent }),
    };
    const task = await tx.create("task", props, id === undefined ? {} : { id });
    for (const blocker of dependsOn) await linkEdge(tx, { from: task.id, type: "DEPENDS_ON", to: blocker });
    for (const blocked of blocks) await linkEdge(tx, { from: blocked, type: "DEPENDS_ON", to: task.id });
    if (parent !== undefined) await linkEdge(tx, { from: parent, type: "PARENT_OF", to: task.id });
    if (containedIn !== undefined) await linkEdge(tx, { from: containedIn, type: "CONTAINS", to: task.id });
    return { entity: task, result: {} };
  });
  return taskView(written.entity);
}

/** Changes fields of a task; a change of status is checked like the command for it. Nothing different: nothing written. */
export async function updateTask(
  context: KnotContext,
  id: string,
  edit: TaskEdit,
  options: UpdateOptions = {},
): Promise<Task> {
  const { unset = [], ifVersion, fence, token, ...writeOptions } = options;
  const proof = { ...(fence === undefined ? {} : { fence }), ...(token === undefined ? {} : { token }) };
  if (edit.title !== undefined) assertTitle(edit.title);
  const args = [id, edit, [...unset], ifVersion ?? null, fence ?? null];
  const written = await commitWrite<TaskProps>(
    context,
    { operation: "task update", args, options: writeOptions },
    async (tx) => {
      const task = await requireTask(tx, id);
      assertVersion(task, ifVersion);
      const { status, ...changes } = differences(task.props, edit);
      const claim = await readClaim(tx, id);
      // Anybody may say more about a task; what happens to it, and whose it is, is for the holder of its claim.
      const movesWork = status !== undefined || "assignee" in changes || unset.includes("assignee");
      if (movesWork || fence !== undefined || token !== undefined) assertMayAct(context, id, claim, proof);
      let entity = task;
      const removed = unset.filter((field) => field in task.props);
      if (Object.keys(changes).length > 0 || removed.length > 0) {
        entity = await updateNode(tx, task, changes, removed);
      }
      if (status !== undefined) {
        await endClaim(tx, claim);
        entity = await moveTask(tx, entity, status, stampsOf(context, status));
      }
      return { entity, result: {} };
    },
  );
  return taskView(written.entity);
}

/** Makes a task wait for others; edges that are there already stay as they are. */
export async function addDependencies(
  context: KnotContext,
  id: string,
  blockers: readonly string[],
  { fence, token, ...options }: TaskWriteOptions = {},
): Promise<Task> {
  const request = { operation: "task depends", args: [id, [...blockers]], options, about: id };
  const proof = { ...(fence === undefined ? {} : { fence }), ...(token === undefined ? {} : { token }) };
  const written = await commitWrite<TaskProps>(context, request, async (tx) => {
    const task = await requireTask(tx, id);
    if (fence !== undefined || token !== undefined) assertMayAct(context, id, await readClaim(tx, id), proof);
    for (const blocker of blockers) await linkEdge(tx, { from: id, type: "DEPENDS_ON", to: blocker });
    return { entity: task, result: {} };
  });
  return taskView(written.entity);
}

/** Deletes a task with its edges, notes and claim. Its history stays, and so does its fence. */
export async function deleteTask(context: KnotContext, id: string, options: DeleteOptions = {}): Promise<Deletion> {
  const { ifVersion, fence, token: _token, dryRun = false, named = id, ...writeOptions } = options;
  const remove = async (tx: KnotTransaction): Promise<Deletion> => {
    const task = await requireTask(tx, id);
    assertVersion(task, ifVersion);
    const claim = await readClaim(tx, id);
    assertMayAct(context, id, claim, options);
    const edges = [...(await tx.edges({ from: id })), ...(await tx.edges({ to: id }))].map(edgeView);
    const notes = await annotationsOf(tx, id);
    const deletion = { task: taskView(task), edges, notes: notes.map((note) => note.id) };
    await withdrawOffers(tx, id, { at: instant(context), by: context.agent, reason: "the task was deleted" });
    for (const note of notes) await tx.delete(note.id);
    if (claim !== undefined) await tx.delete(claimId(id));
    await tx.delete(id);
    return deletion;
  };
  const args = [named, ifVersion ?? null, fence ?? null];
  return transactOrRehearse(context, remove, { ...writeOptions, operation: "task delete", args, dryRun });
}

/** The fields that say when and by whom a task came to a status. */
export function stampsOf(context: KnotContext, status: TaskStatus): TaskChanges {
  const at = instant(context);
  const by = context.agent;
  if (status === "in_progress") return { startedAt: at, ...(by === undefined ? {} : { startedBy: by }) };
  if (status === "completed" || status === "cancelled") {
    return { completedAt: at, ...(by === undefined ? {} : { completedBy: by }) };
  }
  return {};
}

function differences(props: TaskProps, edit: TaskEdit): TaskEdit {
  const changed = Object.entries(edit).filter(([field, value]) => {
    return value !== undefined && JSON.stringify(props[field as keyof TaskProps]) !== JSON.stringify(value);
  });
  return Object.fromEntries(changed) as TaskEdit;
}
