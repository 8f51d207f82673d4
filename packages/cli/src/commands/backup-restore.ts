/** `knot backup restore`. */
import { resolve } from "node:path";
import { restoreBackup } from "@knotwork/graph";
import { type Command, defineCommand } from "../command.ts";
import { line, span } from "../output/document.ts";
import { requiredText, textArgument } from "../parsing/option-spec.ts";
import { keepingOptionsOf } from "./keeping-options.ts";

export const backupRestore: Command = defineCommand({
  path: "backup restore",
  summary: "Make a store of a backup",
  details:
    "Proves the backup first. The store gets an id of its own, so that nobody takes it for the one that was backed up. Never over anything that is there.",
  args: { path: textArgument("path", "The backup") },
  options: {
    to: requiredText("--to <directory>", "The store to be: a directory that does not exist", {
      misspellings: ["--target", "--into", "--output"],
    }),
  },
  examples: [{ line: "knot backup restore ../backups/monday --to ../restored/.knot", why: "then use it with --store" }],
  run: async (context, { path, to }) => {
    const { cwd } = context.environment;
    const report = await restoreBackup({
      from: resolve(cwd, path),
      to: resolve(cwd, to),
      ...keepingOptionsOf(context),
    });
    return {
      data: report,
      document: () => [
        line([span("Restored ", "green"), span(report.path, "bold"), `, ${report.seq} commits`]),
        line(span(`Use it: knot --store ${report.path} …`, "dim")),
      ],
    };
  },
});
