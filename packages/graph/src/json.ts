/** JSON values as stored: what survives `JSON.parse(JSON.stringify(v))` unchanged. See `assertStorable` for what is refused. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue;
}
