/**
 * What can be worked on now: tasks that are pending, or in progress under a claim that ran out, and whose blockers and
 * children are finished. Found through the indexes: the pending tasks in order of priority and age, and the claims held;
 * finished tasks are never looked at, except as the blockers they were.
 */
import type { Entity } from "@knotwork/graph";
import { isLive } from "./claim-node.ts";
import type { KnotContext } from "./knot-context.ts";
import type { Reader } from "./reader.ts";
import type { ClaimProps } from "./types/claim.ts";
import { priorities, type Priority, type TaskProps } from "./types/task.ts";
import { byUrgency, type Urgency } from "./urgency.ts";
import { isWaiting } from "./waiting.ts";
import { ofType } from "./typed-entity.ts";

export interface ReadyFilter {
  readonly priority?: Priority;
  readonly category?: string;
  readonly tag?: string;
  readonly assignee?: string;
}

/** Ready tasks after a place in their order, most urgent first. Read as far as the caller goes on asking. */
export async function* readyTasks(
  context: KnotContext,
  reader: Reader,
  filter: ReadyFilter = {},
  after?: Urgency,
): AsyncGenerator<Entity<TaskProps>, void, undefined> {
  const held = await heldClaims(reader);
  for await (const task of freeTasks(context, reader, { filter, held, after })) {
    if (!(await isWaiting(reader, task.id))) yield task;
  }
}

interface FreeTasksOptions {
  readonly filter: ReadyFilter;
  readonly held: readonly Entity<ClaimProps>[];
  /** Only those that come later in the order. */
  readonly after?: Urgency | undefined;
}

/** Tasks nobody works on, in the same order; some wait for others. */
export async function* freeTasks(
  context: KnotContext,
  reader: Reader,
  { filter, held, after }: FreeTasksOptions,
): AsyncGenerator<Entity<TaskProps>, void, undefined> {
  const isWanted = (task: Entity<TaskProps>): boolean =>
    passes(task, filter) && (after === undefined || byUrgency(after, task) < 0);
  const abandoned = (await abandonedTasks(context, reader, held)).filter(isWanted);
  let nextAbandoned = 0;
  for await (const task of pendingTasks(reader, filter, after)) {
    for (let other = abandoned[nextAbandoned]; other !== undefined; other = abandoned[++nextAbandoned]) {
      if (byUrgency(other, task) > 0) break;
      yield other;
    }
    if (isWanted(task)) yield task;
  }
  yield* abandoned.slice(nextAbandoned);
}

/** The claims that are held, live or run out. */
export async function heldClaims(reader: Reader): Promise<readonly Entity<ClaimProps>[]> {
  return reader.query("claim").where("state", "=", "held").all();
}

/** Tasks in progress whose holder let the lease run out, most urgent first. */
async function abandonedTasks(
  context: KnotContext,
  reader: Reader,
  held: readonly Entity<ClaimProps>[],
): Promise<readonly Entity<TaskProps>[]> {
  const tasks: Entity<TaskProps>[] = [];
  for (const claim of held) {
    if (isLive(context, claim)) continue;
    const task = ofType(await reader.get(claim.props.task), "task");
    if (task?.props.status === "in_progress") tasks.push(task);
  }
  return tasks.sort(byUrgency);
}

function pendingTasks(
  reader: Reader,
  filter: ReadyFilter,
  after: Urgency | undefined,
): AsyncIterable<Entity<TaskProps>> {
  let query = reader.query("task").where("status", "=", "pending");
  if (filter.priority !== undefined) query = query.where("priority", "=", filter.priority);
  if (after !== undefined) {
    query = query.where("priority", "in", priorities.slice(priorities.indexOf(after.props.priority)));
  }
  return query.orderBy("priority").orderBy("filedAt");
}

function passes({ props }: Entity<TaskProps>, filter: ReadyFilter): boolean {
  return (
    (filter.priority === undefined || props.priority === filter.priority) &&
    (filter.category === undefined || props.category === filter.category) &&
    (filter.assignee === undefined || props.assignee === filter.assignee) &&
    (filter.tag === undefined || (props.tags ?? []).includes(filter.tag))
  );
}
