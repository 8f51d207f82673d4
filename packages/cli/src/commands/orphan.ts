/** `knot orphan report`, `suggest`, `link`, and `knot infer`. */
import { taskStatuses, type LinkSuggestion } from "@knotwork/domain";
import { CliError } from "../cli-error.ts";
import { type Command, defineCommand } from "../command.ts";
import { type Block, type Document, fields, line, span } from "../output/document.ts";
import {
  choiceOption,
  idArgument,
  idOption,
  idsOption,
  integerOption,
  numberOption,
  textOption,
  withDefault,
} from "../parsing/option-spec.ts";
import { listDocument } from "../views/list-view.ts";
import { briefTask, taskLine, taskTable } from "../views/task-view.ts";
import { resolveIds } from "./resolve-ids.ts";
import { dryRunOptions, envelopePage, given, listOptions, retryOptions, writeOptionsOf } from "./shared-options.ts";

export const orphanReport: Command = defineCommand({
  path: "orphan report",
  summary: "List the tasks that no edge ties to anything",
  details: "Most urgent first. Notes and handoffs do not count as ties.",
  args: {},
  options: {
    status: choiceOption("-s, --status <status>", "Only these", taskStatuses, { misspellings: ["--state"] }),
    ...listOptions,
  },
  examples: [{ line: "knot orphan report --status pending", why: "what nobody comes upon" }],
  run: async (context, filter) => {
    const found = await (await context.read()).orphans.list(given(filter));
    const page = envelopePage(found);
    return {
      data: { items: found.items.map(briefTask) },
      page,
      document: (look) =>
        listDocument({ count: found.items.length, noun: "orphan", page, rows: () => [taskTable(found.items, look)] }),
    };
  },
});

export const orphanSuggest: Command = defineCommand({
  path: "orphan suggest",
  summary: "Suggest what a task may belong to, and why",
  details: "By words, tags and category; a word that few entities have counts more. Scores are from 0 to 1.",
  args: { id: idArgument("id", "The task, or the end of its id") },
  options: {
    limit: withDefault(integerOption("-n, --limit <count>", "How many at most (default 3)", { min: 1, max: 100 }), 3),
    scoreMin: numberOption("--min-score <score>", "Leave out what scores less (default 0.2)"),
  },
  examples: [{ line: "knot orphan suggest 7QK4ZB1M", why: "each with a score and reasons" }],
  run: async (context, { id, ...options }) => {
    const knot = await context.read();
    const { task, suggestions } = await knot.orphans.suggest(await knot.resolveId(id, "task"), given(options));
    return {
      data: { task: briefTask(task), items: suggestions },
      page: { next: null, truncated: false },
      document: () => [
        taskLine("For", task),
        ...(suggestions.length === 0 ? [line(span("  Nothing is alike.", "dim"))] : suggestions.map(suggestionLine)),
      ],
    };
  },
});

export const orphanLink: Command = defineCommand({
  path: "orphan link",
  summary: "Link orphans to what they most likely belong to",
  details:
    "The best suggestion of each, all or nothing; the score becomes the confidence of the edge. With --into they go into one epic or sprint.",
  args: {},
  options: {
    tasks: idsOption("--task <ids>", "Only these tasks", { misspellings: ["--tasks", "--task-ids", "--ids"] }),
    scoreMin: numberOption("--min-score <score>", "Leave out what scores less (default 0.5)"),
    into: idOption("--into <id>", "The epic or sprint to put them into", { misspellings: ["--sprint", "--epic"] }),
    ...dryRunOptions,
    ...retryOptions,
  },
  examples: [{ line: "knot orphan link --dry-run", why: "see what would be linked" }],
  run: async (context, { tasks, scoreMin, into, dryRun, idempotencyKey }) => {
    const knot = await context.write();
    const wanted = tasks === undefined ? undefined : await resolveIds(knot, tasks, "task");
    const container = into === undefined ? undefined : await knot.resolveId(into);
    const linked = await knot.orphans.link({
      ...given({ tasks: wanted, scoreMin, into: container }),
      ...writeOptionsOf(context, { idempotencyKey }),
      dryRun,
    });
    return {
      data: { ...linked, dryRun },
      document: () => [
        ...linked.edges.map(({ from, type, to }) =>
          line([span(dryRun ? "Would link " : "Linked ", "green"), `${from} ${type} ${to}`]),
        ),
        line(span(`${linked.edges.length} linked, ${linked.left.length} left`, "dim")),
      ],
    };
  },
});

export const infer: Command = defineCommand({
  path: "infer",
  summary: "Add the edges that the git history implies",
  details:
    "A commit that names an id REFERENCES it, one that fixes, closes or implements it IMPLEMENTS it; messages such as `T-1 depends on T-2` tie tasks. No task is completed by it. Running it again adds nothing twice.",
  args: {},
  options: {
    commits: withDefault(
      integerOption(
        "-n, --limit <count>",
        "How many commits, from the newest (default 200)",
        { min: 1, max: 100_000 },
        { misspellings: ["--commits", "--count", "--max"] },
      ),
      200,
    ),
    repository: textOption("--repository <dir>", "The clone to read (default: where you are)", {
      misspellings: ["--repo", "--dir", "--git"],
    }),
    ...dryRunOptions,
  },
  examples: [{ line: "knot infer --dry-run", why: "see what the messages say" }],
  run: async (context, { commits, repository, dryRun }) => {
    const { readGitHistory } = await import("../session/git-history.ts");
    const directory = repository ?? context.environment.cwd;
    const history = await readGitHistory(directory, commits);
    if (history === undefined) {
      throw new CliError("FILE_NOT_FOUND", `Cannot read a git history: there is none at ${JSON.stringify(directory)}`, {
        hint: "Run it inside a clone, or name one with --repository.",
        context: { path: directory },
      });
    }
    const knot = await context.write();
    const inference = await knot.imports.inferFromGit(history, { ...writeOptionsOf(context, {}), dryRun });
    return {
      data: { ...inference, dryRun },
      document: (): Document => [
        ...inference.inferred.map(({ from, type, to, subject }) =>
          line([`${from.slice(0, 30)} ${type} ${to}`, span(`  ${subject}`, "dim")]),
        ),
        ...inference.refused.map(({ words, reason }) => line([span("Refused ", "yellow"), `${words}: ${reason}`])),
        fields([
          ["commits", String(inference.commits)],
          ["implied", String(inference.inferred.length)],
          [dryRun ? "between tasks, new" : "added", String(inference.added.length)],
        ]),
      ],
    };
  },
});

function suggestionLine({ from, type, to, other, score, reasons }: LinkSuggestion): Block {
  return line([
    `  ${score.toFixed(2)}  `,
    span(from === other.id ? `${from} ${type}` : `${type} ${to}`, "bold"),
    `  ${other.title}  `,
    span(reasons.join("; "), "dim"),
  ]);
}
