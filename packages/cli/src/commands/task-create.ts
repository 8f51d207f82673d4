/** `knot task create`. */
import { type Command, defineCommand } from "../command.ts";
import { idOption, idsOption, textArgument } from "../parsing/option-spec.ts";
import { taskLine } from "../views/task-view.ts";
import { resolveIds } from "./resolve-ids.ts";
import { given, parentOption, retryOptions, writeOptionsOf } from "./shared-options.ts";
import { taskFieldOptions } from "./task-fields.ts";

export const taskCreate: Command = defineCommand({
  path: "task create",
  summary: "Create a task",
  details: "The task and its edges come into being together, or not at all.",
  args: { title: textArgument("title", "What is to be done, in a line") },
  options: {
    ...taskFieldOptions,
    dependsOn: idsOption("--depends-on <ids>", "Tasks that must be finished first", {
      misspellings: ["--depends", "--deps", "--after-task", "--needs", "--blocked-by"],
    }),
    blocks: idsOption("--blocks <ids>", "Tasks that wait for this one"),
    parent: parentOption,
    in: idOption("--in <id>", "The epic or sprint that contains it", { misspellings: ["--epic", "--sprint"] }),
    id: idOption("--id <id>", "An id of your own instead of a new one"),
    ...retryOptions,
  },
  examples: [
    {
      line: 'knot task create "Refuse torn records" -p high --tags wal,recovery',
      why: "a task with a priority and tags",
    },
    {
      line: 'knot task create "Ship 1.0" --depends-on 7QK4ZB1M,9XW2T0RD',
      why: "it waits for two others, named by the end of their ids",
    },
  ],
  run: async (context, input) => {
    const { title, dependsOn, blocks, parent, in: container, id, idempotencyKey, ...fields } = input;
    const knot = await context.write();
    const task = await knot.tasks.create(
      {
        title,
        ...given(fields),
        ...given({ id }),
        ...given({ parent: parent === undefined ? undefined : await knot.resolveId(parent, "task") }),
        ...given({ containedIn: container === undefined ? undefined : await knot.resolveId(container) }),
        dependsOn: await resolveIds(knot, dependsOn, "task"),
        blocks: await resolveIds(knot, blocks, "task"),
      },
      writeOptionsOf(context, { idempotencyKey }),
    );
    return { data: task, document: () => [taskLine("Created", task)] };
  },
});
