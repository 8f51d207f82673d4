/** `knot log`. */
import type { LogEntry } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import { type Block, span, table } from "../output/document.ts";
import { parseInteger } from "../parsing/values.ts";
import { listDocument } from "../views/list-view.ts";
import { shortIdsInTexts } from "../views/short-ids.ts";
import { shortTime } from "../views/times.ts";
import { envelopePage, given, listOptions } from "./shared-options.ts";

export const log: Command = defineCommand({
  path: "log",
  summary: "List commits, newest first",
  details: "Who changed what, in which commit, in the one order of the store.",
  args: {},
  options: listOptions,
  examples: [
    { line: "knot log -n 5", why: "the last five commits" },
    { line: "knot log --after 120", why: "those before commit 120" },
  ],
  run: async (context, { limit, after }) => {
    const before =
      after === undefined ? undefined : parseInteger("--after", after, { min: 1, max: Number.MAX_SAFE_INTEGER });
    const found = await (await context.read()).log({ limit, ...given({ before }) });
    const page = envelopePage(found);
    return {
      data: { items: found.items },
      page,
      document: () =>
        listDocument({ count: found.items.length, noun: "commit", page, rows: () => [commitTable(found.items)] }),
    };
  },
});

function commitTable(commits: readonly LogEntry[]): Block {
  const short = shortIdsInTexts(commits.map(({ summary }) => summary));
  return table(
    [{ title: "seq", align: "right" }, { title: "at" }, { title: "by" }, { title: "what", flexible: true }],
    commits.map(({ seq, time, author, summary }) => [
      String(seq),
      span(shortTime(time), "dim"),
      author,
      short(summary),
    ]),
  );
}
