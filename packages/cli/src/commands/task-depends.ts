/** `knot task depends`. */
import { type Command, defineCommand } from "../command.ts";
import { idArgument, idsOption, required } from "../parsing/option-spec.ts";
import { taskLine } from "../views/task-view.ts";
import { resolveIds } from "./resolve-ids.ts";
import { taskChangeOptions, writeOptionsOf } from "./shared-options.ts";

export const taskDepends: Command = defineCommand({
  path: "task depends",
  summary: "Make a task wait for others",
  details:
    "A task cannot start before those it waits for are finished. An edge that would close a circle is refused with CYCLE and the path.",
  args: { id: idArgument("id", "The task that waits") },
  options: {
    on: required(
      idsOption("--on <ids>", "The tasks it waits for", { misspellings: ["--depends-on", "--blocked-by", "--needs"] }),
    ),
    ...taskChangeOptions,
  },
  examples: [{ line: "knot task depends 7QK4ZB1M --on 9XW2T0RD", why: "7QK4ZB1M waits until 9XW2T0RD is finished" }],
  run: async (context, { id: typed, on, ...write }) => {
    const knot = await context.write();
    const blockers = await resolveIds(knot, on, "task");
    const id = await knot.resolveId(typed, "task");
    const task = await knot.tasks.depends(id, blockers, writeOptionsOf(context, write));
    return {
      data: { task, dependsOn: blockers },
      document: () => [taskLine("Waits", task, `for ${blockers.join(", ")}`)],
    };
  },
});
