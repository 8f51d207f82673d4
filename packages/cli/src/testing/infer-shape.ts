/** The shape that all samples have, in the notation of shape.ts; and what of a value does not fit a schema. */
import type { JsonSchema } from "../shape.ts";

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const promised: ReadonlySet<string> = new Set(
  "id type version title status priority items task from to seq time author fence expiresAt code me cursor cut dryRun".split(
    " ",
  ),
);
const ORDER = ["text", "time", "integer", "number", "boolean", "null"];

export function inferShape(samples: readonly unknown[]): string {
  const shapes = new Set<string>();
  const lists: unknown[] = [];
  const objects: Readonly<Record<string, unknown>>[] = [];
  for (const sample of samples) {
    if (Array.isArray(sample)) lists.push(sample);
    else if (typeof sample === "object" && sample !== null) objects.push(sample as Readonly<Record<string, unknown>>);
    else shapes.add(scalarShape(sample));
  }
  if (shapes.has("number")) shapes.delete("integer");
  if (shapes.has("text")) shapes.delete("time");
  const names = ORDER.filter((name) => shapes.has(name));
  if (objects.length > 0) names.unshift(objectShape(objects));
  if (lists.length > 0) names.unshift(`[${inferShape(lists.flat())}]`);
  return names.length === 0 ? "any" : names.join("|");
}

function objectShape(samples: readonly Readonly<Record<string, unknown>>[]): string {
  const names = [...new Set(samples.flatMap((sample) => Object.keys(sample)))];
  const fields = names.map((name) => {
    const having = samples.filter((sample) => Object.hasOwn(sample, name));
    const label = /^[A-Za-z_$][\w$.-]*$/.test(name) ? name : JSON.stringify(name);
    // What samples have may be missing from the next answer: only names that stand for identity and state are promised.
    const isPromised = promised.has(name) && having.length === samples.length;
    return `${label}${isPromised ? "" : "?"}:${inferShape(having.map((sample) => sample[name]))}`;
  });
  return `{${fields.join(",")}}`;
}

function scalarShape(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  if (typeof value === "boolean") return "boolean";
  return typeof value === "string" && TIME.test(value) ? "time" : "text";
}

/** Where a value does not fit; empty when it does. Knows the part of JSON Schema that shapes use. */
export function misfits(value: unknown, schema: JsonSchema, at = "data"): readonly string[] {
  const anyOf = schema["anyOf"] as readonly JsonSchema[] | undefined;
  if (anyOf !== undefined) {
    return anyOf.some((each) => misfits(value, each, at).length === 0) ? [] : [`${at} fits no alternative`];
  }
  const type = schema["type"];
  if (type === undefined) return [];
  const actual = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  const fits = actual === type || (actual === "number" && type === "integer" && Number.isInteger(value));
  if (!fits) return [`${at} is ${actual}, not ${JSON.stringify(type)}`];
  if (type === "array") {
    const items = schema["items"] as JsonSchema;
    return (value as readonly unknown[]).flatMap((item, index) => misfits(item, items, `${at}[${index}]`));
  }
  if (type !== "object") return [];
  const object = value as Readonly<Record<string, unknown>>;
  const required = (schema["required"] ?? []) as readonly string[];
  const properties = schema["properties"] as Readonly<Record<string, JsonSchema>>;
  return [
    ...required.filter((name) => !Object.hasOwn(object, name)).map((name) => `${at}.${name} is missing`),
    ...Object.entries(properties).flatMap(([name, property]) =>
      Object.hasOwn(object, name) ? misfits(object[name], property, `${at}.${name}`) : [],
    ),
  ];
}
