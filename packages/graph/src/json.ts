/** JSON values as stored: what survives `JSON.parse(JSON.stringify(v))` unchanged. See `assertStorable` for what is refused. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** Whether two JSON values are the same, whatever the order of names. */
export function isJsonEqual(a: JsonValue, b: JsonValue): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return (a as readonly JsonValue[]).every((element, index) => isJsonEqual(element, b[index] as JsonValue));
  }
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every(
    (name) =>
      Object.hasOwn(b, name) && isJsonEqual((a as JsonObject)[name] as JsonValue, (b as JsonObject)[name] as JsonValue),
  );
}
