/** The phases of an epic, whoever wrote them: other systems call the place of a phase its number. */
import type { JsonObject, JsonValue } from "@knotwork/graph";
import { type PhaseStatus, phaseStatuses } from "./types/epic.ts";

export interface EpicPhase {
  readonly name: string;
  readonly status: PhaseStatus;
  /** Its place, counted from 1. */
  readonly order: number;
  readonly description?: string;
  /** Ids of the sprints that belong to it. */
  readonly sprints: readonly string[];
}

/** In their order. */
export function readPhases(stored: readonly JsonObject[]): readonly EpicPhase[] {
  const phases = stored.map((phase, index) => readPhase(phase, index + 1));
  return phases.sort((a, b) => a.order - b.order);
}

/** The phase as stored; what another system kept beside stays. */
export function writePhase(phase: EpicPhase, before: JsonObject = {}): JsonObject {
  const { number: _number, ...rest } = before;
  return { ...rest, ...phase, sprints: [...phase.sprints] };
}

export function phaseIndex(stored: readonly JsonObject[], name: string): number {
  return stored.findIndex((phase, index) => readPhase(phase, index + 1).name.toLowerCase() === name.toLowerCase());
}

export function readPhase(phase: JsonObject, place: number): EpicPhase {
  const { name, title, status, order, number, description, sprints } = phase;
  const given = [order, number].find((value): value is number => typeof value === "number");
  return {
    name: firstText(name, title) ?? `phase ${place}`,
    status: phaseStatuses.find((each) => each === status) ?? "pending",
    order: given ?? place,
    ...(typeof description === "string" && description !== "" ? { description } : {}),
    sprints: Array.isArray(sprints) ? sprints.filter((each): each is string => typeof each === "string") : [],
  };
}

function firstText(...values: readonly (JsonValue | undefined)[]): string | undefined {
  return values.find((value): value is string => typeof value === "string" && value !== "");
}
