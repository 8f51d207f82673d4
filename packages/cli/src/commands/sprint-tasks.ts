/** `knot sprint link`, `unlink`, `tasks`, `suggest`, `burndown`: what is in a sprint, and what could be. */
import { type SprintTasksChange, suggestionStrategies } from "@knotwork/domain";
import { type ArgumentSpec, type Command, defineCommand } from "../command.ts";
import { type Document, line, span } from "../output/document.ts";
import { choiceOption, flag, idArgument, idsArgument, withDefault } from "../parsing/option-spec.ts";
import { listDocument } from "../views/list-view.ts";
import { burndownTable, suggestionTable } from "../views/sprint-view.ts";
import { briefTask, taskTable } from "../views/task-view.ts";
import { pageOfItems } from "./page-of-items.ts";
import { resolveIds } from "./resolve-ids.ts";
import { changeOptions, dryRunOptions, listOptions, writeOptionsOf } from "./shared-options.ts";

const sprintId: ArgumentSpec<string> = idArgument("sprint", "The sprint: its number, its id or the end of it");

export const sprintLink: Command = defineCommand({
  path: "sprint link",
  summary: "Put tasks into a sprint",
  details: "All of them or none. With --move they leave the other sprints they are in.",
  args: { sprint: sprintId, tasks: idsArgument("task", "Tasks, or the ends of their ids") },
  options: {
    move: flag("--move", "Take them out of other sprints", { misspellings: ["--only", "--exclusive"] }),
    ...dryRunOptions,
    ...changeOptions,
  },
  examples: [{ line: "knot sprint link 12 7QK4ZB1M 9XW2T0RD", why: "two tasks more" }],
  run: async (context, { sprint, tasks, move, dryRun, ...write }) => {
    const knot = await context.write();
    const ids = await resolveIds(knot, tasks, "task");
    const options = { move, dryRun, ...writeOptionsOf(context, write) };
    const change = await knot.sprints.addTasks(await knot.sprints.resolve(sprint), ids, options);
    return { data: { ...change, dryRun }, document: () => changeDocument(change, dryRun) };
  },
});

export const sprintUnlink: Command = defineCommand({
  path: "sprint unlink",
  summary: "Take tasks out of a sprint",
  details: "The tasks stay. All of them or none: NOT_FOUND when one is not in it.",
  args: { sprint: sprintId, tasks: idsArgument("task", "Tasks, or the ends of their ids") },
  options: { ...dryRunOptions, ...changeOptions },
  examples: [{ line: "knot sprint unlink 12 7QK4ZB1M", why: "not in this one" }],
  run: async (context, { sprint, tasks, dryRun, ...write }) => {
    const knot = await context.write();
    const ids = await resolveIds(knot, tasks, "task");
    const options = { ...writeOptionsOf(context, write), dryRun };
    const change = await knot.sprints.removeTasks(await knot.sprints.resolve(sprint), ids, options);
    return { data: { ...change, dryRun }, document: () => changeDocument(change, dryRun) };
  },
});

export const sprintTasks: Command = defineCommand({
  path: "sprint tasks",
  summary: "List the tasks of a sprint",
  details: "Unfinished before finished, most urgent first.",
  args: { sprint: sprintId },
  options: listOptions,
  examples: [{ line: "knot sprint tasks 12", why: "what is in it" }],
  run: async (context, { sprint, ...paging }) => {
    const knot = await context.read();
    const tasks = await knot.sprints.tasks(await knot.sprints.resolve(sprint));
    const { items, page } = pageOfItems(tasks, paging, ({ id }) => id);
    return {
      data: { items: items.map(briefTask) },
      page,
      document: (look) =>
        listDocument({ count: items.length, noun: "task", page, rows: () => [taskTable(items, look)] }),
    };
  },
});

export const sprintSuggest: Command = defineCommand({
  path: "sprint suggest",
  summary: "Suggest open tasks for a sprint, and say why",
  details:
    "Tasks that are in no open sprint, by points: of the epic of the sprint, waited for by its tasks, in no sprint and no epic, urgent, ready, waited for by many, small, alike. Each reason is told with its points. Looked at are the tasks of its epics, what its tasks wait for, and the 500 most urgent others.",
  args: { sprint: sprintId },
  options: {
    strategy: withDefault(
      choiceOption("--strategy <name>", "What counts most", suggestionStrategies, { misspellings: ["--mode", "--by"] }),
      "balanced",
    ),
    ...listOptions,
  },
  examples: [{ line: "knot sprint suggest 12 --strategy quick-wins -n 5", why: "small tasks that are ready" }],
  run: async (context, { sprint, strategy, ...paging }) => {
    const knot = await context.read();
    const options = { strategy, limit: Number.MAX_SAFE_INTEGER };
    const all = await knot.sprints.suggest(await knot.sprints.resolve(sprint), options);
    const { items, page } = pageOfItems(all, paging, ({ task }) => task.id);
    return {
      data: { strategy, items: items.map((each) => ({ ...each, task: briefTask(each.task) })) },
      page,
      document: () =>
        listDocument({ count: items.length, noun: "suggestion", page, rows: () => [suggestionTable(items)] }),
    };
  },
});

export const sprintBurndown: Command = defineCommand({
  path: "sprint burndown",
  summary: "Count what was left of a sprint, day by day",
  details:
    "From its start to its completion, or today, in UTC. Tasks count from the day they were filed; cancelled ones do not.",
  args: { sprint: sprintId },
  options: {},
  examples: [{ line: "knot sprint burndown 12", why: "one line a day" }],
  run: async (context, { sprint }) => {
    const knot = await context.read();
    const burndown = await knot.sprints.burndown(await knot.sprints.resolve(sprint));
    const undated =
      burndown.undated === 0 ? [] : [line(span(`${burndown.undated} completed at an unknown time`, "dim"))];
    return { data: burndown, document: (look) => [burndownTable(burndown, look), ...undated] };
  },
});

function changeDocument({ sprint, added, already, removed }: SprintTasksChange, dryRun: boolean): Document {
  const would = dryRun ? "would be " : "";
  const lines = [
    ...added.map((task) => line([span(`+ `, "green"), span(task, "bold"), ` ${would}in ${sprint}`])),
    ...already.map((task) => line(span(`= ${task} is in ${sprint} already`, "dim"))),
    ...removed.map((out) => line([span(`- `, "yellow"), span(out.task, "bold"), ` ${would}out of ${out.sprint}`])),
  ];
  return lines.length === 0 ? [line(span("Nothing changes.", "dim"))] : lines;
}
