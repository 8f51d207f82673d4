/** What differs between two states of an entity, field by field. */
import type { JsonValue } from "@knotwork/graph";
import { canonicalJson } from "./canonical-json.ts";

export interface FieldChange {
  readonly field: string;
  /** Absent when the field was not there. */
  readonly from?: JsonValue;
  /** Absent when the field went. */
  readonly to?: JsonValue;
}

type Fields = Readonly<Record<string, JsonValue>>;

/** The fields that differ, those of the state before first, in its order. */
export function fieldChanges(before: Fields, after: Fields): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [from, to] = [before[field], after[field]];
    if (canonicalJson(from) === canonicalJson(to)) continue;
    changes.push({ field, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) });
  }
  return changes;
}
