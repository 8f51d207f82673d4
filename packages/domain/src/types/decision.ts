/** The decision: what was chosen, and why. What it affects are its JUSTIFIES edges. */
import { defineType } from "@knotwork/graph";
import { type KnotType, lazySchema } from "./lazy-schema.ts";
import { textOf } from "./searched-text.ts";
import { sourceIndex, type RecordProps } from "./source.ts";

export const decisionStatuses = ["proposed", "accepted", "superseded", "retired"] as const;
export type DecisionStatus = (typeof decisionStatuses)[number];

export interface DecisionProps extends RecordProps {
  readonly title: string;
  readonly status: DecisionStatus;
  readonly context?: string;
  readonly rationale?: string;
  readonly alternatives?: readonly string[];
  readonly consequences?: readonly string[];
  readonly tags?: readonly string[];
  /** The decision that took its place. */
  readonly supersededBy?: string;
  readonly retiredReason?: string;
}

export const decisionType: KnotType<"decision", DecisionProps> = defineType("decision", {
  fields: lazySchema<DecisionProps>(async () => (await import("./schemas.ts")).decisionSchema),
  text: textOf("title", "tags", "rationale", "context", "alternatives", "consequences"),
  endings: true,
  idPrefix: "D",
  enums: { status: decisionStatuses },
  indexes: [["status", "filedAt"], sourceIndex],
});
