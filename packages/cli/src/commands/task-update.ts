/** `knot task update`. */
import { taskStatuses, type TaskEdit, type UnsettableField } from "@knotwork/domain";
import { CliError } from "../cli-error.ts";
import { type Command, defineCommand } from "../command.ts";
import {
  assignmentsOption,
  choiceOption,
  choicesOption,
  idArgument,
  longTextOption,
  textOption,
} from "../parsing/option-spec.ts";
import { nearest } from "../parsing/near-miss.ts";
import { parseNumber } from "../parsing/values.ts";
import { taskLine } from "../views/task-view.ts";
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
const settable = ["title", "status", "priority", ...unsettable] as const satisfies readonly (keyof TaskEdit)[];

export const taskUpdate: Command = defineCommand({
  path: "task update",
  summary: "Change fields of a task",
  details: `Fields: ${settable.join(", ")}. A change of status is checked like the command for it. With --if-version, of two conflicting updates one gets CONFLICT and exit code 4.`,
  args: { id: idArgument("id", "The task, or the end of its id") },
  options: {
    title: textOption("-t, --title <text>", "What is to be done, in a line", { misspellings: ["--name", "--subject"] }),
    status: choiceOption("-s, --status <status>", "Where it stands", taskStatuses, { misspellings: ["--state"] }),
    ...taskFieldOptions,
    retrospective: longTextOption("--retrospective <text>", "What was learned"),
    set: assignmentsOption("--set <field=value>", "Set a field; field:=json for numbers, lists and objects"),
    unset: choicesOption("--unset <fields>", "Remove the value of these", unsettable, {
      misspellings: ["--clear", "--remove"],
    }),
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
    const edit = mergeEdits(given(named), set);
    assertSomething(edit, unset);
    const knot = await context.write();
    const id = await knot.resolveId(typed, "task");
    const task = await knot.tasks.update(id, edit, {
      ...given({ unset }),
      ...(await visitorOptionsOf(context, knot, { id, fence, token, ifVersion, idempotencyKey })),
    });
    return { data: task, document: () => [taskLine("Updated", task, `version ${task.version}`)] };
  },
});

/** The values of `--set` beside those of the options of their own. The domain judges the values. */
function mergeEdits(named: Readonly<Record<string, unknown>>, set: Readonly<Record<string, unknown>>): TaskEdit {
  const edit: Record<string, unknown> = { ...named };
  for (const [field, value] of Object.entries(set)) {
    if (!(settable as readonly string[]).includes(field)) throw unknownField(field);
    if (field in edit) {
      throw new CliError("REPEATED_OPTION", `Cannot set "${field}" twice: one of the values would be lost`, {
        hint: "Give it once, by its own option or by --set.",
        context: { field },
      });
    }
    edit[field] = typeof value === "string" ? fieldValue(field, value) : value;
  }
  return edit;
}

/** A text of `--set` in the type its field has. */
function fieldValue(field: string, value: string): unknown {
  if (field === "estimateHours") return parseNumber("estimateHours", value);
  if (field === "tags") return value.split(",").map((tag) => tag.trim());
  return value;
}

function assertSomething(edit: TaskEdit, unset: readonly string[] | undefined): void {
  const fields = Object.keys(edit);
  const both = (unset ?? []).find((field) => fields.includes(field));
  if (both !== undefined) {
    throw new CliError("INVALID_ARGUMENT", `Cannot set and unset "${both}" at once`, {
      hint: "Do one of the two.",
      context: { field: both },
    });
  }
  if (fields.length > 0 || (unset ?? []).length > 0) return;
  throw new CliError("MISSING_ARGUMENT", "Cannot update the task: no field was given", {
    hint: "Add a field, such as --priority high or --set category=bugfix.",
  });
}

function unknownField(field: string): CliError {
  const suggestion = nearest(field, settable);
  return new CliError("UNKNOWN_FIELD", `Cannot set "${field}": a task has no such field that can be set`, {
    hint: suggestion === undefined ? `Fields: ${settable.join(", ")}.` : `Use ${suggestion}.`,
    context: { field, suggestion },
  });
}
