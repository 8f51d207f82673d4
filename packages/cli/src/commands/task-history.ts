/** `knot task history`. */
import type { EntityVersion, FieldChange } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import { table } from "../output/document.ts";
import { flag, idArgument } from "../parsing/option-spec.ts";
import { invalid } from "../parsing/values.ts";
import { listDocument } from "../views/list-view.ts";
import { shortTime } from "../views/times.ts";
import { listOptions } from "./shared-options.ts";

export const taskHistory: Command = defineCommand({
  path: "task history",
  summary: "List the versions of a task",
  details:
    "Oldest first: who changed what, when, in which commit. A deleted task has a history, too; name it by its whole id.",
  args: { id: idArgument("id", "The task") },
  options: { reverse: flag("--reverse", "Newest first"), ...listOptions },
  examples: [{ line: "knot task history 7QK4ZB1M", why: "every version with what it changed" }],
  run: async (context, { id, reverse, limit, after }) => {
    const knot = await context.read();
    const versions = await knot.tasks.history(await idOf(knot, id));
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
  },
});

/** A deleted task is found by no suffix: its whole id goes through as it is. */
async function idOf(knot: Awaited<ReturnType<Parameters<Command["run"]>[0]["read"]>>, id: string): Promise<string> {
  if ((await knot.graph.history(id)).length > 0) return id;
  return knot.resolveId(id, "task");
}

function versionTable(versions: readonly EntityVersion[]): ReturnType<typeof table> {
  return table(
    [
      { title: "version", align: "right" },
      { title: "seq", align: "right" },
      { title: "at" },
      { title: "by" },
      { title: "changes", flexible: true },
    ],
    versions.map(({ version, seq, at, by, deleted, changes }) => [
      String(version),
      String(seq),
      shortTime(at),
      by,
      deleted ? "deleted" : changes.map(changeText).join("; "),
    ]),
  );
}

function changeText({ field, from, to }: FieldChange): string {
  if (to === undefined) return `${field} removed`;
  const after = valueText(to);
  return from === undefined ? `${field}: ${after}` : `${field}: ${valueText(from)} → ${after}`;
}

function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
