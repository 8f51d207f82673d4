/** `knot task update`. */
import { taskStatuses, type TaskEdit, type UnsettableField } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import { choiceOption, idArgument, longTextOption, textOption } from "../parsing/option-spec.ts";
import { taskLine } from "../views/task-view.ts";
import { type EditableRecord, editOptions, mergeEdits } from "./field-edits.ts";
import { given, proofOptions, retryOptions, versionOptions, visitorOptionsOf } from "./shared-options.ts";
import { taskFieldOptions } from "./task-fields.ts";

const unsettable = [
  "description",
  "category",
  "tags",
  "estimateHours",
  "assignee",
  "due",
  "retrospective",
] as const satisfies readonly UnsettableField[];

const editable: EditableRecord = {
  noun: "task",
  fields: {
    title: "text",
    status: "text",
    priority: "text",
    description: "text",
    category: "text",
    tags: "words",
    estimateHours: "number",
    assignee: "text",
    due: "text",
    retrospective: "text",
  } satisfies Readonly<Record<keyof TaskEdit, "text" | "words" | "number">>,
};

export const taskUpdate: Command = defineCommand({
  path: "task update",
  summary: "Change fields of a task",
  details: `Fields: ${Object.keys(editable.fields).join(", ")}. A change of status is checked like the command for it. With --if-version, of two conflicting updates one gets CONFLICT and exit code 4.`,
  args: { id: idArgument("id", "The task, or the end of its id") },
  options: {
    title: textOption("-t, --title <text>", "What is to be done, in a line", { misspellings: ["--name", "--subject"] }),
    status: choiceOption("-s, --status <status>", "Where it stands", taskStatuses, { misspellings: ["--state"] }),
    ...taskFieldOptions,
    retrospective: longTextOption("--retrospective <text>", "What was learned"),
    ...editOptions(unsettable),
    ...proofOptions,
    ...versionOptions,
    ...retryOptions,
  },
  examples: [
    {
      line: "knot task update 7QK4ZB1M --priority critical --if-version 3",
      why: "refused when somebody changed it since version 3",
    },
    { line: "knot task update 7QK4ZB1M --set category=bugfix --unset due", why: "set one field, clear another" },
  ],
  run: async (context, input) => {
    const { id: typed, set, unset, fence, token, ifVersion, idempotencyKey, ...named } = input;
    const edit = mergeEdits<TaskEdit>(editable, { named, set, unset });
    const knot = await context.write();
    const id = await knot.resolveId(typed, "task");
    const task = await knot.tasks.update(id, edit, {
      ...given({ unset }),
      ...(await visitorOptionsOf(context, knot, { id, fence, token, ifVersion, idempotencyKey })),
    });
    return { data: task, document: () => [taskLine("Updated", task, `version ${task.version}`)] };
  },
});
