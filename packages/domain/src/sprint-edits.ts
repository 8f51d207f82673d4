/** Creating and changing sprints: fields, notes, tasks. */
import type { Entity } from "@knotwork/graph";
import { changeNode, type ChangeOptions, editNode, requireNode } from "./change-node.ts";
import { commitWrite, type WriteOptions } from "./commit-write.ts";
import { DomainError, notFound } from "./domain-error.ts";
import { linkEdge } from "./edge-node.ts";
import { instant, type KnotContext } from "./knot-context.ts";
import { assertOwnId, assertTitle } from "./names.ts";
import type { Reader } from "./reader.ts";
import type { NewGoal } from "./sprint-goals.ts";
import { sprintIdsByNumber, type Sprint, sprintView } from "./sprint-reads.ts";
import { ofType, updateNode } from "./typed-entity.ts";
import type { KnotTransaction } from "./types/knot-types.ts";
import type { SprintProps } from "./types/sprint.ts";
import { isFinished, type TaskProps } from "./types/task.ts";

export interface NewSprint {
  readonly id?: string;
  readonly title: string;
  /** Default: one more than the highest there is. */
  readonly number?: number;
  /** Id of the epic it is a part of. */
  readonly epic?: string;
  readonly description?: string;
  readonly goals?: readonly NewGoal[];
  readonly isolation?: readonly string[];
}

export interface SprintEdit {
  readonly title?: string;
  readonly number?: number;
  readonly description?: string;
  readonly isolation?: readonly string[];
}

export type UnsettableSprintField = "description" | "isolation";

export interface UpdateSprintOptions extends ChangeOptions {
  readonly unset?: readonly UnsettableSprintField[];
}

export interface RemoveTasksOptions extends ChangeOptions {
  /** Only say what would change. */
  readonly dryRun?: boolean;
}

export interface AddTasksOptions extends RemoveTasksOptions {
  /** Take them out of the other sprints they are in. */
  readonly move?: boolean;
}

/** What adding tasks to a sprint changed, or would change. */
export interface SprintTasksChange {
  readonly sprint: string;
  readonly added: readonly string[];
  /** In it before. */
  readonly already: readonly string[];
  readonly removed: readonly { readonly sprint: string; readonly task: string }[];
}

/** Creates a sprint. Of two created at once with one number, one is refused; without a number each gets its own. */
export async function createSprint(
  context: KnotContext,
  input: NewSprint,
  options: WriteOptions = {},
): Promise<Sprint> {
  const { id, epic, goals = [], number: wanted, ...fields } = input;
  assertTitle(fields.title);
  if (id !== undefined) assertOwnId(id);
  for (const goal of goals) assertTitle(goal.text);
  const request = { operation: "sprint create", args: input, options };
  const written = await commitWrite<SprintProps>(context, request, async (tx) => {
    if (wanted !== undefined) await assertNumberFree(tx, wanted);
    const number = wanted ?? (await nextNumber(tx));
    const props: SprintProps = {
      ...fields,
      status: "available",
      number,
      ...(goals.length === 0 ? {} : { goals: goals.map((goal) => ({ ...goal, completed: false })) }),
      filedAt: instant(context),
      ...(context.agent === undefined ? {} : { filedBy: context.agent }),
    };
    const sprint = await tx.create("sprint", props, id === undefined ? {} : { id });
    if (epic !== undefined) {
      await requireNode(tx, "epic", epic);
      await linkEdge(tx, { from: epic, type: "CONTAINS", to: sprint.id });
    }
    return { entity: sprint, result: {} };
  });
  return sprintView(context.graph, written.entity);
}

export async function updateSprint(
  context: KnotContext,
  id: string,
  edit: SprintEdit,
  { unset = [], ...options }: UpdateSprintOptions = {},
): Promise<Sprint> {
  if (edit.title !== undefined) assertTitle(edit.title);
  const change = { type: "sprint", id, operation: "sprint update", args: [edit, [...unset]], options } as const;
  return viewed(
    context,
    await changeNode(context, change, async (tx, sprint) => {
      if (edit.number !== undefined && edit.number !== sprint.props.number) await assertNumberFree(tx, edit.number);
      return editNode(tx, sprint, edit, unset);
    }),
  );
}

/** Adds a line to its notes. */
export async function addSprintNote(
  context: KnotContext,
  id: string,
  note: string,
  options?: ChangeOptions,
): Promise<Sprint> {
  if (note.trim() === "") {
    throw new DomainError("INVALID_VALUE", `Cannot add a note to sprint "${id}": the text is empty`, {
      hint: "Give the text of the note.",
      context: { sprint: id },
    });
  }
  const change = { type: "sprint", id, operation: "sprint note", args: note, options } as const;
  return viewed(
    context,
    await changeNode(context, change, (tx, sprint) =>
      updateNode(tx, sprint, { notes: [...(sprint.props.notes ?? []), note] }),
    ),
  );
}

