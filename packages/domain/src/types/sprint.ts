/** The sprint: a numbered stretch of work with goals. */
import { defineType } from "@knotwork/graph";
import { type KnotType, lazySchema } from "./lazy-schema.ts";
import { sourceIndex, type RecordProps } from "./source.ts";

export const sprintStatuses = ["available", "in_progress", "blocked", "completed"] as const;
export type SprintStatus = (typeof sprintStatuses)[number];

export interface SprintGoal {
  readonly text: string;
  readonly completed: boolean;
}

export interface SprintProps extends RecordProps {
  readonly title: string;
  readonly status: SprintStatus;
  readonly number?: number;
  readonly goals?: readonly SprintGoal[];
  readonly notes?: readonly string[];
  /** Paths or topics this sprint keeps to itself. */
  readonly isolation?: readonly string[];
}

export const sprintType: KnotType<"sprint", SprintProps> = defineType("sprint", {
  fields: lazySchema<SprintProps>(async () => (await import("./schemas.ts")).sprintSchema),
  idPrefix: "S",
  enums: { status: sprintStatuses },
  indexes: [["status", "number"], sourceIndex],
});
