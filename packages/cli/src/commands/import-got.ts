/** `knot import got`. */
import { join, resolve } from "node:path";
import type { Disk } from "@knotwork/disk";
import type { SourceFile } from "@knotwork/domain";
import { CliError } from "../cli-error.ts";
import { type Command, defineCommand } from "../command.ts";
import { readSourceText, requireSource } from "./import-source.ts";
import { importOutput } from "../views/import-view.ts";
import { textArgument } from "../parsing/option-spec.ts";

/** How deep the directory is looked into. */
const DEPTH_MAX = 8;

export const importGot: Command = defineCommand({
  path: "import got",
  summary: "Import a GoT directory",
  details:
    "Every entity and edge, found again by where it came from: importing twice changes nothing. The answer is a loss report: what was taken over, what was kept as it was, what was refused and why.",
  args: { path: textArgument("path", "The .got directory, or the project that has one") },
  options: {},
  examples: [{ line: "knot import got ../old-project/.got", why: "read only: nothing is changed there" }],
  run: async (context, { path }) => {
    const { disk, environment } = context;
    const given = requireSource(disk, resolve(environment.cwd, path));
    const root = [given, join(given, ".got")].find(
      (candidate) => disk.stat(join(candidate, "entities"))?.kind === "directory",
    );
    if (root === undefined) {
      throw new CliError("INVALID_ARGUMENT", `Cannot import "${given}": it has no directory "entities"`, {
        hint: "Give the .got directory of a project.",
        context: { path: given },
      });
    }
    const knot = await context.write();
    const files: SourceFile[] = [];
    for (const file of sourceFiles(disk, root)) {
      files.push(file);
      if (files.length % 100 === 0) context.progress(`Read ${files.length} files`);
    }
    context.progress(`Importing ${files.length} files`);
    const report = await knot.imports.got(files, context.writeWish);
    context.progress("");
    return importOutput(report);
  },
});

/** Text of the JSON files; of others the name is enough for the report. */
function* sourceFiles(disk: Disk, root: string, below = "", depth = 0): Generator<SourceFile> {
  for (const name of disk.list(join(root, below))) {
    const path = below === "" ? name : `${below}/${name}`;
    const kind = disk.stat(join(root, path))?.kind;
    if (kind === "directory" && depth < DEPTH_MAX) yield* sourceFiles(disk, root, path, depth + 1);
    if (kind === "file") yield { path, text: name.endsWith(".json") ? readSourceText(disk, join(root, path)) : "" };
  }
}
