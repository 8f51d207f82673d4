/** Options that several commands share, and what they mean to the domain. */
import type { Knot, Task } from "@knotwork/domain";
import type { CommandContext, WriteWish } from "../command-context.ts";
import type { OptionSpec } from "../command.ts";
import type { EnvelopePage } from "../envelope.ts";
import { choicesOption, flag, idOption, integerOption, textOption, withDefault } from "../parsing/option-spec.ts";
import { invalid } from "../parsing/values.ts";
import { briefTask, briefTaskFields, chosenTask } from "../views/task-view.ts";

const LIMIT_DEFAULT = 20;

export const listOptions: { readonly limit: OptionSpec<number>; readonly after: OptionSpec<string | undefined> } = {
  limit: withDefault(
    integerOption(
      "-n, --limit <count>",
      `How many at most (default ${LIMIT_DEFAULT})`,
      { min: 1, max: 10_000 },
      { misspellings: ["--max", "--count", "--top", "--first"] },
    ),
    LIMIT_DEFAULT,
  ),
  after: textOption("--after <cursor>", "Go on after this: `next` of the page before", {
    misspellings: ["--cursor", "--offset", "--page"],
  }),
};

/** What lists of tasks give under `--json`. */
export const taskFieldsOptions: {
  readonly full: OptionSpec<boolean>;
  readonly fields: OptionSpec<readonly (typeof briefTaskFields)[number][] | undefined>;
} = {
  full: flag("--full", "With --json: every field, not only the brief ones"),
  fields: choicesOption("--fields <names>", "With --json: only these beside id and title", briefTaskFields, {
    misspellings: ["--columns", "--select", "--only"],
  }),
};

/** Tasks as those options ask for them. */
export function taskItems(
  tasks: readonly Task[],
  {
    full,
    fields,
  }: { readonly full: boolean; readonly fields: readonly (typeof briefTaskFields)[number][] | undefined },
): readonly object[] {
  if (full && fields !== undefined)
    throw invalid("--fields", fields.join(","), "--full asks for all of them", "Give one of the two.");
  if (full) return tasks;
  return tasks.map((task) => (fields === undefined ? briefTask(task) : chosenTask(task, fields)));
}

const SAFE_INTEGER = { min: 0, max: Number.MAX_SAFE_INTEGER };

/** The proof of a claim: goes with every write made under one. */
export const proofOptions: {
  readonly fence: OptionSpec<number | undefined>;
  readonly token: OptionSpec<string | undefined>;
} = {
  fence: integerOption("--fence <number>", "The fence of your claim", SAFE_INTEGER),
  token: textOption("--token <token>", "The token of your claim, instead of KNOT_TOKEN"),
};

export const retryOptions: { readonly idempotencyKey: OptionSpec<string | undefined> } = {
  idempotencyKey: textOption(
    "--idempotency-key <key>",
    "The same key again changes nothing and gives the same answer",
    {
      misspellings: ["--key", "--request-id"],
    },
  ),
};

export const versionOptions: { readonly ifVersion: OptionSpec<number | undefined> } = {
  ifVersion: integerOption("--if-version <number>", "Refuse unless it still has this version", SAFE_INTEGER, {
    misspellings: ["--version-is", "--expect-version"],
  }),
};

/** For commands that change an entity that is there. */
export const changeOptions: typeof versionOptions & typeof retryOptions = { ...versionOptions, ...retryOptions };

/** For commands that change a task, which somebody may hold. */
export const taskChangeOptions: typeof proofOptions & typeof changeOptions = { ...proofOptions, ...changeOptions };

/** For commands that change more than one entity. */
export const dryRunOptions: { readonly dryRun: OptionSpec<boolean> } = {
  dryRun: flag("--dry-run", "Only say what would change", { misspellings: ["--preview", "--simulate", "--what-if"] }),
};

export const parentOption: OptionSpec<string | undefined> = idOption("--parent <id>", "The task it is a part of", {
  misspellings: ["--child-of"],
});

interface WriteInput {
  readonly fence?: number | undefined;
  readonly token?: string | undefined;
  readonly ifVersion?: number | undefined;
  readonly idempotencyKey?: string | undefined;
}

interface WriteOptions extends WriteWish {
  readonly fence?: number;
  readonly token?: string;
  readonly ifVersion?: number;
  readonly idempotencyKey?: string;
}

/** The options of a write as the domain takes them. */
export function writeOptionsOf(context: CommandContext, input: WriteInput): WriteOptions {
  const { fence, token, ifVersion, idempotencyKey } = input;
  return {
    ...context.writeWish,
    ...(fence === undefined ? {} : { fence }),
    ...(token === undefined ? {} : { token }),
    ...(ifVersion === undefined ? {} : { ifVersion }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

/** For what only the holder of a claim does: KNOT_TOKEN counts, and is refused when the claim is over. */
export function holderOptionsOf(context: CommandContext, input: WriteInput): WriteOptions {
  return writeOptionsOf(context, { ...input, token: input.token ?? tokenOfEnvironment(context) });
}

/**
 * For what anybody may do to a task that nobody holds: KNOT_TOKEN counts when the task is held. It may be the token of
 * another task, on which the caller works meanwhile.
 */
export async function visitorOptionsOf(
  context: CommandContext,
  knot: Knot,
  input: WriteInput & { readonly id: string },
): Promise<WriteOptions> {
  const mayCount = input.token === undefined && tokenOfEnvironment(context) !== undefined;
  const isHeld = mayCount && (await knot.tasks.claimOf(input.id)) !== undefined;
  return isHeld ? holderOptionsOf(context, input) : writeOptionsOf(context, input);
}

export function envelopePage(page: { readonly truncated: boolean; readonly next?: string }): EnvelopePage {
  return { next: page.next ?? null, truncated: page.truncated };
}

/** The object without its `undefined` fields. */
export function given<Fields extends object>(
  fields: Fields,
): { readonly [Name in keyof Fields]: Exclude<Fields[Name], undefined> } {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as { readonly [Name in keyof Fields]: Exclude<Fields[Name], undefined> };
}

function tokenOfEnvironment({ environment }: CommandContext): string | undefined {
  const token = environment.env["KNOT_TOKEN"];
  return token === "" ? undefined : token;
}
