/**
 * The words of a command line to a command and its raw values. Commander does the splitting; it neither prints nor exits
 * here, and each of its complaints becomes a CliError with a code and the right spelling.
 */
import { Command as Splitter, CommanderError, Option } from "commander";
import { CliError } from "../cli-error.ts";
import type { Command, OptionSpec, RawInput, RawOption } from "../command.ts";
import type { CommandEntry } from "../command-entry.ts";
import { commandTable, type CommandGroup } from "../command-table.ts";
import { findCommand } from "./find-command.ts";
import { type GlobalOptions, globalOptionSpecs, helpSpec, readGlobalOptions, versionSpec } from "./global-options.ts";
import { nearest } from "./near-miss.ts";
import { asksToBeAsked, synonymAmong } from "./option-synonyms.ts";
import { labelOf } from "./option-spec.ts";

export type Invocation =
  | { readonly kind: "run"; readonly command: Command; readonly raw: RawInput; readonly globals: GlobalOptions }
  | { readonly kind: "help"; readonly topic: CommandEntry | CommandGroup | undefined }
  | { readonly kind: "reference" }
  | { readonly kind: "version" };

/** @throws CliError UNKNOWN_COMMAND, UNKNOWN_OPTION, MISSING_ARGUMENT, EXCESS_ARGUMENT, REPEATED_OPTION, INVALID_ARGUMENT */
export async function parseCommandLine(argv: readonly string[]): Promise<Invocation> {
  const asksForHelp = argv[0] === "help";
  if (asksForHelp && argv.includes("--all")) return { kind: "reference" };
  const found = findCommand(asksForHelp ? argv.slice(1) : argv);
  const wishes = new Set(beforeSeparator(found.rest));
  if (asksForHelp || wishes.has("--help") || wishes.has("-h")) {
    return {
      kind: "help",
      topic: found.kind === "command" ? found.entry : found.kind === "group" ? found.group : undefined,
    };
  }
  if (found.kind === "command") {
    const command = await found.entry.load();
    const { raw, globals } = split(command, found.rest);
    return { kind: "run", command, raw, globals: readGlobalOptions(globals) };
  }
  if (wishes.has("--version") || wishes.has("-V")) return { kind: "version" };
  if (found.kind === "none") return { kind: "help", topic: undefined };
  throw new CliError("MISSING_ARGUMENT", `Cannot run "${found.group.name}": it needs a command`, {
    hint: `Use one of: ${namesIn(found.group)}.`,
    context: { command: found.group.name },
  });
}

interface Split {
  readonly raw: RawInput;
  readonly globals: RawInput["options"];
}

function split(command: Command, words: readonly string[]): Split {
  const specs = { ...globalOptionSpecs, ...command.options, help: helpSpec, version: versionSpec };
  const labels = new Set(Object.values(specs).map(({ flags }) => labelOf(flags)));
  const splitter = new Splitter(command.path)
    .exitOverride()
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined, outputError: () => undefined })
    .helpOption(false)
    .showSuggestionAfterError(false)
    .allowExcessArguments(false);
  const options: [key: string, spec: OptionSpec<unknown>, option: Option][] = [];
  for (const [key, spec] of Object.entries(specs)) {
    const option = collecting(spec, labels);
    splitter.addOption(option);
    options.push([key, spec, option]);
  }
  const args = Object.entries(command.args);
  for (const [, { name, arity }] of args) splitter.argument(arity === "many" ? `[${name}...]` : `[${name}]`);
  try {
    splitter.parse(words, { from: "user" });
  } catch (error) {
    throw error instanceof CommanderError ? complaint(error, command, specs) : error;
  }
  const values: Record<string, unknown> = splitter.opts();
  const rawOptions: Record<string, RawOption> = {};
  for (const [key, spec, option] of options) rawOptions[key] = rawOf(spec, values[option.attributeName()]);
  const rawArgs = Object.fromEntries(args.map(([key], index) => [key, splitter.processedArgs[index] as RawOption]));
  const globals = Object.fromEntries(Object.keys(globalOptionSpecs).map((key) => [key, rawOptions[key]]));
  return { raw: { args: rawArgs, options: rawOptions }, globals };
}

