/** The task: a piece of work that one agent at a time can claim. */
import { defineType } from "@knotwork/graph";
import { type KnotType, lazySchema } from "./lazy-schema.ts";
import { textOf } from "./searched-text.ts";
import { sourceIndex, type RecordProps } from "./source.ts";

export const taskStatuses = ["pending", "in_progress", "blocked", "deferred", "completed", "cancelled"] as const;
export type TaskStatus = (typeof taskStatuses)[number];

/** Most urgent first: lists and claims follow this order. */
export const priorities = ["critical", "high", "medium", "low"] as const;
export type Priority = (typeof priorities)[number];

export interface TaskProps extends RecordProps {
  readonly title: string;
  readonly description?: string;
  readonly status: TaskStatus;
  readonly priority: Priority;
  readonly category?: string;
  readonly tags?: readonly string[];
  readonly estimateHours?: number;
  /** Whom it is meant for; who works on it is said by its claim. */
  readonly assignee?: string;
  /** A date (2026-03-01) or an instant, ISO 8601. */
  readonly due?: string;
  readonly retrospective?: string;
  readonly blockedReason?: string;
  readonly startedAt?: string;
  readonly startedBy?: string;
  /** When it was completed or cancelled. */
  readonly completedAt?: string;
  readonly completedBy?: string;
}

export const taskType: KnotType<"task", TaskProps> = defineType("task", {
  fields: lazySchema<TaskProps>(async () => (await import("./schemas.ts")).taskSchema),
  text: textOf("title", "tags", "category", "description", "retrospective", "blockedReason"),
  endings: true,
  idPrefix: "T",
  enums: { status: taskStatuses, priority: priorities },
  indexes: [["status", "priority", "filedAt"], ["assignee", "status"], sourceIndex],
});

/** Whether work on it is over: what depends on it may go on. */
export function isFinished(status: TaskStatus): boolean {
  return status === "completed" || status === "cancelled";
}
