/** `knot sprint goal add`, `list`, `update`, `complete`, and `sprint note`. */
import { priorities, type Sprint } from "@knotwork/domain";
import { CliError } from "../cli-error.ts";
import { found } from "../command-context.ts";
import { type ArgumentSpec, type Command, type CommandOutput, defineCommand } from "../command.ts";
import { line, span } from "../output/document.ts";
import { choiceOption, flag, idArgument, integerOption, textArgument, textOption } from "../parsing/option-spec.ts";
import { parseInteger } from "../parsing/values.ts";
import { listDocument } from "../views/list-view.ts";
import { goalTable, sprintLine } from "../views/sprint-view.ts";
import { pageOfItems } from "./page-of-items.ts";
import { changeOptions, given, listOptions, writeOptionsOf } from "./shared-options.ts";

const sprintId: ArgumentSpec<string> = idArgument("sprint", "The sprint: its number, its id or the end of it");
const goalNumber: ArgumentSpec<number> = {
  name: "goal",
  summary: "The goal, counted from 1 as listed",
  arity: "required",
  read: (raw) => {
    if (typeof raw === "string") return parseInteger("<goal>", raw, { min: 1, max: 10_000 });
    throw new CliError("MISSING_ARGUMENT", "Cannot run the command: <goal> is missing", {
      hint: "Give the number of the goal, as listed.",
      context: { argument: "goal" },
    });
  },
};
const priority = choiceOption("-p, --priority <level>", "How much it matters", priorities, {
  misspellings: ["--prio"],
});

export const sprintGoalAdd: Command = defineCommand({
  path: "sprint goal add",
  summary: "Add a goal to a sprint",
  args: { sprint: sprintId, text: textArgument("text", "What is to be reached, in a line") },
  options: { priority, ...changeOptions },
  examples: [{ line: 'knot sprint goal add 12 "Open in 30 ms" -p high', why: "one goal more" }],
  run: async (context, { sprint, text, priority: level, ...write }) => {
    const knot = await context.write();
    const goal = { text, ...given({ priority: level }) };
    const changed = await knot.sprints.addGoal(
      await knot.sprints.resolve(sprint),
      goal,
      writeOptionsOf(context, write),
    );
    return goalOutput("Added", changed, changed.goals.length);
  },
});

export const sprintGoalList: Command = defineCommand({
  path: "sprint goal list",
  summary: "List the goals of a sprint",
  args: { sprint: sprintId },
  options: listOptions,
  examples: [{ line: "knot sprint goal list 12", why: "with their numbers" }],
  run: async (context, { sprint, ...paging }) => {
    const knot = await context.read();
    const id = await knot.sprints.resolve(sprint);
    const { goals } = found(await knot.sprints.get(id), "sprint", id);
    const numbered = goals.map((goal, index) => ({ number: index + 1, ...goal }));
    const { items, page } = pageOfItems(numbered, paging, ({ number }) => String(number));
    return {
      data: { items },
      page,
      document: (look) =>
        listDocument({ count: items.length, noun: "goal", page, rows: () => [goalTable(items, look)] }),
    };
  },
});

export const sprintGoalUpdate: Command = defineCommand({
  path: "sprint goal update",
  summary: "Change a goal: its text, its progress, how much it matters",
  details: "At 100 percent it is completed; below, a completed one is open again.",
  args: { sprint: sprintId, goal: goalNumber },
  options: {
    text: textOption("-t, --text <text>", "What is to be reached, in a line", { misspellings: ["--title"] }),
    progress: integerOption(
      "--progress <percent>",
      "How far it is, 0 to 100",
      { min: 0, max: 100 },
      {
        misspellings: ["--percent", "--done"],
      },
    ),
    priority,
    open: flag("--open", "It is not completed after all", { misspellings: ["--reopen", "--undo"] }),
    ...changeOptions,
  },
  examples: [{ line: "knot sprint goal update 12 1 --progress 60", why: "goal 1 is at 60 percent" }],
  run: async (context, { sprint, goal, open, text, progress, priority: level, ...write }) => {
    const edit = { ...given({ text, progress, priority: level }), ...(open ? { completed: false } : {}) };
    if (Object.keys(edit).length === 0) {
      throw new CliError("MISSING_ARGUMENT", "Cannot update the goal: nothing to change was given", {
        hint: "Add --progress, --text, --priority or --open.",
      });
    }
    const knot = await context.write();
    const id = await knot.sprints.resolve(sprint);
    return goalOutput("Updated", await knot.sprints.updateGoal(id, goal, edit, writeOptionsOf(context, write)), goal);
  },
});

export const sprintGoalComplete: Command = defineCommand({
  path: "sprint goal complete",
  summary: "Say that a goal is reached",
  args: { sprint: sprintId, goal: goalNumber },
  options: changeOptions,
  examples: [{ line: "knot sprint goal complete 12 1", why: "goal 1 of sprint 12" }],
  run: async (context, { sprint, goal, ...write }) => {
    const knot = await context.write();
    const id = await knot.sprints.resolve(sprint);
    const options = writeOptionsOf(context, write);
    return goalOutput("Completed", await knot.sprints.updateGoal(id, goal, { completed: true }, options), goal);
  },
});

export const sprintNote: Command = defineCommand({
  path: "sprint note",
  summary: "Add a line to the notes of a sprint",
  args: { sprint: sprintId, text: textArgument("text", "The note") },
  options: changeOptions,
  examples: [{ line: 'knot sprint note 12 "The format is settled"', why: "shown with the sprint" }],
  run: async (context, { sprint, text, ...write }) => {
    const knot = await context.write();
    const changed = await knot.sprints.note(await knot.sprints.resolve(sprint), text, writeOptionsOf(context, write));
    return { data: changed, document: () => [sprintLine("Noted", changed)] };
  },
});

function goalOutput(done: string, sprint: Sprint, number: number): CommandOutput {
  const goal = sprint.goals[number - 1];
  return {
    data: { sprint: sprint.id, version: sprint.version, goal: { number, ...goal } },
    document: () => [
      line([span(`${done} `, "green"), `goal ${number} of `, span(sprint.id, "bold"), `  ${goal?.text ?? ""}`]),
    ],
  };
}
