/** `knot decision log`. */
import { type Command, defineCommand, type OptionSpec } from "../command.ts";
import { line, span } from "../output/document.ts";
import {
  flag,
  idOption,
  idsOption,
  longTextOption,
  textArgument,
  textsOption,
  wordsOption,
} from "../parsing/option-spec.ts";
import { resolveIds } from "./resolve-ids.ts";
import { given, retryOptions, writeOptionsOf } from "./shared-options.ts";

/** What a decision says: shared by `log` and `supersede`. */
export const decisionFieldOptions: {
  readonly rationale: OptionSpec<string | undefined>;
  readonly context: OptionSpec<string | undefined>;
  readonly alternatives: OptionSpec<readonly string[] | undefined>;
  readonly consequences: OptionSpec<readonly string[] | undefined>;
  readonly affects: OptionSpec<readonly string[] | undefined>;
  readonly tags: OptionSpec<readonly string[] | undefined>;
} = {
  rationale: longTextOption("-r, --rationale <text>", "Why", { misspellings: ["--reason", "--why", "--because"] }),
  context: longTextOption("--context <text>", "The situation it was taken in", {
    misspellings: ["--description", "--background"],
  }),
  alternatives: textsOption("--alternative <text>", "What was not chosen", {
    misspellings: ["--alternatives", "--option", "--rejected"],
  }),
  consequences: textsOption("--consequence <text>", "What follows from it", {
    misspellings: ["--consequences", "--impact"],
  }),
  affects: idsOption("-a, --affects <ids>", "Tasks, epics … it is about", {
    misspellings: ["--task", "--tasks", "--for"],
  }),
  tags: wordsOption("--tags <words>", "Tags, comma-separated", { misspellings: ["--tag", "--labels"] }),
};

export const decisionLog: Command = defineCommand({
  path: "decision log",
  summary: "Record a decision",
  details:
    "What was chosen, why, and what it affects. With --supersedes the old decision stays, linked to the new one; what it affects the new one affects too, unless --affects says otherwise.",
  args: { title: textArgument("title", "What was decided, in a line") },
  options: {
    ...decisionFieldOptions,
    proposed: flag("--proposed", "It is only proposed yet", { misspellings: ["--draft", "--status"] }),
    supersedes: idOption("--supersedes <id>", "The decision whose place it takes", { misspellings: ["--replaces"] }),
    ...retryOptions,
  },
  examples: [
    {
      line: 'knot decision log "Records carry their own CRC" -r "Verifies after a gap" --affects 7QK4ZB1M',
      why: "a decision about a task",
    },
    { line: 'knot decision log "Segments of 16 MiB" --supersedes 3FJ8Q0ZC', why: "the old one is kept and linked" },
  ],
  run: async (context, input) => {
    const { affects, proposed, supersedes, idempotencyKey, ...fields } = input;
    const knot = await context.write();
    const affected = affects === undefined ? undefined : await resolveIds(knot, affects);
    const decision = {
      ...given(fields),
      title: fields.title,
      ...given({ affects: affected }),
      ...(proposed ? { status: "proposed" as const } : {}),
    };
    const options = writeOptionsOf(context, { idempotencyKey });
    const logged =
      supersedes === undefined
        ? await knot.decisions.log(decision, options)
        : await knot.decisions.supersede(await knot.resolveId(supersedes, "decision"), decision, options);
    return {
      data: logged,
      document: () => [line([span("Logged ", "green"), span(logged.id, "bold"), `  ${logged.title}`])],
    };
  },
});
