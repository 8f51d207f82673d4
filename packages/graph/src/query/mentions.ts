/** What it means that an entity mentions a text. */
import type { Entity } from "../entity.ts";
import type { JsonValue } from "../json.ts";

/** Whether the text, which is in lower case, stands in the id or in a string of the props. */
export function isMentioned(entity: Entity, text: string): boolean {
  return entity.id.toLowerCase().includes(text) || Object.values(entity.props).some((value) => holds(value, text));
}

function holds(value: JsonValue | undefined, text: string): boolean {
  if (typeof value === "string") return value.toLowerCase().includes(text);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((child) => holds(child, text));
}
