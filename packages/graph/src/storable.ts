/**
 * What may be stored: JSON that survives a round trip unchanged, within the limits. Whatever does not is refused, never
 * changed: NaN, -0, undefined, unsafe integers, lone surrogates, cycles, holes, anything that is not plain data, and the
 * names `__proto__`, `constructor` and `prototype`.
 */
import { GraphError } from "./graph-error.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { depthMax, entityBytesMax, objectKeysMax } from "./limits.ts";

/** A frozen copy of a value, and an upper bound of the bytes of its JSON text. */
export interface StorableCopy<Value extends JsonValue = JsonValue> {
  readonly value: Value;
  readonly bytesMax: number;
}

/** @throws GraphError INVALID_VALUE, LIMIT_EXCEEDED; `context.path` says where. */
export function assertStorable(value: unknown): asserts value is JsonValue {
  copyStorable(value);
}

/**
 * A deep-frozen copy that shares nothing with `value`.
 * @throws GraphError INVALID_VALUE, LIMIT_EXCEEDED; `context.path` says where.
 */
export function copyStorable(value: unknown): StorableCopy {
  const copier = new Copier();
  return { value: copier.copy(value, "$", 0), bytesMax: copier.bytesMax };
}

/**
 * The same for the props of an entity: an object of at most 1 MiB of JSON text.
 * @throws GraphError INVALID_VALUE, LIMIT_EXCEEDED; `context.path` says where.
 */
export function copyProps(props: unknown): StorableCopy<JsonObject> {
  if (typeof props !== "object" || props === null || Array.isArray(props)) {
    throw invalidValue("$", `props must be an object, not ${describe(props)}`);
  }
  const { value, bytesMax } = copyStorable(props);
  const bytes = jsonBytes(value, bytesMax, entityBytesMax);
  if (bytes > entityBytesMax) {
    throw new GraphError("LIMIT_EXCEEDED", `Cannot store an entity of ${bytes} bytes: the limit is ${entityBytesMax}`, {
      hint: "Store large text in a file and keep its path, or split the entity.",
      context: { path: "$", bytes, limit: entityBytesMax },
    });
  }
  return { value: value as JsonObject, bytesMax: bytes };
}

/** The bytes of a value's JSON text: exact when the bound does not already show that they are below `limit`. */
export function jsonBytes(value: JsonValue, bytesMax: number, limit: number): number {
  return bytesMax <= limit ? bytesMax : Buffer.byteLength(JSON.stringify(value));
}

export function invalidValue(path: string, what: string): GraphError {
  return new GraphError("INVALID_VALUE", `Cannot store the value at ${path}: ${what}`, {
    hint: "Only JSON that survives a round trip unchanged is stored.",
    context: { path },
  });
}

const refusedNames: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);
/** The longest text of a number or a word, and of a UTF-16 unit in a string (\uXXXX). */
const numberBytesMax = 25;
const unitBytesMax = 6;

class Copier {
  readonly #ancestors = new Set<object>();
  bytesMax = 0;

  copy(value: unknown, path: string, depth: number): JsonValue {
    switch (typeof value) {
      case "string":
        this.#countText(value, path);
        return value;
      case "number":
        assertNumber(value, path);
        this.bytesMax += numberBytesMax;
        return value;
      case "boolean":
        this.bytesMax += numberBytesMax;
        return value;
      case "object":
        if (value !== null) return this.#copyNested(value, path, depth + 1);
        this.bytesMax += numberBytesMax;
        return null;
      default:
        throw invalidValue(path, `it is ${describe(value)}`);
    }
  }

  #copyNested(value: object, path: string, depth: number): JsonValue {
    if (this.#ancestors.has(value)) throw invalidValue(path, "it contains itself");
    if (depth > depthMax) throw limitExceeded(path, `it nests deeper than ${depthMax} levels`);
    this.#ancestors.add(value);
    const copy = Array.isArray(value) ? this.#copyArray(value, path, depth) : this.#copyObject(value, path, depth);
    this.#ancestors.delete(value);
    return Object.freeze(copy);
  }

  #copyArray(array: readonly unknown[], path: string, depth: number): JsonValue {
    if (Object.keys(array).length !== array.length) throw invalidValue(path, "the array has holes or named properties");
    this.bytesMax += 2 + array.length;
    return array.map((element, i) => this.copy(element, `${path}[${i}]`, depth));
  }

  #copyObject(object: object, path: string, depth: number): JsonValue {
    const prototype: unknown = Object.getPrototypeOf(object);
    if (prototype !== Object.prototype && prototype !== null) throw invalidValue(path, "it is not a plain object");
    const names = Reflect.ownKeys(object);
    if (names.length > objectKeysMax) throw limitExceeded(path, `an object has more than ${objectKeysMax} keys`);
    const copy: Record<string, JsonValue> = {};
    for (const name of names) {
      if (typeof name === "symbol") throw invalidValue(path, "a symbol is no name");
      if (refusedNames.has(name)) throw invalidValue(`${path}.${name}`, `${JSON.stringify(name)} is refused as a name`);
      const property = Object.getOwnPropertyDescriptor(object, name);
      if (property === undefined || !("value" in property) || property.enumerable !== true) {
        throw invalidValue(`${path}.${name}`, "it is a getter or hidden");
      }
      this.#countText(name, `${path}.${name}`);
      copy[name] = this.copy(property.value, `${path}.${name}`, depth);
    }
    this.bytesMax += 2 + 2 * names.length;
    return copy;
  }

  #countText(text: string, path: string): void {
    if (!text.isWellFormed()) throw invalidValue(path, "the text has a lone surrogate");
    this.bytesMax += 2 + unitBytesMax * text.length;
  }
}

function assertNumber(value: number, path: string): void {
  if (!Number.isFinite(value)) throw invalidValue(path, `it is ${String(value)}`);
  if (Object.is(value, -0)) throw invalidValue(path, "it is -0");
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw invalidValue(path, `${value} is an unsafe integer; store it as text`);
  }
}

function limitExceeded(path: string, what: string): GraphError {
  return new GraphError("LIMIT_EXCEEDED", `Cannot store the value at ${path}: ${what}`, {
    hint: "Split the value over several entities.",
    context: { path },
  });
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (value === undefined) return "undefined";
  return `a ${typeof value}`;
}
