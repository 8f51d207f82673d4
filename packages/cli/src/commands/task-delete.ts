/** `knot task delete`. */
import { type Command, defineCommand } from "../command.ts";
import { line, span } from "../output/document.ts";
import { idArgument } from "../parsing/option-spec.ts";
import { taskLine } from "../views/task-view.ts";
import { idToDelete } from "./resolve-ids.ts";
import { dryRunOptions, taskChangeOptions, visitorOptionsOf } from "./shared-options.ts";

export const taskDelete: Command = defineCommand({
  path: "task delete",
  summary: "Delete a task and its edges",
  details:
    "Its notes and its claim go with it; the answer says what went. The history of the task stays and can be read.",
  args: { id: idArgument("id", "The task, or the end of its id") },
  options: {
    ...dryRunOptions,
    ...taskChangeOptions,
  },
  examples: [
    { line: "knot task delete 7QK4ZB1M --dry-run", why: "see what goes with it" },
    { line: "knot task delete 7QK4ZB1M --if-version 4", why: "only if nobody changed it since" },
  ],
  run: async (context, { id: typed, dryRun, ...write }) => {
    const knot = await context.write();
    const id = await idToDelete(knot, typed, { type: "task", idempotencyKey: write.idempotencyKey });
    const deletion = await knot.tasks.delete(id, {
      dryRun,
      named: typed,
      ...(await visitorOptionsOf(context, knot, { id, ...write })),
    });
    const { task, edges, notes } = deletion;
    return {
      data: { ...deletion, dryRun },
      document: () => [
        taskLine(dryRun ? "Would delete" : "Deleted", task, `with ${edges.length} edges and ${notes.length} notes`),
        ...edges.map(({ from, type, to }) => line([span("  edge ", "dim"), `${from} ${type} ${to}`])),
      ],
    };
  },
});
