/** `knot backup verify`. */
import { resolve } from "node:path";
import { verifyBackup } from "@knotwork/graph";
import { type Command, defineCommand } from "../command.ts";
import { line, span, table } from "../output/document.ts";
import { textArgument } from "../parsing/option-spec.ts";
import { keepingOptionsOf } from "./keeping-options.ts";

export const backupVerify: Command = defineCommand({
  path: "backup verify",
  summary: "Prove that a backup is whole",
  details: "Reads every byte: the hash of each file, then the check of the store in it. Changes nothing.",
  args: { path: textArgument("path", "The backup") },
  options: {},
  examples: [{ line: "knot backup verify ../backups/monday", why: "exit code 6 when anything is wrong" }],
  run: async (context, { path }) => {
    const { ok, problems, counts, report } = await verifyBackup(
      resolve(context.environment.cwd, path),
      keepingOptionsOf(context),
    );
    return {
      data: {
        ok,
        problems,
        counts,
        seq: report?.seq ?? null,
        store: report?.store ?? null,
        created: report?.created ?? null,
      },
      document: () => [
        line(
          ok
            ? [span("Whole", "green"), span(`  ${report?.seq ?? 0} commits, ${report?.files.length ?? 0} files`, "dim")]
            : [span("Not whole", "red")],
        ),
        ...(ok
          ? []
          : [
              table(
                [{ title: "code" }, { title: "where", flexible: true }, { title: "problem", flexible: true }],
                problems.map(({ code, where, message }) => [span(code, "red"), where, message]),
              ),
            ]),
      ],
      ...(ok
        ? {}
        : {
            failure: {
              code: "BACKUP_DAMAGED",
              message: `Cannot vouch for the backup: ${problems.length} ${problems.length === 1 ? "problem" : "problems"} found`,
              hint: "Use another backup: knot backup list DIR",
            },
          }),
    };
  },
});
