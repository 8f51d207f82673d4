/**
 * The work session: one agent at work on one task, and how it stands. A record of its own, small and apart from the task:
 * its versions are the history of its status, and the task is never rewritten for it.
 */
import { defineType } from "@knotwork/graph";
import { type KnotType, lazySchema } from "./lazy-schema.ts";
import type { RecordProps } from "./source.ts";

export const workStatuses = ["active", "waiting", "idle", "review", "ended"] as const;
export type WorkStatus = (typeof workStatuses)[number];

export interface WorkSessionProps extends RecordProps {
  readonly task: string;
  readonly agent: string;
  readonly status: WorkStatus;
  /** What it waits for, what is to be looked at, how it ended. */
  readonly message?: string;
}

export const workSessionType: KnotType<"work_session", WorkSessionProps> = defineType("work_session", {
  fields: lazySchema<WorkSessionProps>(async () => (await import("./schemas.ts")).workSessionSchema),
  endings: true,
  idPrefix: "W",
  enums: { status: workStatuses },
  indexes: [
    ["task", "status"],
    ["agent", "status"],
  ],
});
