/** `knot purge`. */
import { resolve } from "node:path";
import { isDomainError, type Knot } from "@knotwork/domain";
import { listBackups, type PurgeReport } from "@knotwork/graph";
import { CliError } from "../cli-error.ts";
import { type Command, defineCommand } from "../command.ts";
import { type Document, fields, line, span } from "../output/document.ts";
import { flag, idArgument, textOption } from "../parsing/option-spec.ts";
import { keepingOptionsOf } from "./keeping-options.ts";

export const purge: Command = defineCommand({
  path: "purge",
  summary: "Remove the text of an entity from every file",
  details:
    "For secrets that should never have been stored. Takes what a deleted entity said out of history, log, indexes, remembered results and quarantine, for ever; ids, versions and commits stay, so that the chain of the store still holds. Backups are named, not changed.",
  args: { id: idArgument("id", "The entity: deleted, unless --old-versions") },
  options: {
    yes: flag("--yes", "Really: there is no way back", { misspellings: ["--force", "--confirm", "-y"] }),
    oldVersions: flag("--old-versions", "Only its old versions; the newest stays, and the entity alive"),
    backups: textOption("--backups <directory>", "Name the backups there that still hold it"),
  },
  examples: [
    { line: "knot purge T-01K5EXAMPLE0000000000000000 --yes", why: "after: knot task delete" },
    { line: "knot purge T-01K5EXAMPLE0000000000000000 --old-versions --yes", why: "after the secret was edited out" },
  ],
  run: async (context, { id, yes, oldVersions, backups }) => {
    if (!yes)
      throw new CliError("MISSING_ARGUMENT", `Cannot purge "${id}": --yes is missing`, {
        hint: "What is purged is gone for ever. Say so with --yes.",
        context: { id, option: "--yes" },
      });
    const knot = await context.write();
    const whole = await wholeId(knot, id);
    const firstSeq = (await knot.graph.history(whole))[0]?.seq ?? 0;
    const report = await knot.graph.purge(whole, { onlyOldVersions: oldVersions });
    const found =
      backups === undefined
        ? []
        : await listBackups(resolve(context.environment.cwd, backups), keepingOptionsOf(context));
    const holding = found.filter(({ seq }) => seq === undefined || seq >= firstSeq).map(({ path }) => path);
    return { data: { ...report, backups: holding }, document: () => purgeDocument(report, holding) };
  },
});

/** A suffix names what is alive; what was deleted needs its whole id. */
async function wholeId(knot: Knot, id: string): Promise<string> {
  try {
    return await knot.resolveId(id);
  } catch (error) {
    if (isDomainError(error) && error.code === "NOT_FOUND") return id;
    throw error;
  }
}

function purgeDocument(report: PurgeReport, backups: readonly string[]): Document {
  return [
    line([span("Purged ", "green"), span(report.id, "bold"), `, ${report.versionsPurged} versions`]),
    fields([
      ["results", report.resultsPurged === 0 ? undefined : `text replaced in ${report.resultsPurged}`],
      ["quarantine", report.quarantineCleaned.length === 0 ? undefined : report.quarantineCleaned.join(", ")],
      [
        "still read",
        report.filesHeld.length === 0
          ? undefined
          : span(`${report.filesHeld.join(", ")}: purge again when their readers are done`, "yellow"),
      ],
      ["backups", backups.length === 0 ? undefined : span(`still hold it: ${backups.join(", ")}`, "yellow")],
    ]),
  ];
}
