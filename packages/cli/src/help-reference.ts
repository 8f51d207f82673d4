/** Everything the help knows, for programs: `knot help --all --json`. */
import type { Command } from "./command.ts";
import { commandTable } from "./command-table.ts";
import { EXIT_MEANINGS, errorCodesByExit } from "./exit-codes.ts";
import { usageOf } from "./help.ts";
import { type Document, heading, line, span } from "./output/document.ts";
import { globalOptionSpecs, helpSpec, versionSpec } from "./parsing/global-options.ts";
import { labelOf } from "./parsing/option-spec.ts";
import type { OptionSpec } from "./command.ts";
import { version } from "./version.ts";

export interface OptionReference {
  /** `--priority` */
  readonly name: string;
  /** `-p`, when there is one. */
  readonly short?: string;
  /** As in the help: `-p, --priority <level>`. */
  readonly flags: string;
  readonly takes: "nothing" | "one value" | "values, repeatable";
  readonly summary: string;
}

export interface CommandReference {
  readonly path: string;
  readonly summary: string;
  readonly details?: string;
  readonly usage: string;
  readonly needsIdentity: boolean;
  readonly arguments: readonly { readonly name: string; readonly takes: string; readonly summary: string }[];
  readonly options: readonly OptionReference[];
  readonly examples: readonly { readonly line: string; readonly why: string }[];
}

export interface HelpReference {
  readonly version: string;
  readonly commands: readonly CommandReference[];
  /** What every command takes. */
  readonly options: readonly OptionReference[];
  readonly exitCodes: readonly {
    readonly code: number;
    readonly meaning: string;
    readonly errors: readonly string[];
  }[];
}

export async function helpReference(): Promise<HelpReference> {
  const commands = await Promise.all(commandTable.map(async (entry) => commandReference(await entry.load())));
  return {
    version,
    commands,
    options: [...Object.values(globalOptionSpecs), helpSpec, versionSpec].map(optionReference),
    exitCodes: EXIT_MEANINGS.map((meaning, code) => ({ code, meaning, errors: errorCodesByExit(code) })),
  };
}

export function helpReferenceDocument({ commands, options, exitCodes }: HelpReference): Document {
  return [
    ...commands.flatMap(({ usage, summary, options: own }) => [
      line([span(usage, "bold")]),
      line(span(`    ${summary}`, "dim")),
      ...own.map(({ flags, summary: what }) => line([`    ${flags}  `, span(what, "dim")])),
    ]),
    heading(span("Options of every command", "bold")),
    ...options.map(({ flags, summary }) => line([`    ${flags}  `, span(summary, "dim")])),
    heading(span("Exit codes", "bold")),
    ...exitCodes.map(({ code, meaning }) => line(`    ${code}  ${meaning}`)),
  ];
}

function commandReference(command: Command): CommandReference {
  const { path, summary, details, examples, needsIdentity = false } = command;
  return {
    path,
    summary,
    ...(details === undefined ? {} : { details }),
    usage: usageOf(command),
    needsIdentity,
    arguments: Object.values(command.args).map(({ name, arity, summary: what }) => ({
      name,
      takes: arity === "many" ? "any number" : arity,
      summary: what,
    })),
    options: Object.values(command.options).map(optionReference),
    examples,
  };
}

function optionReference({ flags, summary, arity }: OptionSpec<unknown>): OptionReference {
  const short = /^-\w(?=,)/.exec(flags)?.[0];
  const takes = arity === "flag" ? "nothing" : arity === "one" ? "one value" : "values, repeatable";
  return { name: labelOf(flags), ...(short === undefined ? {} : { short }), flags, takes, summary };
}
