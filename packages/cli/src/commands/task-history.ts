/** `knot history` of any entity, and `knot task history`. */
import { type EntityVersion } from "@knotwork/domain";
import type { CommandContext } from "../command-context.ts";
import { type Command, type CommandOutput, defineCommand } from "../command.ts";
import { flag, idArgument } from "../parsing/option-spec.ts";
import { invalid } from "../parsing/values.ts";
import { listDocument } from "../views/list-view.ts";
import { versionTable } from "../views/version-table.ts";
import { knownId } from "./resolve-ids.ts";
import { listOptions } from "./shared-options.ts";

const historyOptions = { reverse: flag("--reverse", "Newest first"), ...listOptions } as const;

export const taskHistory: Command = defineCommand({
  path: "task history",
  summary: "List the versions of a task",
  details:
    "Oldest first: who changed what, when, in which commit. A deleted task has a history, too; name it by its whole id.",
  args: { id: idArgument("id", "The task") },
  options: historyOptions,
  examples: [{ line: "knot task history 7QK4ZB1M", why: "every version with what it changed" }],
  run: (context, { id, ...page }) =>
    listVersions(context, page, async (knot) => knot.tasks.history(await knownId(knot, id))),
});

export const history: Command = defineCommand({
  path: "history",
  summary: "List the versions of any entity",
  details:
    "Oldest first: who changed what, when, in which commit. A deleted entity has a history, too; name it by its whole id.",
  args: { id: idArgument("id", "The entity, or the end of its id") },
  options: historyOptions,
  examples: [{ line: "knot history 7QK4ZB1M --reverse -n 5", why: "the last five versions" }],
  run: (context, { id, ...page }) =>
    listVersions(context, page, async (knot) => knot.history.of(await knownId(knot, id))),
});

interface VersionPage {
  readonly reverse: boolean;
  readonly limit: number;
  readonly after: string | undefined;
}

type OpenedKnot = Awaited<ReturnType<CommandContext["read"]>>;

async function listVersions(
  context: CommandContext,
  { reverse, limit, after }: VersionPage,
  read: (knot: OpenedKnot) => Promise<readonly EntityVersion[]>,
): Promise<CommandOutput> {
  const versions = await read(await context.read());
  const ordered = reverse ? versions.toReversed() : versions;
  const start = after === undefined ? 0 : ordered.findIndex(({ version }) => String(version) === after) + 1;
  if (after !== undefined && start === 0)
    throw invalid("--after", after, "there is no such version", "Give the number of a version.");
  const items = ordered.slice(start, start + limit);
  const truncated = ordered.length > start + items.length;
  const page = { truncated, next: truncated ? String(items.at(-1)?.version) : null };
  return {
    data: { items },
    page,
    document: () => listDocument({ count: items.length, noun: "version", page, rows: () => [versionTable(items)] }),
  };
}
