/** `knot revert`. */
import type { Reverted } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import { type Document, line, span } from "../output/document.ts";
import { idArgument, integerOption, required } from "../parsing/option-spec.ts";
import { changeText } from "../views/change-text.ts";
import { knownId } from "./resolve-ids.ts";
import { dryRunOptions, given, taskChangeOptions, visitorOptionsOf } from "./shared-options.ts";

export const revert: Command = defineCommand({
  path: "revert",
  summary: "Make an entity what it was at an earlier version",
  details:
    "By a new version: history is never rewritten. A task is moved to its old status by the rules of its life; what came of decisions and sprints stays as it is. A deleted entity, named by its whole id, comes back without its edges.",
  args: { id: idArgument("id", "The entity, or the end of its id") },
  options: {
    to: required(
      integerOption(
        "--to <version>",
        "The version to return to",
        { min: 1, max: Number.MAX_SAFE_INTEGER },
        { misspellings: ["--version-number"] },
      ),
    ),
    ...dryRunOptions,
    ...taskChangeOptions,
  },
  examples: [
    { line: "knot revert 7QK4ZB1M --to 1 --dry-run", why: "see what would change" },
    { line: "knot revert 7QK4ZB1M --to 1", why: "a new version with the fields of the first" },
  ],
  run: async (context, { id: typed, to, dryRun, ...write }) => {
    const knot = await context.write();
    const id = await knownId(knot, typed);
    const options = await visitorOptionsOf(context, knot, { id, ...write });
    const reverted = await knot.history.revert(id, to, { ...given(options), dryRun });
    return { data: { ...reverted, dryRun }, document: () => revertDocument(reverted, dryRun) };
  },
});

function revertDocument({ id, to, version, restored, changes, kept }: Reverted, dryRun: boolean): Document {
  const action = restored ? (dryRun ? "Would bring back " : "Brought back ") : dryRun ? "Would revert " : "Reverted ";
  return [
    line([
      span(action, "green"),
      span(id, "bold"),
      `  to version ${to}`,
      span(dryRun ? "" : `  as version ${version}`, "dim"),
    ]),
    ...(changes.length === 0
      ? [line(span("  Nothing differs.", "dim"))]
      : changes.map((change) => line(`  ${changeText(change)}`))),
    ...(kept.length === 0 ? [] : [line(span(`  Kept as it is: ${kept.join(", ")}`, "dim"))]),
  ];
}
