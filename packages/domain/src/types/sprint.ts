/** The sprint: a numbered stretch of work with goals. */
import { defineType } from "@knotwork/graph";
import { type KnotType, lazySchema } from "./lazy-schema.ts";
import { textOf } from "./searched-text.ts";
import { sourceIndex, type RecordProps } from "./source.ts";
import { type Priority } from "./task.ts";

export const sprintStatuses = ["available", "in_progress", "blocked", "completed"] as const;
export type SprintStatus = (typeof sprintStatuses)[number];

export interface SprintGoal {
  readonly text: string;
  readonly completed: boolean;
  /** Percent, 0 to 100; a completed goal is at 100 whatever stands here. */
  readonly progress?: number;
  readonly priority?: Priority;
  readonly completedAt?: string;
  readonly completedBy?: string;
}

/** The one agent that leads a sprint. It lasts until it is given up: no lease. */
export interface SprintOwner {
  readonly agent: string;
  /** The session it was claimed in: another session under the same name is somebody else. */
  readonly session?: string;
  readonly claimedAt: string;
}

export interface SprintProps extends RecordProps {
  readonly title: string;
  readonly status: SprintStatus;
  /** Unique among the sprints made here; imports may bring two of one number. */
  readonly number?: number;
  readonly description?: string;
  readonly owner?: SprintOwner;
  readonly blockedReason?: string;
  readonly startedAt?: string;
  readonly startedBy?: string;
  readonly completedAt?: string;
  readonly completedBy?: string;
  readonly goals?: readonly SprintGoal[];
  readonly notes?: readonly string[];
  /** Paths or topics this sprint keeps to itself. */
  readonly isolation?: readonly string[];
}

export const sprintType: KnotType<"sprint", SprintProps> = defineType("sprint", {
  fields: lazySchema<SprintProps>(async () => (await import("./schemas.ts")).sprintSchema),
  text: textOf("title", "description", "blockedReason", "goals", "notes"),
  endings: true,
  idPrefix: "S",
  enums: { status: sprintStatuses },
  indexes: [["status", "number"], ["number"], sourceIndex],
});
