/**
 * Reads a foreign record field by field. What is asked for and fits is taken; all that is left at the end is kept under
 * `extra`. An empty value (null, "", [], {}) is absence.
 */
import type { JsonObject, JsonValue } from "@knotwork/graph";
import type { ImportLedger } from "./import-report.ts";

export class RecordReader {
  readonly #left: Map<string, JsonValue>;

  constructor(record: JsonObject) {
    this.#left = new Map(Object.entries(record).filter(([, value]) => !isEmpty(value)));
  }

  /** Any text. */
  text(field: string): string | undefined {
    return this.#take(field, (value): value is string => typeof value === "string");
  }

  /** A text that fits where names go: one line of at most 200 characters. */
  name(field: string): string | undefined {
    return this.#take(field, isName);
  }

  names(field: string): readonly string[] | undefined {
    return this.#take(field, (value): value is readonly string[] => Array.isArray(value) && value.every(isName));
  }

  texts(field: string): readonly string[] | undefined {
    const isTexts = (value: JsonValue): value is readonly string[] =>
      Array.isArray(value) && value.every((each) => typeof each === "string");
    return this.#take(field, isTexts);
  }

  /** A number of at least 0. */
  amount(field: string): number | undefined {
    return this.#take(field, (value): value is number => typeof value === "number" && value >= 0);
  }

  /** A whole number of at least 0. */
  count(field: string): number | undefined {
    return this.#take(field, (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0);
  }

  /** A time with any offset, as an instant in UTC with the fraction it had. */
  instant(field: string): string | undefined {
    const taken = this.#take(
      field,
      (value): value is string => typeof value === "string" && toInstant(value) !== undefined,
    );
    return taken === undefined ? undefined : toInstant(taken);
  }

  object(field: string): JsonObject | undefined {
    return this.#take(field, isObject);
  }

  list(field: string): readonly JsonValue[] | undefined {
    return this.#take(field, (value): value is readonly JsonValue[] => Array.isArray(value));
  }

  /** One of the keys of a table, as the table translates it. */
  oneOf<T>(field: string, table: Readonly<Record<string, T>>): T | undefined {
    const key = this.#take(
      field,
      (value): value is string | number =>
        (typeof value === "string" || typeof value === "number") && Object.hasOwn(table, String(value)),
    );
    return key === undefined ? undefined : table[String(key)];
  }

  /** Leaves a field to `extra` although it was taken: its translation says less than it. */
  putBack(field: string, value: JsonValue): void {
    this.#left.set(field, value);
  }

  /** What nobody asked for, or what did not fit. */
  left(): JsonObject | undefined {
    return this.#left.size === 0 ? undefined : Object.fromEntries(this.#left);
  }

  /** The same, tallied as `<kind>.<field>`. */
  rest(kind: string, ledger: ImportLedger): JsonObject | undefined {
    for (const field of this.#left.keys()) ledger.kept(`${kind}.${field}`);
    return this.left();
  }

  #take<T extends JsonValue>(field: string, fits: (value: JsonValue) => value is T): T | undefined {
    const value = this.#left.get(field);
    if (value === undefined || !fits(value)) return undefined;
    this.#left.delete(field);
    return value;
  }
}

const timePattern = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)$/;

/** A time with an offset as an instant in UTC, with the fraction it had; undefined when it is none. */
export function toInstant(text: string): string | undefined {
  const [, date, time, fraction = "", offset] = timePattern.exec(text) ?? [];
  if (offset === undefined) return undefined;
  const colon = offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset;
  const ms = Date.parse(`${date}T${time}${colon}`);
  return Number.isNaN(ms) ? undefined : `${new Date(ms).toISOString().slice(0, 19)}${fraction}Z`;
}

/** The object without the fields that are undefined. */
export function present<T extends object>(fields: T): { readonly [Field in keyof T]: Exclude<T[Field], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    readonly [Field in keyof T]: Exclude<T[Field], undefined>;
  };
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEmpty(value: JsonValue): boolean {
  if (value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function isName(value: JsonValue): value is string {
  return typeof value === "string" && value.length <= 200 && value.trim() !== "" && !/\p{Cc}/u.test(value);
}
