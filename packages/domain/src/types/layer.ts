/** The context layer: a section of what an agent is told, and when it is told. */
import { defineType } from "@knotwork/graph";
import { type KnotType, lazySchema } from "./lazy-schema.ts";
import { textOf } from "./searched-text.ts";
import { sourceIndex, type RecordProps } from "./source.ts";

/** The place in this list is the number of the layer: 0 comes first. */
export const layerKinds = ["core", "operational", "contextual", "persona", "ephemeral"] as const;
export type LayerKind = (typeof layerKinds)[number];

/** `always`, `context` (a branch pattern or a module must fit), `user_pref` (a persona must ask for it). */
export const inclusionRules = ["always", "context", "user_pref"] as const;
export type InclusionRule = (typeof inclusionRules)[number];

export const freshnessStatuses = ["fresh", "stale", "regenerating"] as const;
export type FreshnessStatus = (typeof freshnessStatuses)[number];

/** The layer this one was last pulled from, and what it said then. */
export interface LayerOrigin {
  readonly layer: string;
  readonly contentVersion: number;
  readonly contentHash: string;
}

export interface LayerProps extends RecordProps {
  readonly kind: LayerKind;
  /** Names what it is about; the layers of one kind and section are variants of one another. */
  readonly section: string;
  readonly title: string;
  readonly content: string;
  readonly contentHash: string;
  /** Grows by one whenever the content changes. */
  readonly contentVersion: number;
  /** Why the content became what it is. */
  readonly rationale?: string;
  readonly inclusion: InclusionRule;
  readonly freshness: FreshnessStatus;
  /** So long after `regeneratedAt` it is stale; absent: never by age. */
  readonly decayDays?: number;
  readonly regeneratedAt: string;
  readonly regenerationTrigger?: string;
  /** Patterns (fnmatch) of the branches it is for; none: for all. */
  readonly branches?: readonly string[];
  readonly modules?: readonly string[];
  readonly origin?: LayerOrigin;
}

export const layerType: KnotType<"layer", LayerProps> = defineType("layer", {
  fields: lazySchema<LayerProps>(async () => (await import("./schemas.ts")).layerSchema),
  text: textOf("title", "rationale", "content"),
  endings: true,
  idPrefix: "L",
  enums: { kind: layerKinds, inclusion: inclusionRules, freshness: freshnessStatuses },
  indexes: [["kind", "section"], sourceIndex],
});