/** A single-valued option given twice is refused: one of the values would be lost without a word. */
function collecting(spec: OptionSpec<unknown>, labels: ReadonlySet<string>): Option {
  const option = new Option(spec.flags, spec.summary);
  if (spec.arity === "flag") return option;
  return option.argParser<RawOption>((value, previous) => {
    const label = labelOf(spec.flags);
    if (labels.has(value)) {
      throw new CliError("MISSING_ARGUMENT", `Cannot use ${label}: its value is missing, "${value}" follows`, {
        hint: `Give a value: ${spec.flags}.`,
        context: { option: label },
      });
    }
    if (spec.arity === "many") return [...((previous as readonly string[] | undefined) ?? []), value];
    if (previous === undefined) return value;
    throw new CliError("REPEATED_OPTION", `Cannot use ${label} twice: one of the values would be lost`, {
      hint: `Give ${label} once.`,
      context: { option: label },
    });
  });
}

function rawOf(spec: OptionSpec<unknown>, value: unknown): RawOption {
  if (spec.arity === "flag") {
    const given = labelOf(spec.flags).startsWith("--no-") ? value === false : value === true;
    return given ? true : undefined;
  }
  return value as RawOption;
}

function complaint(
  error: CommanderError,
  command: Command,
  specs: Readonly<Record<string, OptionSpec<unknown>>>,
): CliError {
  const [, quoted = ""] = /'([^']*)'/.exec(error.message) ?? [];
  switch (error.code) {
    case "commander.unknownOption":
      return unknownOption(quoted, command, Object.values(specs));
    case "commander.optionMissingArgument":
      return new CliError("MISSING_ARGUMENT", `Cannot use "${quoted}": its value is missing`, {
        hint: `Give a value: ${quoted.replace(/^-\w, /, "")}.`,
        context: { option: quoted },
      });
    case "commander.excessArguments":
      return new CliError("EXCESS_ARGUMENT", `Cannot run "${command.path}": there are too many words`, {
        hint: "Quote a text of several words; see --help for what the command takes.",
        context: { command: command.path },
      });
    default:
      return new CliError(
        "INVALID_ARGUMENT",
        `Cannot run "${command.path}": ${error.message.replace(/^error: /, "")}`,
        {
          hint: `See knot ${command.path} --help.`,
          context: { command: command.path },
        },
      );
  }
}

function unknownOption(word: string, command: Command, specs: readonly OptionSpec<unknown>[]): CliError {
  const [typed = word] = word.split("=", 1);
  const spelled = specs.find(({ misspellings }) => misspellings?.includes(typed));
  const labels = specs.map(({ flags }) => labelOf(flags));
  const suggestion =
    spelled === undefined ? (synonymAmong(typed, labels) ?? nearest(typed, labels)) : labelOf(spelled.flags);
  const otherwise = asksToBeAsked(typed) ? "Leave it out: nothing ever asks back." : `See knot ${command.path} --help.`;
  return new CliError("UNKNOWN_OPTION", `Cannot use "${typed}": "${command.path}" has no such option`, {
    hint: suggestion === undefined ? otherwise : `Use ${suggestion}.`,
    context: { command: command.path, option: typed, suggestion },
  });
}

function namesIn(group: CommandGroup): string {
  const prefix = `${group.name} `;
  return commandTable
    .filter(({ path }) => path.startsWith(prefix))
    .map(({ path }) => path.slice(prefix.length))
    .join(", ");
}

function beforeSeparator(words: readonly string[]): readonly string[] {
  const end = words.indexOf("--");
  return end === -1 ? words : words.slice(0, end);
}
