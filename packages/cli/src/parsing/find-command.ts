/** Finds the command among the words: global options may stand before its name and between its words. */
import { CliError } from "../cli-error.ts";
import type { CommandEntry } from "../command-entry.ts";
import { commandGroups, commandTable, type CommandGroup } from "../command-table.ts";
import { globalOptionArity, globalOptionSpecs } from "./global-options.ts";
import { nearest } from "./near-miss.ts";
import { labelOf } from "./option-spec.ts";

export type Found =
  | { readonly kind: "command"; readonly entry: CommandEntry; readonly rest: readonly string[] }
  | { readonly kind: "group"; readonly group: CommandGroup; readonly rest: readonly string[] }
  | { readonly kind: "none"; readonly rest: readonly string[] };

/** `rest` holds every word that is not part of the name, in order. @throws CliError UNKNOWN_COMMAND, UNKNOWN_OPTION */
export function findCommand(argv: readonly string[]): Found {
  const options: string[] = [];
  let group: CommandGroup | undefined;
  /** What of the name is read: a group, or a group and a word that several commands share (`sprint goal`). */
  let prefix = "";
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? "";
    if (word.startsWith("-") && word !== "-") {
      const arity = globalOptionArity(word);
      if (arity === undefined) throw unknownLeadingOption(word);
      options.push(word);
      if (arity === "one") {
        index += 1;
        options.push(...argv.slice(index, index + 1));
      }
      continue;
    }
    const path = prefix === "" ? word : `${prefix} ${word}`;
    const entry = commandTable.find((candidate) => candidate.path === path);
    if (entry !== undefined) {
      // A command may have others below it: `query TYPE` and `query path`.
      const below = commandTable.find((candidate) => candidate.path === `${path} ${argv[index + 1] ?? ""}`);
      const words = below === undefined ? 1 : 2;
      return { kind: "command", entry: below ?? entry, rest: [...options, ...argv.slice(index + words)] };
    }
    const found = group ?? commandGroups.find((candidate) => candidate.name === word);
    const isShared = group === undefined || commandTable.some((candidate) => candidate.path.startsWith(`${path} `));
    if (found === undefined || !isShared) throw unknownCommand(word, prefix);
    group = found;
    prefix = path;
  }
  return group === undefined ? { kind: "none", rest: options } : { kind: "group", group, rest: options };
}

export function commandsOf(group: CommandGroup): readonly CommandEntry[] {
  return commandTable.filter((entry) => entry.path.startsWith(`${group.name} `));
}

/** `prefix`: the words of the name that were understood. */
function unknownCommand(word: string, prefix: string): CliError {
  const typed = prefix === "" ? word : `${prefix} ${word}`;
  const below = prefix === "" ? undefined : suggestBelow(prefix, word);
  const found = prefix === "" ? suggestAtRoot(word) : below === undefined ? [] : [below];
  const [suggestion, ...others] = found;
  return new CliError("UNKNOWN_COMMAND", `Cannot run "${typed}": there is no such command`, {
    hint: hintFor(found, prefix),
    context: { command: typed, suggestion, ...(others.length === 0 ? {} : { suggestions: found }) },
  });
}

function hintFor(found: readonly string[], prefix: string): string {
  const [only, ...others] = found;
  if (only === undefined) return `See knot ${prefix === "" ? "" : `${prefix} `}--help for the commands there are.`;
  if (others.length > 0) return `Use one of: ${found.map((path) => `knot ${path}`).join(", ")}`;
  const destroys = commandTable.some((entry) => entry.path === only && entry.destroys === true);
  return destroys ? `See: knot ${only} --help` : `Use: knot ${only}`;
}

function suggestBelow(prefix: string, word: string): string | undefined {
  const entries = commandTable.filter((entry) => entry.path.startsWith(`${prefix} `));
  const leafOf = (entry: CommandEntry): string => entry.path.slice(prefix.length + 1);
  const spelled = entries.filter((entry) => entry.misspellings?.includes(word.toLowerCase()));
  const exact = spelled.find((entry) => !leafOf(entry).includes(" ")) ?? spelled[0];
  if (exact !== undefined) return exact.path;
  const shared = new Set(entries.map(leafOf).flatMap((leaf) => /^(.+?) /.exec(leaf)?.[1] ?? []));
  const near = nearest(word, [...entries.map(leafOf), ...shared]);
  if (near === undefined) return undefined;
  return shared.has(near) ? `${prefix} ${near} …` : `${prefix} ${near}`;
}

/** A word at the start may be another name of a command or group, or a command whose group was forgotten. */
function suggestAtRoot(word: string): readonly string[] {
  const wanted = word.toLowerCase();
  const alone = commandTable.find((entry) => !entry.path.includes(" ") && entry.misspellings?.includes(wanted));
  if (alone !== undefined) return [alone.path];
  const group = commandGroups.find((candidate) => candidate.misspellings?.includes(wanted));
  if (group !== undefined) return [`${group.name} …`];
  const inGroups = suggestInGroups(wanted);
  if (inGroups.length > 0) return inGroups;
  const tops = [...commandGroups.map(({ name }) => name), ...commandTable.map(({ path }) => path)];
  const near = nearest(
    word,
    tops.filter((name) => !name.includes(" ")),
  );
  if (near === undefined) return [];
  return [commandGroups.some(({ name }) => name === near) ? `${near} …` : near];
}

const suggestionsMax = 5;

/** Who forgets the group means a task; else whichever groups have such a command. */
function suggestInGroups(wanted: string): readonly string[] {
  const inGroup = commandTable.filter(({ path }) => path.split(" ").length === 2);
  const named = inGroup.filter(({ path }) => path.endsWith(` ${wanted}`));
  const spelled = inGroup.filter(({ misspellings }) => misspellings?.includes(wanted));
  const ofTask = [...named, ...spelled].find(({ path }) => path.startsWith("task "));
  if (ofTask !== undefined) return [ofTask.path];
  return (named.length > 0 ? named : spelled).slice(0, suggestionsMax).map(({ path }) => path);
}

function unknownLeadingOption(word: string): CliError {
  const [name = word] = word.split("=", 1);
  const labels = Object.values(globalOptionSpecs).map(({ flags }) => labelOf(flags));
  const spelled = Object.values(globalOptionSpecs).find(({ misspellings }) => misspellings?.includes(name));
  const suggestion = spelled === undefined ? nearest(name, labels) : labelOf(spelled.flags);
  return new CliError("UNKNOWN_OPTION", `Cannot use "${name}": no command is named before it`, {
    hint:
      suggestion === undefined
        ? "Put the command first, then its options: knot task list --status pending"
        : `Use ${suggestion}, or put the command first.`,
    context: { option: name, suggestion },
  });
}
