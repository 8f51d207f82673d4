/** `knot compact`. */
import type { CompactReport } from "@knotwork/graph";
import { CliError } from "../cli-error.ts";
import { type Command, defineCommand } from "../command.ts";
import { type Document, fields, line, span } from "../output/document.ts";
import { integerOption, numberOption } from "../parsing/option-spec.ts";
import { byteCount } from "../views/byte-count.ts";
import { dryRunOptions, given } from "./shared-options.ts";

export const compact: Command = defineCommand({
  path: "compact",
  summary: "Drop old versions",
  details:
    "Only what is asked for is dropped: versions of entities. The newest version of each stays, and so does every commit, with its author, time and idempotency key. States from before what is kept can no longer be asked for. Files that somebody still reads go later.",
  args: {},
  options: {
    keepDays: numberOption("--keep-days <days>", "Keep what the commits of the last days made", {
      misspellings: ["--days", "--older-than"],
    }),
    keepVersions: integerOption(
      "--keep-versions <count>",
      "Keep so many newest versions of each entity",
      { min: 1, max: Number.MAX_SAFE_INTEGER },
      { misspellings: ["--versions"] },
    ),
    ...dryRunOptions,
  },
  examples: [
    { line: "knot compact --keep-days 90 --dry-run", why: "what would be dropped" },
    { line: "knot compact --keep-versions 5", why: "five versions of each entity" },
  ],
  run: async (context, { keepDays, keepVersions, dryRun }) => {
    if ((keepDays === undefined) === (keepVersions === undefined))
      throw new CliError("INVALID_ARGUMENT", "Cannot compact: what is to be kept must be said in one way", {
        hint: "Give either --keep-days or --keep-versions.",
      });
    if (keepDays !== undefined && keepDays < 0)
      throw new CliError("INVALID_ARGUMENT", `Cannot compact: --keep-days is ${keepDays}`, { hint: "Give 0 or more." });
    const knot = await (dryRun ? context.read() : context.write());
    const report = await knot.graph.compact({ ...given({ keepDays, keepVersions }), dryRun });
    return { data: { dryRun, ...report }, document: () => compactDocument(report, dryRun) };
  },
});

function compactDocument(report: CompactReport, dryRun: boolean): Document {
  const { versionsDropped, versionsKept, historyFloor, bytesBefore, bytesAfter, filesHeld } = report;
  if (versionsDropped === 0) return [line("Nothing to drop")];
  return [
    line([
      span(dryRun ? "Would drop " : "Dropped ", dryRun ? "yellow" : "green"),
      `${versionsDropped} versions of ${versionsDropped + versionsKept}`,
    ]),
    fields([
      ["history", `${byteCount(bytesBefore)} before, ${dryRun ? "about " : ""}${byteCount(bytesAfter)} after`],
      ["states kept", `from commit ${Math.max(0, historyFloor - 1)} on`],
      ["still read", filesHeld.length === 0 ? undefined : `${filesHeld.length} files, removed by a later checkpoint`],
    ]),
  ];
}
