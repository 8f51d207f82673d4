/** A task as the domain gives it out, and the look-up every call on a task begins with. */
import type { Entity } from "@knotwork/graph";
import { notFound } from "./domain-error.ts";
import type { Reader } from "./reader.ts";
import type { TaskProps } from "./types/task.ts";
import { type View, viewOf } from "./view.ts";
import { ofType } from "./typed-entity.ts";

export type Task = View<TaskProps>;

export function taskView(entity: Entity<TaskProps>): Task {
  return viewOf(entity);
}

/** @throws DomainError NOT_FOUND */
export async function requireTask(reader: Reader, id: string): Promise<Entity<TaskProps>> {
  const entity = ofType(await reader.get(id), "task");
  if (entity === undefined) throw notFound("task", id);
  return entity;
}
