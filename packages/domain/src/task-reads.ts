/** Looking at tasks: one, a list in order, what is ready. */
import type { KnotContext } from "./knot-context.ts";
import { type Page, pageOf, pageOfQuery, type PageOptions } from "./page.ts";
import { type ReadyFilter, readyTasks } from "./ready.ts";
import { decodeUrgency, encodeUrgency } from "./urgency.ts";
import { type Task, taskView } from "./task-view.ts";
import type { Priority, TaskProps, TaskStatus } from "./types/task.ts";
import { ofType } from "./typed-entity.ts";

export interface TaskFilter extends PageOptions {
  readonly status?: TaskStatus | readonly TaskStatus[];
  readonly priority?: Priority | readonly Priority[];
  readonly assignee?: string;
  readonly category?: string;
  readonly tag?: string;
  /** Found in the title or the description, in any case. */
  readonly text?: string;
}

export async function getTask(context: KnotContext, id: string): Promise<Task | undefined> {
  const entity = ofType(await context.graph.get(id), "task");
  return entity === undefined ? undefined : taskView(entity);
}

/** Tasks by status as declared, then priority, then age: the order of their index. */
export async function listTasks(context: KnotContext, filter: TaskFilter = {}): Promise<Page<Task>> {
  let query = context.graph.query("task");
  if (filter.status !== undefined) query = query.where("status", "in", asArray(filter.status));
  if (filter.priority !== undefined) query = query.where("priority", "in", asArray(filter.priority));
  if (filter.assignee !== undefined) query = query.where("assignee", "=", filter.assignee);
  if (filter.category !== undefined) query = query.where("category", "=", filter.category);
  // The title or the description: among all texts, which the graph knows where to find.
  if (filter.text !== undefined && filter.text !== "") query = query.mentions(filter.text);
  const ordered = query.orderBy("status").orderBy("priority").orderBy("filedAt");
  const selective = filter.tag !== undefined || filter.text !== undefined;
  return pageOfQuery(ordered, filter, taskView, selective ? (task) => mentions(task.props, filter) : undefined);
}

/** Tasks that can be worked on now, most urgent first. */
export async function listReady(context: KnotContext, filter: ReadyFilter & PageOptions = {}): Promise<Page<Task>> {
  const after = filter.after === undefined ? undefined : decodeUrgency(filter.after);
  return await context.graph.read(async (snapshot) => {
    return await pageOf(readyTasks(context, snapshot, filter, after), filter, taskView, encodeUrgency);
  });
}

function mentions(props: TaskProps, { tag, text }: TaskFilter): boolean {
  if (tag !== undefined && !(props.tags ?? []).includes(tag)) return false;
  if (text === undefined) return true;
  const wanted = text.toLowerCase();
  return props.title.toLowerCase().includes(wanted) || (props.description ?? "").toLowerCase().includes(wanted);
}

function asArray<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
