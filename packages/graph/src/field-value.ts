/** Where the value of a field is found in the props of an entity. */
import type { JsonObject, JsonValue } from "./json.ts";

/**
 * The value of a field: the property of that name, else, for a dotted name, the one found by walking down. `undefined`
 * when there is none.
 */
export function fieldValue(props: JsonObject, field: string): JsonValue | undefined {
  if (Object.hasOwn(props, field)) return props[field];
  if (!field.includes(".")) return undefined;
  let value: JsonValue | undefined = props;
  for (const name of field.split(".")) {
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
