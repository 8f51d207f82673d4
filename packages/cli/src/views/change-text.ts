/** Changes of fields, as people read them: in a line. */
import type { FieldChange } from "@knotwork/domain";

export function changeText({ field, from, to }: FieldChange): string {
  if (to === undefined) return `${field} removed`;
  const after = valueText(to);
  return from === undefined ? `${field}: ${after}` : `${field}: ${valueText(from)} → ${after}`;
}

export function changesText(changes: readonly FieldChange[]): string {
  return changes.map(changeText).join("; ");
}

function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
