/** The help: for all of `knot`, for a group, for a command. The same specs that parse the options explain them. */
import type { ArgumentSpec, Command, OptionSpec } from "./command.ts";
import type { CommandEntry } from "./command-entry.ts";
import { commandGroups, commandTable, type CommandGroup } from "./command-table.ts";
import { type Block, type Document, fields, heading, line, span } from "./output/document.ts";
import { commandsOf } from "./parsing/find-command.ts";
import { globalOptionSpecs, helpSpec, versionSpec } from "./parsing/global-options.ts";

export async function helpFor(topic: CommandEntry | CommandGroup | undefined): Promise<Document> {
  if (topic === undefined) return rootHelp();
  return "load" in topic ? commandHelp(await topic.load()) : groupHelp(topic);
}

export function usageOf(command: Command): string {
  const args = Object.values(command.args).map(argumentUsage);
  return ["knot", command.path, ...args, "[options]"].join(" ");
}

export function argumentUsage({ name, arity }: ArgumentSpec<unknown>): string {
  if (arity === "required") return `<${name}>`;
  return arity === "optional" ? `[${name}]` : `[${name}...]`;
}

function rootHelp(): Document {
  const alone = commandTable.filter(isOfNoGroup);
  return [
    line("knot: the graph store that many agents share"),
    heading(span("Usage", "bold")),
    line("  knot <command> [options]        knot <command> --help        knot help --all --json"),
    ...commandGroups.flatMap((group) => [
      heading([span(group.name, "bold"), `  ${group.summary}`]),
      fields(commandsOf(group).map(({ path, summary }): [string, string] => [path, summary])),
    ]),
    heading([span("store", "bold"), "  The store as a whole"]),
    fields(alone.map(({ path, summary }): [string, string] => [path, summary])),
    ...globalHelp(),
    heading(span("Exit codes", "bold")),
    line("  0 ok  1 failed  2 usage  3 not found  4 conflict  5 lock timeout  6 damaged  7 outcome unknown  8 limit"),
  ];
}

/** `stats`; `query` and `query path`, too: there is a command where the group would be. */
export function isOfNoGroup({ path }: { readonly path: string }): boolean {
  return !commandGroups.some(({ name }) => path.startsWith(`${name} `));
}

function groupHelp(group: CommandGroup): Document {
  return [
    line(group.summary),
    heading(span("Commands", "bold")),
    fields(commandsOf(group).map(({ path, summary }): [string, string] => [path, summary])),
    heading(span("Usage", "bold")),
    line(`  knot ${group.name} <command> --help`),
  ];
}

function commandHelp(command: Command): Document {
  const args = Object.values(command.args);
  const options = Object.values(command.options);
  return [
    line(command.summary),
    ...(command.details === undefined ? [] : [{ kind: "text", text: command.details } as const]),
    heading(span("Usage", "bold")),
    line(`  ${usageOf(command)}`),
    ...(args.length === 0
      ? []
      : [
          heading(span("Arguments", "bold")),
          fields(args.map((spec): [string, string] => [argumentUsage(spec), spec.summary])),
        ]),
    ...(options.length === 0 ? [] : [heading(span("Options", "bold")), optionFields(options)]),
    ...globalHelp(),
    heading(span("Examples", "bold")),
    ...command.examples.flatMap(({ line: example, why }) => [line(`  ${example}`), line(span(`      ${why}`, "dim"))]),
  ];
}

function globalHelp(): readonly Block[] {
  return [
    heading(span("Options of every command", "bold")),
    optionFields([...Object.values(globalOptionSpecs), helpSpec, versionSpec]),
  ];
}

function optionFields(specs: readonly OptionSpec<unknown>[]): Block {
  return fields(
    specs.map(({ flags, summary, arity }): [string, string] => [
      flags,
      arity === "many" ? `${summary}; repeatable` : summary,
    ]),
  );
}
