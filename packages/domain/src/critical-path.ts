/** The longest chain of open tasks that must be done one after the other: no plan is shorter than it. */
import type { Entity } from "@knotwork/graph";
import type { KnotContext } from "./knot-context.ts";
import type { Reader } from "./reader.ts";
import { waitingTypes } from "./relations.ts";
import { requireTask, type Task, taskView } from "./task-view.ts";
import { ofType } from "./typed-entity.ts";
import { isFinished, type TaskProps, taskStatuses } from "./types/task.ts";

export interface CriticalPathOptions {
  /** Only what must be done before this task, and the task itself. Default: all open tasks. */
  readonly to?: string;
  /** What a task without an estimate counts as, in hours. Default 1. */
  readonly hoursUnknown?: number;
}

export interface CriticalPath {
  /** In the order in which they must be done. */
  readonly steps: readonly CriticalStep[];
  /** The sum of the steps. */
  readonly hours: number;
  /** How many of the steps have no estimate and count as `hoursUnknown`. */
  readonly guessed: number;
  /** Tasks that wait for each other in a circle: left out, as they have no order. */
  readonly circular: readonly string[];
}

export interface CriticalStep {
  readonly task: Task;
  readonly hours: number;
  readonly guessed: boolean;
}

/** @throws DomainError NOT_FOUND */
export async function findCriticalPath(context: KnotContext, options: CriticalPathOptions = {}): Promise<CriticalPath> {
  const { to, hoursUnknown = 1 } = options;
  return await context.graph.read(async (snapshot) => {
    const waits = to === undefined ? await readAllWaits(snapshot) : await readWaits(snapshot, to);
    if (to !== undefined) await requireTask(snapshot, to);
    return longestChain(waits, { to, hoursUnknown });
  });
}

/** An open task and the open tasks it waits for. */
interface Wait {
  readonly task: Entity<TaskProps>;
  readonly waitsFor: readonly string[];
}

/** All open tasks; where their edges lead is in the index, no edge is read. */
async function readAllWaits(reader: Reader): Promise<ReadonlyMap<string, Wait>> {
  const open = taskStatuses.filter((status) => !isFinished(status));
  const links = await reader.links(waitingTypes);
  const waits = new Map<string, Wait>();
  for (const task of await reader.query("task").where("status", "in", open).all())
    waits.set(task.id, { task, waitsFor: links.get(task.id) ?? [] });
  return waits;
}

/** The task and all it waits for, as far as they are open. */
async function readWaits(reader: Reader, taskId: string): Promise<ReadonlyMap<string, Wait>> {
  const waits = new Map<string, Wait>();
  const pending = [taskId];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (waits.has(id)) continue;
    const task = ofType(await reader.get(id), "task");
    if (task === undefined || isFinished(task.props.status)) continue;
    const waitsFor = await reader
      .walk(id)
      .out(...waitingTypes)
      .maxDepth(1)
      .ids();
    waits.set(id, { task, waitsFor });
    pending.push(...waitsFor);
  }
  return waits;
}

interface ChainOptions {
  readonly to: string | undefined;
  readonly hoursUnknown: number;
}

/** Each task as soon as all it waits for have their place: what never gets one is in a circle, or behind one. */
function longestChain(waits: ReadonlyMap<string, Wait>, { to, hoursUnknown }: ChainOptions): CriticalPath {
  const hoursOf = (wait: Wait): number => wait.task.props.estimateHours ?? hoursUnknown;
  const chains = new Map<string, { readonly hours: number; readonly before: string | undefined }>();
  for (const id of inOrder(waits)) {
    const wait = waits.get(id);
    if (wait === undefined) continue;
    let before: string | undefined;
    for (const other of wait.waitsFor) {
      const chain = chains.get(other);
      if (chain !== undefined && (before === undefined || chain.hours > (chains.get(before)?.hours ?? 0)))
        before = other;
    }
    chains.set(id, { hours: hoursOf(wait) + (before === undefined ? 0 : (chains.get(before)?.hours ?? 0)), before });
  }
  let end = to;
  if (to === undefined) {
    for (const [id, { hours }] of chains) {
      if (end === undefined || hours > (chains.get(end)?.hours ?? 0)) end = id;
    }
  }
  const steps: CriticalStep[] = [];
  for (let id = end; id !== undefined; id = chains.get(id)?.before) {
    const wait = waits.get(id);
    if (wait === undefined || !chains.has(id)) break;
    steps.unshift({
      task: taskView(wait.task),
      hours: hoursOf(wait),
      guessed: wait.task.props.estimateHours === undefined,
    });
  }
  return {
    steps,
    hours: steps.reduce((sum, { hours }) => sum + hours, 0),
    guessed: steps.filter(({ guessed }) => guessed).length,
    circular: [...waits.keys()].filter((id) => !chains.has(id)).sort(),
  };
}

function inOrder(waits: ReadonlyMap<string, Wait>): readonly string[] {
  const open = new Map<string, number>();
  const waiters = new Map<string, string[]>();
  for (const [id, { waitsFor }] of waits) {
    const known = [...new Set(waitsFor)].filter((other) => waits.has(other));
    open.set(id, known.length);
    for (const other of known) waiters.set(other, [...(waiters.get(other) ?? []), id]);
  }
  const order = [...open].filter(([, count]) => count === 0).map(([id]) => id);
  // A list hands out what is added while it is walked through.
  for (const id of order) {
    for (const waiter of waiters.get(id) ?? []) {
      const left = (open.get(waiter) ?? 0) - 1;
      open.set(waiter, left);
      if (left === 0) order.push(waiter);
    }
  }
  return order;
}
