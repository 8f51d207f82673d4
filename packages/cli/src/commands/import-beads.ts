/** `knot import beads`. */
import { join, resolve } from "node:path";
import type { Disk } from "@knotwork/disk";
import { CliError } from "../cli-error.ts";
import { type Command, defineCommand } from "../command.ts";
import { textArgument } from "../parsing/option-spec.ts";
import { importOutput } from "../views/import-view.ts";
import { readSourceText, requireSource } from "./import-source.ts";

/** Where beads keeps its issues, below the directory that was named. */
const PLACES = ["issues.jsonl", ".beads/issues.jsonl", "beads.jsonl", ".beads/beads.jsonl"];

export const importBeads: Command = defineCommand({
  path: "import beads",
  summary: "Import the JSON lines of beads",
  details:
    "Issues, dependencies and comments, found again by where they came from: importing twice changes nothing. Of lines with one id the last counts; conflict markers and dangling edges are refused and reported.",
  args: { path: textArgument("path", "The issues.jsonl, or the project that has one") },
  options: {},
  examples: [
    { line: "knot import beads ../old-project/.beads/issues.jsonl", why: "read only: nothing is changed there" },
  ],
  run: async (context, { path }) => {
    const { disk, environment } = context;
    const file = findIssues(disk, requireSource(disk, resolve(environment.cwd, path)));
    const text = readSourceText(disk, file);
    const knot = await context.write();
    context.progress(`Importing ${file}`);
    const report = await knot.imports.beads(text, context.writeWish);
    context.progress("");
    return importOutput(report);
  },
});

function findIssues(disk: Disk, given: string): string {
  if (disk.stat(given)?.kind !== "directory") return given;
  const found = PLACES.map((place) => join(given, place)).find((place) => disk.stat(place)?.kind === "file");
  if (found !== undefined) return found;
  throw new CliError("FILE_NOT_FOUND", `Cannot import "${given}": it has no issues.jsonl`, {
    hint: "Give the file itself.",
    context: { path: given },
  });
}
