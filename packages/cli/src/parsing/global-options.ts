/** The options every command takes, before or after its name. */
import type { OptionSpec, RawInput } from "../command.ts";
import { choiceOption, flag, idOption, labelOf, textOption } from "./option-spec.ts";

export const durabilities = ["paranoid", "balanced", "relaxed"] as const;

export interface GlobalOptions {
  readonly json: boolean;
  readonly noColor: boolean;
  readonly store: string | undefined;
  readonly as: string | undefined;
  readonly durability: (typeof durabilities)[number] | undefined;
  readonly session: string | undefined;
}

export const globalOptionSpecs: {
  readonly [Name in keyof GlobalOptions]: OptionSpec<GlobalOptions[Name]>;
} = {
  json: flag("--json", "Print one JSON document on stdout", { misspellings: ["--format", "--output-format"] }),
  store: textOption("--store <dir>", "The store to use, instead of KNOT_STORE or the nearest .knot", {
    misspellings: ["--db", "--database", "--dir", "--path"],
  }),
  as: textOption("--as <name>", "Who you are, instead of KNOT_AGENT", {
    misspellings: ["--agent", "--actor", "--author", "--user", "--who"],
  }),
  durability: choiceOption("--durability <level>", "When a write counts as done", durabilities),
  session: idOption("--session <id>", "The reasoning session this belongs to"),
  noColor: flag("--no-color", "Print without colour"),
};

export const helpSpec: OptionSpec<boolean> = flag("-h, --help", "Explain the command");
export const versionSpec: OptionSpec<boolean> = flag("-V, --version", "Print the version");

/** Whether a word of the command line is a global option, and whether the next word is its value. */
export function globalOptionArity(word: string): "flag" | "one" | undefined {
  const [name] = word.split("=", 1);
  for (const spec of [...Object.values(globalOptionSpecs), helpSpec, versionSpec]) {
    if (name !== labelOf(spec.flags) && name !== /^-\w/.exec(spec.flags)?.[0]) continue;
    return spec.arity === "one" && !word.includes("=") ? "one" : "flag";
  }
  return undefined;
}

/** @throws CliError INVALID_ARGUMENT, INVALID_ID */
export function readGlobalOptions(raw: RawInput["options"]): GlobalOptions {
  return {
    json: globalOptionSpecs.json.read(raw["json"]),
    noColor: globalOptionSpecs.noColor.read(raw["noColor"]),
    store: globalOptionSpecs.store.read(raw["store"]),
    as: globalOptionSpecs.as.read(raw["as"]),
    durability: globalOptionSpecs.durability.read(raw["durability"]),
    session: globalOptionSpecs.session.read(raw["session"]),
  };
}
