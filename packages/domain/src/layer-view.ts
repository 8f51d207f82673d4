/** A layer as the domain gives it out: with its number, and how fresh it is now. */
import { createHash } from "node:crypto";
import type { Clock, Entity } from "@knotwork/graph";
import { layerKinds, type LayerProps } from "./types/layer.ts";
import { type View, viewOf } from "./view.ts";

export type Layer = View<LayerProps> & {
  /** 0 core, 1 operational, 2 contextual, 3 persona, 4 ephemeral. */
  readonly number: number;
  /** When it is stale by age; absent: never. `freshness` tells whether it is so now. */
  readonly decaysAt?: string;
};

const dayMs = 24 * 60 * 60_000;

export function layerView(clock: Clock, entity: Entity<LayerProps>): Layer {
  const { kind, freshness, decayDays, regeneratedAt } = entity.props;
  const decaysMs = decayDays === undefined ? undefined : Date.parse(regeneratedAt) + decayDays * dayMs;
  const decayed = decaysMs !== undefined && clock.nowMs() >= decaysMs;
  return Object.freeze({
    ...viewOf(entity),
    freshness: freshness === "fresh" && decayed ? "stale" : freshness,
    number: numberOf(kind),
    ...(decaysMs === undefined ? {} : { decaysAt: new Date(decaysMs).toISOString() }),
  });
}

export function numberOf(kind: LayerProps["kind"]): number {
  return layerKinds.indexOf(kind);
}

/** Layers of one kind and section are variants of one another. */
export function slotOf({ kind, section }: Pick<LayerProps, "kind" | "section">): string {
  return `${kind}/${section}`;
}

export function hashContent(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}

/** In the order they are read: by number, section, age. */
export function byPlace(a: Entity<LayerProps>, b: Entity<LayerProps>): number {
  return (
    numberOf(a.props.kind) - numberOf(b.props.kind) ||
    compareText(a.props.section, b.props.section) ||
    compareText(a.props.filedAt, b.props.filedAt) ||
    compareText(a.id, b.id)
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
