/**
 * The way from a task back to the decisions behind it: up through what contains it, on to what superseded them, and back to
 * the decisions that they follow from themselves.
 */
import type { Entity } from "@knotwork/graph";
import type { Reader } from "./reader.ts";
import { containingTypes } from "./relations.ts";
import type { DecisionProps } from "./types/decision.ts";
import { ofType } from "./typed-entity.ts";

export interface Reason {
  readonly decision: Entity<DecisionProps>;
  /** The thing asked about, a container of it, or a decision that is behind it. */
  readonly affects: string;
  readonly supersedes?: string;
}

/** The decisions that affect an entity or its containers, nearest first, each followed by those that took its place. */
export async function decisionsBehind(reader: Reader, id: string): Promise<readonly Reason[]> {
  const reasons = new Map<string, Reason>();
  for (const affected of await withContainers(reader, id)) {
    for (const edge of await reader.edges({ to: affected, type: "JUSTIFIES" })) {
      const decision = ofType(await reader.get(edge.from), "decision");
      if (decision === undefined || reasons.has(decision.id)) continue;
      await addWithSuccessors(reader, reasons, { decision, affects: affected });
    }
  }
  // A map hands out what is added while it is walked through: the chain is followed to its beginning.
  for (const found of reasons.keys()) {
    for (const edge of await reader.edges({ to: found, type: "JUSTIFIES" })) {
      const decision = ofType(await reader.get(edge.from), "decision");
      if (decision === undefined || reasons.has(decision.id)) continue;
      await addWithSuccessors(reader, reasons, { decision, affects: found });
    }
  }
  return [...reasons.values()];
}

/** The entity, then its parents, epics and sprints, then theirs. */
async function withContainers(reader: Reader, id: string): Promise<ReadonlySet<string>> {
  const found = new Set([id]);
  // A set hands out what is added while it is walked through.
  for (const contained of found) {
    for (const type of containingTypes) {
      for (const edge of await reader.edges({ to: contained, type })) found.add(edge.from);
    }
  }
  return found;
}

async function addWithSuccessors(reader: Reader, reasons: Map<string, Reason>, first: Reason): Promise<void> {
  let reason: Reason | undefined = first;
  while (reason !== undefined && !reasons.has(reason.decision.id)) {
    reasons.set(reason.decision.id, reason);
    reason = await successorOf(reader, reason);
  }
}

async function successorOf(reader: Reader, { decision, affects }: Reason): Promise<Reason | undefined> {
  const { supersededBy } = decision.props;
  const successor = supersededBy === undefined ? undefined : ofType(await reader.get(supersededBy), "decision");
  return successor === undefined ? undefined : { decision: successor, affects, supersedes: decision.id };
}
