/** `knot sprint create`, `sprint update`. */
import type { SprintEdit } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import {
  idArgument,
  idOption,
  integerOption,
  longTextOption,
  textArgument,
  textOption,
  textsOption,
  wordsOption,
} from "../parsing/option-spec.ts";
import { sprintLine } from "../views/sprint-view.ts";
import { editOptions, mergeEdits } from "./field-edits.ts";
import { changeOptions, given, retryOptions, writeOptionsOf } from "./shared-options.ts";

const NUMBERS = { min: 0, max: 999_999 };

const fieldOptions = {
  number: integerOption("--number <number>", "A number of its own instead of the next one", NUMBERS, {
    misspellings: ["--no", "--num"],
  }),
  description: longTextOption("-d, --description <text>", "What it is about", { misspellings: ["--desc", "--body"] }),
  isolation: wordsOption("--isolation <paths>", "Paths or topics it keeps to itself, comma-separated", {
    misspellings: ["--isolate", "--paths"],
  }),
};

export const sprintCreate: Command = defineCommand({
  path: "sprint create",
  summary: "Create a sprint",
  details:
    "It gets the next number, one more than the highest there is: two sprints created at the same moment never share one. A number given by hand is refused when it is in use.",
  args: { title: textArgument("title", "What the sprint is for, in a line") },
  options: {
    ...fieldOptions,
    epic: idOption("-e, --epic <id>", "The epic it is a part of", { misspellings: ["--parent", "--in"] }),
    goals: textsOption("-g, --goal <text>", "A goal", { misspellings: ["--goals", "--objective"] }),
    id: idOption("--id <id>", "An id of your own instead of a new one"),
    ...retryOptions,
  },
  examples: [
    {
      line: 'knot sprint create "Faster recovery" --goal "Open in 30 ms" --epic 7QK4ZB1M',
      why: "the next number, one goal, part of an epic",
    },
  ],
  run: async (context, input) => {
    const { title, epic, goals = [], idempotencyKey, ...fields } = input;
    const knot = await context.write();
    const sprint = await knot.sprints.create(
      {
        title,
        ...given(fields),
        ...given({ epic: epic === undefined ? undefined : await knot.resolveId(epic, "epic") }),
        goals: goals.map((text) => ({ text })),
      },
      writeOptionsOf(context, { idempotencyKey }),
    );
    return { data: sprint, document: () => [sprintLine("Created", sprint)] };
  },
});

export const sprintUpdate: Command = defineCommand({
  path: "sprint update",
  summary: "Change fields of a sprint",
  details:
    "Fields: title, number, description, isolation. Where it stands is changed by start, block, complete, reopen.",
  args: { id: idArgument("id", "The sprint: its number, its id or the end of it") },
  options: {
    title: textOption("-t, --title <text>", "What the sprint is for, in a line", { misspellings: ["--name"] }),
    ...fieldOptions,
    ...editOptions(["description", "isolation"]),
    ...changeOptions,
  },
  examples: [
    { line: 'knot sprint update 12 --title "Recovery and checks" --if-version 2', why: "unless it was changed" },
  ],
  run: async (context, { id: typed, set, unset, ifVersion, idempotencyKey, ...named }) => {
    const fields = { title: "text", number: "number", description: "text", isolation: "words" } as const;
    const edit = mergeEdits<SprintEdit>({ noun: "sprint", fields }, { named, set, unset });
    const knot = await context.write();
    const sprint = await knot.sprints.update(await knot.sprints.resolve(typed), edit, {
      ...given({ unset }),
      ...writeOptionsOf(context, { ifVersion, idempotencyKey }),
    });
    return { data: sprint, document: () => [sprintLine("Updated", sprint, `version ${sprint.version}`)] };
  },
});
