/** Texts of the command line to values: each function gives a value that is right, or says what a right one looks like. */
import type { JsonObject } from "@knotwork/graph";
import { CliError } from "../cli-error.ts";

/** What scripts pass when the value they meant to pass was missing. */
const SENTINELS: ReadonlySet<string> = new Set(["null", "undefined", "nan", "none", "[object object]"]);

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const DURATION = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export function invalid(label: string, value: string, state: string, hint: string): CliError {
  return new CliError("INVALID_ARGUMENT", `Cannot use ${JSON.stringify(value)} as ${label}: ${state}`, {
    hint,
    context: { argument: label, value },
  });
}

/** A text that says something: not empty, and none of the words that stand for a missing value. */
export function parseText(label: string, value: string): string {
  if (value.trim() === "") throw invalid(label, value, "it is empty", `Give a text for ${label}.`);
  if (SENTINELS.has(value.trim().toLowerCase())) {
    throw invalid(label, value, "it looks like a value that was missing", `Check how the text for ${label} was made.`);
  }
  return value;
}

/** An id, or the end of one. */
export function parseId(label: string, value: string): string {
  parseText(label, value);
  if (!ID.test(value)) {
    throw new CliError("INVALID_ID", `Cannot use ${JSON.stringify(value)} as ${label}: it is no id`, {
      hint: "An id has letters, digits, dots, dashes and underscores, such as T-01KAF…; the last six or more characters will do.",
      context: { argument: label, value },
    });
  }
  return value;
}

export function parseChoice<Choice extends string>(label: string, value: string, choices: readonly Choice[]): Choice {
  const wanted = value.toLowerCase().replaceAll("-", "_");
  const found = choices.find((choice) => choice.toLowerCase().replaceAll("-", "_") === wanted);
  if (found !== undefined) return found;
  throw invalid(label, value, "it is none of the values", `Use one of: ${choices.join(", ")}.`);
}

export function parseInteger(label: string, value: string, { min, max }: { min: number; max: number }): number {
  const number = /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw invalid(label, value, "it is no number in range", `Give a whole number from ${min} to ${max}.`);
}

export function parseNumber(label: string, value: string): number {
  const number = /^-?\d{1,12}(?:\.\d{1,9})?$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isFinite(number)) return number;
  throw invalid(label, value, "it is no number", "Give a number such as 3 or 0.5.");
}

/** `90s`, `10m`, `500ms`, `1.5h`, `1d` in milliseconds. A bare number is refused: nobody can know its unit. */
export function parseDurationMs(label: string, value: string): number {
  const match = DURATION.exec(value);
  const unit = UNIT_MS[match?.[2] ?? ""];
  if (match === null || unit === undefined || Number(match[1]) === 0) {
    throw invalid(label, value, "it is no duration", "Give a number with a unit: 500ms, 90s, 10m, 2h or 1d.");
  }
  return Math.round(Number(match[1]) * unit);
}

export function parseJson(label: string, value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch (error) {
    throw new CliError("INVALID_ARGUMENT", `Cannot use the text as ${label}: it is no JSON`, {
      hint: `Quote it for the shell, for example '{"key":"value"}'.`,
      context: { argument: label },
      cause: error,
    });
  }
}

export function parseJsonObject(label: string, value: string): JsonObject {
  const parsed = parseJson(label, value);
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed as JsonObject;
  throw invalid(label, value, "it is no JSON object", `Write one, for example '{"key":"value"}'.`);
}

/** `field=text` or `field:=json`. */
export function parseAssignment(label: string, value: string): readonly [name: string, value: unknown] {
  const match = /^([A-Za-z][A-Za-z0-9_]*)(:?=)([\s\S]*)$/.exec(value);
  const [, name, operator, text] = match ?? [];
  if (name === undefined || text === undefined) {
    throw invalid(
      label,
      value,
      "it is no assignment",
      "Write field=text, or field:=json for numbers, lists and objects.",
    );
  }
  if (operator === ":=") return [name, parseJson(`the value of ${name}`, text)];
  return [name, parseText(`the value of ${name}`, text)];
}
