/** `knot task complete`. */
import { type Command, defineCommand } from "../command.ts";
import { idArgument, longTextOption } from "../parsing/option-spec.ts";
import { taskLine } from "../views/task-view.ts";
import { given, holderOptionsOf, proofOptions, retryOptions, versionOptions } from "./shared-options.ts";

export const taskComplete: Command = defineCommand({
  path: "task complete",
  summary: "Finish a task",
  details:
    "A claimed task is finished by its holder, who proves it with the fence or the token: a stale fence gets STALE_FENCE, " +
    "none at all CLAIM_HELD. A task with open children is not finished.",
  args: { id: idArgument("id", "The task, or the end of its id") },
  options: {
    retrospective: longTextOption("-r, --retrospective <text>", "What was learned", {
      misspellings: ["--reason", "--notes", "--message", "--summary", "--resolution"],
    }),
    ...proofOptions,
    ...versionOptions,
    ...retryOptions,
  },
  examples: [
    { line: "knot task complete 7QK4ZB1M --fence 3 --token …", why: "under a claim" },
    { line: 'knot task complete 7QK4ZB1M -r "The parser was fine; the fixture was not"', why: "with what was learned" },
  ],
  run: async (context, { id, retrospective, ...write }) => {
    const knot = await context.write();
    const task = await knot.tasks.complete(await knot.resolveId(id, "task"), {
      ...given({ retrospective }),
      ...holderOptionsOf(context, write),
    });
    return { data: task, document: () => [taskLine("Completed", task)] };
  },
});
