/** The order in which ready tasks are offered: by priority, then age; and places in it, as cursors. */
import type { Entity } from "@knotwork/graph";
import { noCursor } from "./page.ts";
import { priorities, type Priority, type TaskProps } from "./types/task.ts";

/** What the order looks at. */
export interface Urgency {
  readonly id: string;
  readonly props: Pick<TaskProps, "priority" | "filedAt">;
}

/** Most urgent first, oldest first among equals. */
export function byUrgency(a: Urgency, b: Urgency): number {
  return (
    priorities.indexOf(a.props.priority) - priorities.indexOf(b.props.priority) ||
    compareText(a.props.filedAt, b.props.filedAt) ||
    compareText(a.id, b.id)
  );
}

export function encodeUrgency({ id, props }: Entity<TaskProps>): string {
  return Buffer.from(JSON.stringify([props.priority, props.filedAt, id])).toString("base64url");
}

/** @throws DomainError INVALID_VALUE */
export function decodeUrgency(cursor: string): Urgency {
  const [priority, filedAt, id] = partsOf(cursor);
  if (isPriority(priority) && typeof filedAt === "string" && typeof id === "string") {
    return { id, props: { priority, filedAt } };
  }
  throw noCursor(cursor);
}

function partsOf(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    return Array.isArray(parts) ? parts : [];
  } catch {
    // Any text that is no JSON is no cursor: the caller says so.
    return [];
  }
}

function isPriority(value: unknown): value is Priority {
  return (priorities as readonly unknown[]).includes(value);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
