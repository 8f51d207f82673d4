/** How far a set of tasks has come. */
import type { Entity } from "@knotwork/graph";
import type { Reader } from "./reader.ts";
import { ofType } from "./typed-entity.ts";
import { type TaskProps, type TaskStatus, taskStatuses } from "./types/task.ts";

export interface TaskCounts {
  readonly total: number;
  readonly byStatus: Readonly<Record<TaskStatus, number>>;
  /** Whole percent of the tasks completed, cancelled ones left out; 100 only when all are. */
  readonly percent: number;
}

export function countTasks(tasks: Iterable<Pick<Entity<TaskProps>, "props">>): TaskCounts {
  const byStatus = Object.fromEntries(taskStatuses.map((status) => [status, 0])) as Record<TaskStatus, number>;
  let total = 0;
  for (const { props } of tasks) {
    byStatus[props.status] += 1;
    total += 1;
  }
  const wanted = total - byStatus.cancelled;
  return { total, byStatus, percent: wanted === 0 ? 0 : Math.floor((100 * byStatus.completed) / wanted) };
}

/** The tasks that something CONTAINS, in the order of their ids. Reads no edge, only where they lead. */
export async function containedTasks(reader: Reader, id: string): Promise<readonly Entity<TaskProps>[]> {
  const ids = await reader.walk(id).out("CONTAINS").maxDepth(1).ids();
  const contained = await reader.getMany(ids);
  const tasks = contained.flatMap((entity) => ofType(entity, "task") ?? []);
  return tasks.sort((a, b) => (a.id < b.id ? -1 : 1));
}
