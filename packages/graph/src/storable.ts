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
  return { value: copier.copy(value, "$"), bytesMax: copier.bytesMax };
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
/** Each takes two bytes at least. */
const nestedCountMax = entityBytesMax / 2;
const loneSurrogate = "the text has a lone surrogate";

/** Where a value stands in what holds it: a name or an index; "$" for the whole. Put together only when it is refused. */
type Step = string | number;

class Copier {
  /** The objects and arrays that hold the value being copied, and the step to each. */
  readonly #ancestors: object[] = [];
  readonly #steps: Step[] = [];
  #nestedCount = 0;
  bytesMax = 0;

  copy(value: unknown, step: Step): JsonValue {
    switch (typeof value) {
      case "string":
        if (!value.isWellFormed()) throw this.#invalid(step, loneSurrogate);
        this.bytesMax += 2 + unitBytesMax * value.length;
        return value;
      case "number":
        this.#assertNumber(value, step);
        this.bytesMax += numberBytesMax;
        return value;
      case "boolean":
        this.bytesMax += numberBytesMax;
        return value;
      case "object":
        if (value !== null) return this.#copyNested(value, step);
        this.bytesMax += numberBytesMax;
        return null;
      default:
        throw this.#invalid(step, `it is ${describe(value)}`);
    }
  }

  #copyNested(value: object, step: Step): JsonValue {
    if (this.#ancestors.includes(value)) throw this.#invalid(step, "it contains itself");
    if (this.#ancestors.length >= depthMax)
      throw limitExceeded(this.#path(step), `it nests deeper than ${depthMax} levels`);
    // A small value that holds itself many times over would be copied for ever before its bytes are counted.
    this.#nestedCount += 1;
    if (this.#nestedCount > nestedCountMax)
      throw limitExceeded(this.#path(step), `it has more than ${nestedCountMax} lists and objects`);
    const isArray = Array.isArray(value);
    const names = isArray ? [] : this.#namesOf(value, step);
    this.#ancestors.push(value);
    this.#steps.push(step);
    const copy = isArray ? this.#copyArray(value) : this.#copyObject(value, names);
    this.#ancestors.pop();
    this.#steps.pop();
    return Object.freeze(copy);
  }

  #copyArray(array: readonly unknown[]): JsonValue {
    if (Object.getPrototypeOf(array) !== Array.prototype) throw invalidValue(this.#path(), "it is not a plain array");
    // Indices come first and in order, so the last one in its place means that all are there; behind them only "length".
    const names = Reflect.ownKeys(array);
    const last = array.length - 1;
    if (names.length !== array.length + 1 || (last >= 0 && names[last] !== String(last)))
      throw invalidValue(this.#path(), "the array has holes or named properties");
    this.bytesMax += 2 + array.length;
    return array.map((element, index) => this.copy(element, index));
  }

  #namesOf(object: object, step: Step): readonly (string | symbol)[] {
    const prototype: unknown = Object.getPrototypeOf(object);
    if (prototype !== Object.prototype && prototype !== null) throw this.#invalid(step, "it is not a plain object");
    const names = Reflect.ownKeys(object);
    if (names.length <= objectKeysMax) return names;
    throw limitExceeded(this.#path(step), `an object has more than ${objectKeysMax} keys`);
  }

  #copyObject(object: object, names: readonly (string | symbol)[]): JsonValue {
    const copy: Record<string, JsonValue> = {};
    for (const name of names) {
      if (typeof name === "symbol") throw invalidValue(this.#path(), "a symbol is no name");
      if (refusedNames.has(name)) throw this.#invalid(name, `${JSON.stringify(name)} is refused as a name`);
      const property = Object.getOwnPropertyDescriptor(object, name);
      if (property === undefined || !("value" in property) || property.enumerable !== true)
        throw this.#invalid(name, "it is a getter or hidden");
      if (!name.isWellFormed()) throw this.#invalid(name, loneSurrogate);
      this.bytesMax += 2 + unitBytesMax * name.length;
      copy[name] = this.copy(property.value, name);
    }
    this.bytesMax += 2 + 2 * names.length;
    return copy;
  }

  #assertNumber(value: number, step: Step): void {
    if (!Number.isFinite(value)) throw this.#invalid(step, `it is ${String(value)}`);
    if (Object.is(value, -0)) throw this.#invalid(step, "it is -0");
    if (Number.isInteger(value) && !Number.isSafeInteger(value))
      throw this.#invalid(step, `${value} is an unsafe integer; store it as text`);
  }

  #invalid(step: Step, what: string): GraphError {
    return invalidValue(this.#path(step), what);
  }

  /** The way to a step inside the innermost object or array; without one, to that object or array. */
  #path(step?: Step): string {
    const steps = step === undefined ? this.#steps : [...this.#steps, step];
    return steps
      .map((each, index) => (index === 0 ? String(each) : typeof each === "number" ? `[${each}]` : `.${each}`))
      .join("");
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
