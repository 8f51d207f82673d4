/** The epic: a large aim that contains sprints and tasks. */
import { defineType, type JsonObject } from "@knotwork/graph";
import { type KnotType, lazySchema } from "./lazy-schema.ts";
import { textOf } from "./searched-text.ts";
import { sourceIndex, type RecordProps } from "./source.ts";
import { type Priority, priorities } from "./task.ts";

export const epicStatuses = ["active", "on_hold", "completed", "cancelled"] as const;
export type EpicStatus = (typeof epicStatuses)[number];

export const phaseStatuses = ["pending", "in_progress", "completed"] as const;
export type PhaseStatus = (typeof phaseStatuses)[number];

export interface EpicProps extends RecordProps {
  readonly title: string;
  readonly status: EpicStatus;
  readonly description?: string;
  readonly priority?: Priority;
  readonly category?: string;
  readonly tags?: readonly string[];
  /** The number of the phase it is in. */
  readonly phase?: number;
  /** As written here or by the system they come from; `epic-phases.ts` reads both. */
  readonly phases?: readonly JsonObject[];
}

export const epicType: KnotType<"epic", EpicProps> = defineType("epic", {
  fields: lazySchema<EpicProps>(async () => (await import("./schemas.ts")).epicSchema),
  text: textOf("title", "tags", "category", "description"),
  endings: true,
  idPrefix: "EPIC",
  enums: { status: epicStatuses, priority: priorities },
  indexes: [["status", "filedAt"], sourceIndex],
});
