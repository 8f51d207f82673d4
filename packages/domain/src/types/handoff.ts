/** The handoff: one agent gives a task to another agent, or to a role, with all it knows. */
import { defineType, type JsonObject } from "@knotwork/graph";
import { type KnotType, lazySchema } from "./lazy-schema.ts";
import { textOf } from "./searched-text.ts";
import { sourceIndex, type RecordProps } from "./source.ts";

export const handoffStatuses = ["initiated", "accepted", "completed", "rejected", "superseded"] as const;
export type HandoffStatus = (typeof handoffStatuses)[number];

/** What the giver tells the taker. */
export interface HandoffMessage {
  readonly instructions?: string;
  readonly done?: readonly string[];
  readonly remaining?: readonly string[];
  /** Decisions taken on the way: their ids, or plain words. */
  readonly decisions?: readonly string[];
  readonly uncertain?: readonly string[];
  readonly questions?: readonly string[];
  readonly files?: readonly string[];
  readonly branch?: string;
  readonly context?: JsonObject;
  readonly artifacts?: readonly string[];
}

export interface HandoffProps extends HandoffMessage, RecordProps {
  /** `from` and `to` in views; in the graph these names are the ends of edges. */
  readonly fromAgent: string;
  /** The name of an agent, or of a role that agents have. */
  readonly toAgent: string;
  readonly task: string;
  readonly status: HandoffStatus;
  /** The fence of the giver's claim; absent when nobody held one. */
  readonly fence?: number;
  readonly acceptedAt?: string;
  readonly acceptedBy?: string;
  readonly completedAt?: string;
  readonly result?: JsonObject;
  readonly rejectedAt?: string;
  readonly rejectedBy?: string;
  readonly rejectReason?: string;
  /** The later handoff of the same task that took its place. */
  readonly supersededBy?: string;
}

export const handoffType: KnotType<"handoff", HandoffProps> = defineType("handoff", {
  fields: lazySchema<HandoffProps>(async () => (await import("./schemas.ts")).handoffSchema),
  text: textOf("instructions", "context", "done", "remaining", "decisions", "uncertain", "questions"),
  endings: true,
  idPrefix: "H",
  enums: { status: handoffStatuses },
  indexes: [["task", "status"], ["toAgent", "status"], ["status", "filedAt"], sourceIndex],
});
