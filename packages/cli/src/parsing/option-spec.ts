/** The kinds of options and arguments that commands declare. */
import type { JsonObject } from "@knotwork/graph";
import { CliError } from "../cli-error.ts";
import type { ArgumentSpec, OptionSpec, RawOption } from "../command.ts";
import {
  parseAssignment,
  parseChoice,
  parseDurationMs,
  parseId,
  parseInteger,
  parseJsonObject,
  parseNumber,
  parseText,
} from "./values.ts";

type Extra = Pick<OptionSpec<unknown>, "misspellings">;

/** A flag: true when given. */
export function flag(flags: string, summary: string, extra: Extra = {}): OptionSpec<boolean> {
  return { flags, summary, arity: "flag", ...extra, read: (raw) => raw === true };
}

export function textOption(flags: string, summary: string, extra: Extra = {}): OptionSpec<string | undefined> {
  return single(flags, summary, extra, parseText);
}

/** A text of any length; `-` reads it from standard input. */
export function longTextOption(flags: string, summary: string, extra: Extra = {}): OptionSpec<string | undefined> {
  return { ...textOption(flags, `${summary} (- reads standard input)`, extra), longText: true };
}

export function requiredText(flags: string, summary: string, extra: Extra = {}): OptionSpec<string> {
  return required(textOption(flags, summary, extra));
}

export function idOption(flags: string, summary: string, extra: Extra = {}): OptionSpec<string | undefined> {
  return single(flags, summary, extra, parseId);
}

export function choiceOption<Choice extends string>(
  flags: string,
  summary: string,
  choices: readonly Choice[],
  extra: Extra = {},
): OptionSpec<Choice | undefined> {
  return single(flags, `${summary} (${choices.join(", ")})`, extra, (label, value) =>
    parseChoice(label, value, choices),
  );
}

/** A choice that may be repeated or comma-separated. */
export function choicesOption<Choice extends string>(
  flags: string,
  summary: string,
  choices: readonly Choice[],
  extra: Extra = {},
): OptionSpec<readonly Choice[] | undefined> {
  return several(flags, `${summary} (${choices.join(", ")})`, extra, ",", (label, value) =>
    parseChoice(label, value, choices),
  );
}

export function integerOption(
  flags: string,
  summary: string,
  range: { readonly min: number; readonly max: number },
  extra: Extra = {},
): OptionSpec<number | undefined> {
  return single(flags, summary, extra, (label, value) => parseInteger(label, value, range));
}

export function numberOption(flags: string, summary: string, extra: Extra = {}): OptionSpec<number | undefined> {
  return single(flags, summary, extra, parseNumber);
}

export function durationOption(flags: string, summary: string, extra: Extra = {}): OptionSpec<number | undefined> {
  return single(flags, summary, extra, parseDurationMs);
}

export function jsonObjectOption(
  flags: string,
  summary: string,
  extra: Extra = {},
): OptionSpec<JsonObject | undefined> {
  return single(flags, summary, extra, parseJsonObject);
}

/** Ids: repeated or comma-separated. */
export function idsOption(
  flags: string,
  summary: string,
  extra: Extra = {},
): OptionSpec<readonly string[] | undefined> {
  return several(flags, summary, extra, ",", parseId);
}

/** Words: repeated or comma-separated. */
export function wordsOption(
  flags: string,
  summary: string,
  extra: Extra = {},
): OptionSpec<readonly string[] | undefined> {
  return several(flags, summary, extra, ",", parseText);
}

/** Sentences: repeated, never split. */
export function textsOption(
  flags: string,
  summary: string,
  extra: Extra = {},
): OptionSpec<readonly string[] | undefined> {
  return several(flags, summary, extra, undefined, parseText);
}

/** `--set field=value`, repeated. The same field twice is refused. */
export function assignmentsOption(flags: string, summary: string): OptionSpec<Readonly<Record<string, unknown>>> {
  return {
    flags,
    summary,
    arity: "many",
    read: (raw) => {
      const values = new Map<string, unknown>();
      for (const part of listOf(raw)) {
        const [name, value] = parseAssignment(labelOf(flags), part);
        if (values.has(name)) {
          throw new CliError("REPEATED_OPTION", `Cannot set "${name}" twice: one of the values would be lost`, {
            hint: "Give each field once.",
            context: { field: name },
          });
        }
        values.set(name, value);
      }
      return Object.fromEntries(values);
    },
  };
}

