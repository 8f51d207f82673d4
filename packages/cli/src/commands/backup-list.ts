/** `knot backup list`. */
import { resolve } from "node:path";
import { type BackupEntry, listBackups } from "@knotwork/graph";
import { type Command, defineCommand } from "../command.ts";
import { type Block, span, table } from "../output/document.ts";
import { textArgument } from "../parsing/option-spec.ts";
import { byteCount } from "../views/byte-count.ts";
import { listDocument } from "../views/list-view.ts";
import { shortTime } from "../views/times.ts";
import { keepingOptionsOf } from "./keeping-options.ts";

const WHOLE_LIST = { next: null, truncated: false };

export const backupList: Command = defineCommand({
  path: "backup list",
  summary: "List backups, newest first",
  details:
    "Every backup directly in a directory, unfinished ones too, by what it says of itself and the lengths of its files. To prove one, see backup verify.",
  args: { directory: textArgument("directory", "Where the backups are") },
  options: {},
  examples: [{ line: "knot backup list ../backups", why: "which are whole, and up to which commit" }],
  run: async (context, { directory }) => {
    const items = await listBackups(resolve(context.environment.cwd, directory), keepingOptionsOf(context));
    return {
      data: { items },
      page: WHOLE_LIST,
      document: () =>
        listDocument({ count: items.length, noun: "backup", page: WHOLE_LIST, rows: () => [backupTable(items)] }),
    };
  },
});

function backupTable(items: readonly BackupEntry[]): Block {
  return table(
    [
      { title: "made" },
      { title: "commits", align: "right" },
      { title: "size", align: "right" },
      { title: "state", flexible: true },
      { title: "path", flexible: true },
    ],
    items.map(({ created, seq, bytes, ok, problem, path }) => [
      span(created === undefined ? "-" : shortTime(created), "dim"),
      seq === undefined ? "-" : String(seq),
      bytes === undefined ? "-" : byteCount(bytes),
      ok ? span("whole", "green") : span(problem ?? "not whole", "red"),
      path,
    ]),
  );
}
