/** Who waits for whom: what cannot go on and why, and what finishing a task sets free. */
import type { Entity } from "@knotwork/graph";
import type { KnotContext } from "./knot-context.ts";
import { noCursor, type Page, pageOf, type PageOptions } from "./page.ts";
import type { Reader } from "./reader.ts";
import { waitingTypes } from "./relations.ts";
import { requireTask, type Task, taskView } from "./task-view.ts";
import { ofType } from "./typed-entity.ts";
import { isFinished, type TaskProps } from "./types/task.ts";
import { byUrgency, decodeUrgency, encodeUrgency } from "./urgency.ts";
import { openBlockers, openChildren } from "./waiting.ts";

/** A task that cannot go on. */
export interface BlockedTask {
  readonly task: Task;
  /** Ids of the unfinished tasks it depends on. */
  readonly blockers: readonly string[];
  /** Ids of its unfinished children: for one that was not started yet, they are the work. */
  readonly children: readonly string[];
}

/** What finishing a task changes for others. */
export interface Unblocked {
  readonly task: Task;
  /** Open tasks that wait for nothing else: they can go on, or be closed. */
  readonly frees: readonly Task[];
  /** Open tasks that wait for it and for others, too. */
  readonly stillWaiting: readonly { readonly task: Task; readonly waitsFor: readonly string[] }[];
  /** How many open tasks wait for it, directly or through others. */
  readonly downstream: number;
}

/** The statuses of what may be blocked, in the order of the list. */
const blockable = ["blocked", "in_progress", "pending"] as const;
type Blockable = (typeof blockable)[number];

/** Tasks that were declared blocked or wait for others, by status, then most urgent first. */
export async function listBlocked(context: KnotContext, page: PageOptions = {}): Promise<Page<BlockedTask>> {
  return await context.graph.read(async (snapshot) => {
    return await pageOf(
      blockedTasks(snapshot, page.after),
      page,
      (blocked) => ({ ...blocked, task: taskView(blocked.task) }),
      ({ task }) => `${task.props.status}.${encodeUrgency(task)}`,
    );
  });
}

type BlockedEntity = Omit<BlockedTask, "task"> & { readonly task: Entity<TaskProps> };

async function* blockedTasks(reader: Reader, after?: string): AsyncGenerator<BlockedEntity, void, undefined> {
  const place = after === undefined ? undefined : decodePlace(after);
  for (const status of blockable.slice(place === undefined ? 0 : blockable.indexOf(place.status))) {
    const tasks = reader.query("task").where("status", "=", status).orderBy("priority").orderBy("filedAt");
    for await (const task of tasks) {
      if (place?.status === status && byUrgency(place.urgency, task) >= 0) continue;
      const blockers = await openBlockers(reader, task.id);
      const children = status === "in_progress" ? [] : await openChildren(reader, task.id);
      if (status === "blocked" || blockers.length + children.length > 0) yield { task, blockers, children };
    }
  }
}

function decodePlace(cursor: string): {
  readonly status: Blockable;
  readonly urgency: ReturnType<typeof decodeUrgency>;
} {
  const dot = cursor.indexOf(".");
  const status = blockable.find((each) => each === cursor.slice(0, dot));
  if (status !== undefined) return { status, urgency: decodeUrgency(cursor.slice(dot + 1)) };
  throw noCursor(cursor);
}

/** What finishing the task sets free. @throws DomainError NOT_FOUND */
export async function unblockedBy(context: KnotContext, id: string): Promise<Unblocked> {
  return await context.graph.read(async (snapshot) => {
    const task = await requireTask(snapshot, id);
    const frees: Task[] = [];
    const stillWaiting: { readonly task: Task; readonly waitsFor: readonly string[] }[] = [];
    for (const waiting of await openWaiters(snapshot, id)) {
      const waitsFor = [...(await openBlockers(snapshot, waiting.id)), ...(await openChildren(snapshot, waiting.id))];
      const others = waitsFor.filter((each) => each !== id);
      if (others.length === 0 && waiting.props.status !== "blocked") frees.push(taskView(waiting));
      else stillWaiting.push({ task: taskView(waiting), waitsFor: others });
    }
    const isOpen = (entity: Entity): boolean => {
      const other = ofType(entity, "task");
      return other !== undefined && !isFinished(other.props.status);
    };
    const downstream = await snapshot
      .walk(id)
      .in(...waitingTypes)
      .filter(isOpen)
      .ids();
    return { task: taskView(task), frees, stillWaiting, downstream: downstream.length };
  });
}

/** The open tasks that wait for this one directly, most urgent first. */
async function openWaiters(reader: Reader, id: string): Promise<readonly Entity<TaskProps>[]> {
  const waiters = new Map<string, Entity<TaskProps>>();
  for (const type of waitingTypes) {
    for (const edge of await reader.edges({ to: id, type })) {
      const waiter = ofType(await reader.get(edge.from), "task");
      if (waiter !== undefined && !isFinished(waiter.props.status)) waiters.set(waiter.id, waiter);
    }
  }
  return [...waiters.values()].sort(byUrgency);
}