export function required<Value>(spec: OptionSpec<Value | undefined>): OptionSpec<Value> {
  return {
    ...spec,
    read: (raw) => {
      const value = spec.read(raw);
      if (value !== undefined) return value;
      throw new CliError("MISSING_ARGUMENT", `Cannot run the command: ${labelOf(spec.flags)} is missing`, {
        hint: `Add ${spec.flags.replace(/^-\w, /, "")}: ${spec.summary}.`,
        context: { option: labelOf(spec.flags) },
      });
    },
  };
}

export function withDefault<Value>(spec: OptionSpec<Value | undefined>, value: Value): OptionSpec<Value> {
  return { ...spec, read: (raw) => spec.read(raw) ?? value };
}

export function idArgument(name: string, summary: string): ArgumentSpec<string> {
  return { name, summary, arity: "required", read: (raw) => parseId(`<${name}>`, requiredRaw(raw, name)) };
}

export function textArgument(name: string, summary: string): ArgumentSpec<string> {
  return { name, summary, arity: "required", read: (raw) => parseText(`<${name}>`, requiredRaw(raw, name)) };
}

export function optionalIdArgument(name: string, summary: string): ArgumentSpec<string | undefined> {
  return {
    name,
    summary,
    arity: "optional",
    read: (raw) => (typeof raw === "string" ? parseId(`<${name}>`, raw) : undefined),
  };
}

export function optionalTextArgument(name: string, summary: string): ArgumentSpec<string | undefined> {
  return {
    name,
    summary,
    arity: "optional",
    read: (raw) => (typeof raw === "string" ? parseText(`<${name}>`, raw) : undefined),
  };
}

/** One id or more. */
export function idsArgument(name: string, summary: string): ArgumentSpec<readonly string[]> {
  return {
    name,
    summary,
    arity: "many",
    read: (raw) => {
      const ids = listOf(raw);
      if (ids.length === 0) return [requiredRaw(undefined, name)];
      return ids.map((id) => parseId(`<${name}>`, id));
    },
  };
}

/** Texts, none among them. */
export function textsArgument(name: string, summary: string): ArgumentSpec<readonly string[]> {
  return { name, summary, arity: "many", read: (raw) => listOf(raw).map((text) => parseText(`<${name}>`, text)) };
}

/** The long name: `--status` of `-s, --status <status>`. */
export function labelOf(flags: string): string {
  return /--[a-z][a-z-]*/.exec(flags)?.[0] ?? flags;
}

function single<Value>(
  flags: string,
  summary: string,
  extra: Extra,
  parse: (label: string, value: string) => Value,
): OptionSpec<Value | undefined> {
  const read = (raw: RawOption): Value | undefined =>
    typeof raw === "string" ? parse(labelOf(flags), raw) : undefined;
  return { flags, summary, arity: "one", ...extra, read };
}

function several<Value>(
  flags: string,
  summary: string,
  extra: Extra,
  separator: string | undefined,
  parse: (label: string, value: string) => Value,
): OptionSpec<readonly Value[] | undefined> {
  const read = (raw: RawOption): readonly Value[] | undefined => {
    if (raw === undefined) return undefined;
    const parts = listOf(raw).flatMap((part) => (separator === undefined ? [part] : part.split(separator)));
    return parts.map((part) => parse(labelOf(flags), separator === undefined ? part : part.trim()));
  };
  return { flags, summary, arity: "many", ...extra, read };
}

function listOf(raw: RawOption): readonly string[] {
  return Array.isArray(raw) ? (raw as readonly string[]) : typeof raw === "string" ? [raw] : [];
}

function requiredRaw(raw: RawOption, name: string): string {
  if (typeof raw === "string") return raw;
  throw new CliError("MISSING_ARGUMENT", `Cannot run the command: <${name}> is missing`, {
    hint: `Give <${name}>; see --help.`,
    context: { argument: name },
  });
}
