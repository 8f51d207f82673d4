/** `knot sprint list`, `sprint status`. */
import { sprintStatuses } from "@knotwork/domain";
import { found } from "../command-context.ts";
import { type Command, defineCommand } from "../command.ts";
import { line, span } from "../output/document.ts";
import { choicesOption, idOption, optionalIdArgument } from "../parsing/option-spec.ts";
import { listDocument } from "../views/list-view.ts";
import { briefSprint, sprintDocument, sprintTable } from "../views/sprint-view.ts";
import { briefTask } from "../views/task-view.ts";
import { envelopePage, given, listOptions } from "./shared-options.ts";

export const sprintList: Command = defineCommand({
  path: "sprint list",
  summary: "List sprints with their progress",
  details: "Highest number first. The percentage is that of the tasks completed; cancelled ones do not count.",
  args: {},
  options: {
    status: choicesOption("-s, --status <statuses>", "Only these", sprintStatuses, { misspellings: ["--state"] }),
    epic: idOption("-e, --epic <id>", "Only those of an epic", { misspellings: ["--in"] }),
    ...listOptions,
  },
  examples: [{ line: "knot sprint list --status in_progress,available", why: "what is open" }],
  run: async (context, { epic, ...filter }) => {
    const knot = await context.read();
    const epicId = epic === undefined ? undefined : await knot.resolveId(epic, "epic");
    const sprints = await knot.sprints.list({ ...given(filter), ...given({ epic: epicId }) });
    const page = envelopePage(sprints);
    const { items } = sprints;
    return {
      data: { items: items.map(briefSprint) },
      page,
      document: (look) =>
        listDocument({ count: items.length, noun: "sprint", page, rows: () => [sprintTable(items, look)] }),
    };
  },
});

export const sprintStatus: Command = defineCommand({
  path: "sprint status",
  summary: "Show one sprint: progress, goals, tasks",
  details:
    "Without an id the one in progress: your own before others, then the one started last. When none is in progress, data is null.",
  args: { id: optionalIdArgument("id", "The sprint: its number, its id or the end of it") },
  options: {},
  examples: [
    { line: "knot sprint status", why: "the current sprint" },
    { line: "knot sprint status 18", why: "sprint 18" },
  ],
  run: async (context, { id: typed }) => {
    const knot = await context.read();
    const id = typed === undefined ? undefined : await knot.sprints.resolve(typed);
    const sprint = id === undefined ? await knot.sprints.current() : found(await knot.sprints.get(id), "sprint", id);
    if (sprint === undefined) return { data: null, document: () => [line(span("No sprint is in progress.", "dim"))] };
    const tasks = await knot.sprints.tasks(sprint.id);
    return {
      data: { ...sprint, tasks: tasks.map(briefTask) },
      document: (look) => sprintDocument(sprint, tasks, look),
    };
  },
});
