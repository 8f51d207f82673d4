/** `knot log`. */
import type { LogEntry } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import { type Block, span, table } from "../output/document.ts";
import { flag, integerOption, textOption } from "../parsing/option-spec.ts";
import { parseInteger } from "../parsing/values.ts";
import { followLog } from "./log-follow.ts";
import { listDocument } from "../views/list-view.ts";
import { shortIdsInTexts } from "../views/short-ids.ts";
import { shortTime } from "../views/times.ts";
import { envelopePage, given, listOptions } from "./shared-options.ts";

const LIMIT_DEFAULT = 20;

export const log: Command = defineCommand({
  path: "log",
  summary: "List commits, newest first",
  details:
    "Who changed what, in which commit, in the one order of the store. With --follow: the commits from now on, as they come, oldest first; --after CURSOR goes on behind a commit, and misses none. With --json each is one line, with its cursor. Ctrl-C ends it.",
  args: {},
  options: {
    limit: integerOption(
      "-n, --limit <count>",
      `How many at most (default ${LIMIT_DEFAULT}; with --follow: no end)`,
      { min: 1, max: 1_000_000_000 },
      { misspellings: ["--max", "--count", "--top", "--first"] },
    ),
    after: listOptions.after,
    follow: flag("-f, --follow", "Wait for what comes", { misspellings: ["--watch", "--tail", "--stream"] }),
    author: textOption("--by <name>", "Only commits by this author"),
    ofSession: textOption("--of-session <id>", "Only commits of this reasoning session"),
  },
  examples: [
    { line: "knot log -n 5", why: "the last five commits" },
    { line: "knot log --after 120", why: "those before commit 120" },
    { line: "knot log --by claude", why: "what one agent did" },
    { line: "knot log --follow --json --after 120 -n 10", why: "the ten commits behind commit 120, as lines of JSON" },
  ],
  run: async (context, { limit: wanted, after, follow, author, ofSession: session }) => {
    if (follow && author === undefined && session === undefined)
      return await followLog(context, given({ limit: wanted, after }));
    const limit = parseInteger("--limit", String(wanted ?? LIMIT_DEFAULT), { min: 1, max: 10_000 });
    const before =
      after === undefined ? undefined : parseInteger("--after", after, { min: 1, max: Number.MAX_SAFE_INTEGER });
    const found = await (await context.read()).log({ limit, ...given({ before, author, session }) });
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
