/** `knot backup list`. */
import { resolve } from "node:path";
import { type BackupEntry, listBackups } from "@knotwork/graph";
import { CliError } from "../cli-error.ts";
import { type Command, defineCommand } from "../command.ts";
import { type Block, span, table } from "../output/document.ts";
import { textArgument } from "../parsing/option-spec.ts";
import { byteCount } from "../views/byte-count.ts";
import { listDocument } from "../views/list-view.ts";
import { shortTime } from "../views/times.ts";
import { keepingOptionsOf } from "./keeping-options.ts";
import { listOptions } from "./shared-options.ts";

export const backupList: Command = defineCommand({
  path: "backup list",
  summary: "List backups, newest first",
  details:
    "Every backup directly in a directory, unfinished ones too, by what it says of itself and the lengths of its files. To prove one, see backup verify.",
  args: { directory: textArgument("directory", "Where the backups are") },
  options: listOptions,
  examples: [{ line: "knot backup list ../backups", why: "which are whole, and up to which commit" }],
  run: async (context, { directory, limit, after }) => {
    const found = await listBackups(resolve(context.environment.cwd, directory), keepingOptionsOf(context));
    const start = after === undefined ? 0 : placeBehind(found, after);
    const items = found.slice(start, start + limit);
    const truncated = start + limit < found.length;
    const page = { next: truncated ? (items.at(-1)?.path ?? null) : null, truncated };
    return {
      data: { items },
      page,
      document: () => listDocument({ count: items.length, noun: "backup", page, rows: () => [backupTable(items)] }),
    };
  },
});

function placeBehind(items: readonly BackupEntry[], path: string): number {
  const place = items.findIndex((item) => item.path === path);
  if (place !== -1) return place + 1;
  throw new CliError("INVALID_CURSOR", `Cannot go on after "${path}": it is no backup of this list`, {
    hint: "Ask for the first page without --after.",
    context: { after: path },
  });
}

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