/** Puts tasks into a sprint, all or none. An unfinished task does not come into a completed sprint. */
export async function addSprintTasks(
  context: KnotContext,
  id: string,
  tasks: readonly string[],
  options: AddTasksOptions = {},
): Promise<SprintTasksChange> {
  const { move = false, dryRun = false, ...writeOptions } = options;
  const request = { operation: "sprint link", args: [id, [...tasks], move], options: writeOptions, about: id, dryRun };
  const written = await commitWrite<SprintProps, { plan: string }>(context, request, async (tx) => {
    const change = await planTasks(tx, id, tasks, move);
    await applyTasks(tx, change);
    return { entity: await requireNode(tx, "sprint", id), result: { plan: JSON.stringify(change) } };
  });
  return JSON.parse(written.result.plan) as SprintTasksChange;
}

/** Takes tasks out of a sprint, all or none; the tasks stay. @throws DomainError NOT_FOUND */
export async function removeSprintTasks(
  context: KnotContext,
  id: string,
  tasks: readonly string[],
  { dryRun = false, ...options }: RemoveTasksOptions = {},
): Promise<SprintTasksChange> {
  const request = { operation: "sprint unlink", args: [id, [...tasks]], options, about: id, dryRun };
  await commitWrite<SprintProps>(context, request, async (tx) => {
    const sprint = await requireNode(tx, "sprint", id);
    for (const task of tasks) {
      if ((await tx.getEdge(id, "CONTAINS", task)) === undefined) throw notFound(`task of sprint ${id}`, task);
      await tx.unlink(id, "CONTAINS", task);
    }
    return { entity: sprint, result: {} };
  });
  return { sprint: id, added: [], already: [], removed: tasks.map((task) => ({ sprint: id, task })) };
}

export async function applyTasks(tx: KnotTransaction, { sprint, added, removed }: SprintTasksChange): Promise<void> {
  for (const task of added) await linkEdge(tx, { from: sprint, type: "CONTAINS", to: task });
  for (const out of removed) await tx.unlink(out.sprint, "CONTAINS", out.task);
}

export async function planTasks(
  reader: Reader,
  id: string,
  tasks: readonly string[],
  move: boolean,
): Promise<SprintTasksChange> {
  const sprint = await requireNode(reader, "sprint", id);
  const change = {
    sprint: id,
    added: [] as string[],
    already: [] as string[],
    removed: [] as { sprint: string; task: string }[],
  };
  for (const taskId of new Set(tasks)) {
    const task = await requireNode(reader, "task", taskId);
    if (sprint.props.status === "completed" && !isFinished(task.props.status)) throw sprintIsOver(id, task);
    const inside = await sprintsOf(reader, taskId);
    (inside.includes(id) ? change.already : change.added).push(taskId);
    if (!move) continue;
    for (const other of inside) if (other !== id) change.removed.push({ sprint: other, task: taskId });
  }
  return change;
}

/** Ids of the sprints a task is in. */
export async function sprintsOf(reader: Reader, taskId: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const edge of await reader.edges({ to: taskId, type: "CONTAINS" })) {
    if (ofType(await reader.get(edge.from), "sprint") !== undefined) found.push(edge.from);
  }
  return found;
}

/** Reads the range of numbers from the top: of two that run at once, the second sees the first. */
async function nextNumber(tx: KnotTransaction): Promise<number> {
  const last = await tx.query("sprint").orderBy("number", "desc").first();
  return (last?.props.number ?? 0) + 1;
}

async function assertNumberFree(tx: KnotTransaction, number: number): Promise<void> {
  const [taken] = await sprintIdsByNumber(tx, number);
  if (taken === undefined) return;
  throw new DomainError("ALREADY_EXISTS", `Cannot give a sprint the number ${number}: "${taken}" has it`, {
    hint: "Leave the number out to get the next one.",
    context: { number, sprint: taken },
  });
}

async function viewed(context: KnotContext, entity: Entity<SprintProps>): Promise<Sprint> {
  return sprintView(context.graph, entity);
}

function sprintIsOver(id: string, task: Entity<TaskProps>): DomainError {
  return new DomainError("PARENT_CLOSED", `Cannot add task "${task.id}" to sprint "${id}": the sprint is completed`, {
    hint: "Choose an open sprint, or reopen this one first.",
    context: { sprint: id, task: task.id, status: task.props.status },
  });
}
