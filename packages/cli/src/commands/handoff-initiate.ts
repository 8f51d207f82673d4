/** `knot handoff initiate`. */
import { type Command, defineCommand } from "../command.ts";
import {
  idArgument,
  jsonObjectOption,
  longTextOption,
  requiredText,
  textOption,
  textsOption,
} from "../parsing/option-spec.ts";
import { handoffLine } from "../views/handoff-view.ts";
import { given, taskChangeOptions, visitorOptionsOf } from "./shared-options.ts";

export const handoffInitiate: Command = defineCommand({
  path: "handoff initiate",
  summary: "Offer a task to another agent",
  details:
    "With all you know of it. You keep your claim until the other accepts; then it moves in one step, and your fence is " +
    "stale. An earlier offer of the task that nobody took is superseded.",
  needsIdentity: true,
  args: { task: idArgument("task", "The task, or the end of its id") },
  options: {
    to: requiredText("-t, --to <name>", "The agent, or the role, it is for", {
      misspellings: ["--target", "--recipient", "--assignee"],
    }),
    instructions: longTextOption("-i, --instructions <text>", "What the other should do", {
      misspellings: ["--message", "--notes", "--description"],
    }),
    done: textsOption("--done <text>", "What is done"),
    remaining: textsOption("--remaining <text>", "What is left to do", { misspellings: ["--todo", "--left"] }),
    decisions: textsOption("--decision <text>", "A decision taken on the way: its id, or words", {
      misspellings: ["--decisions"],
    }),
    uncertain: textsOption("--uncertain <text>", "What you are not sure of"),
    questions: textsOption("--question <text>", "What you would ask", { misspellings: ["--questions"] }),
    files: textsOption("--file <path>", "A file that matters", { misspellings: ["--files"] }),
    artifacts: textsOption("--artifact <text>", "Something you made", { misspellings: ["--artifacts"] }),
    branch: textOption("--branch <name>", "The branch the work is on"),
    context: jsonObjectOption("--context <json>", "Anything else, as a JSON object"),
    ...taskChangeOptions,
  },
  examples: [
    {
      line: 'knot handoff initiate 7QK4ZB1M --to agent-2 --fence 3 --done "parser" --remaining "tests" --as agent-1',
      why: "under a claim: the fence proves it",
    },
  ],
  run: async (context, input) => {
    const { task, fence, token, ifVersion, idempotencyKey, ...message } = input;
    const knot = await context.write();
    const id = await knot.resolveId(task, "task");
    const handoff = await knot.handoffs.initiate(
      id,
      { ...given(message), to: message.to },
      await visitorOptionsOf(context, knot, { id, fence, token, ifVersion, idempotencyKey }),
    );
    return { data: handoff, document: () => [handoffLine("Offered", handoff)] };
  },
});
