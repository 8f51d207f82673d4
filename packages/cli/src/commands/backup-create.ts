/** `knot backup create`. */
import { resolve } from "node:path";
import { type Command, defineCommand } from "../command.ts";
import { fields, line, span } from "../output/document.ts";
import { flag, textArgument } from "../parsing/option-spec.ts";
import { byteCount } from "../views/byte-count.ts";
import { shortTime } from "../views/times.ts";
import { showProgress } from "./keeping-options.ts";

export const backupCreate: Command = defineCommand({
  path: "backup create",
  summary: "Copy the store while it is in use",
  details:
    "Writers go on meanwhile. The copy holds every commit acknowledged before, is checked, and is durable on return; it can be read in place and never written to. Nothing is written over. This is the only right way to copy a store that is open.",
  args: { path: textArgument("path", "Where to: a directory that does not exist") },
  options: { noCheck: flag("--no-check", "Do not check the copy; see backup verify") },
  examples: [
    { line: "knot backup create ../backups/monday", why: "list them later with: knot backup list ../backups" },
  ],
  run: async (context, { path, noCheck }) => {
    const target = resolve(context.environment.cwd, path);
    const knot = await context.read();
    const report = await knot.graph.backup(target, {
      prove: !noCheck,
      onProgress: (progress) => showProgress(context, progress),
    });
    const { files, ...rest } = report;
    const count = report.check?.problems.length ?? 0;
    return {
      data: { path: target, ...rest, files: files.length },
      document: () => [
        line([span("Backed up ", "green"), span(target, "bold")]),
        fields([
          ["commits", String(report.seq)],
          ["last commit", report.time === "" ? "none" : shortTime(report.time)],
          ["size", `${byteCount(report.bytes)} in ${files.length} files`],
          ["checked", noCheck ? "no" : count === 0 ? "whole" : span(`${count} problems`, "red")],
        ]),
      ],
      ...(count === 0
        ? {}
        : {
            failure: {
              code: "STORE_DAMAGED",
              message: `Cannot vouch for the backup: the store it was made of is damaged, ${count} problems found`,
              hint: "The copy is kept. Run: knot doctor",
            },
          }),
    };
  },
});
