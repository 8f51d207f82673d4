/** `knot handoff list`. */
import { handoffStatuses } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import { choiceOption, flag, idOption, textOption } from "../parsing/option-spec.ts";
import { briefHandoff, handoffTable } from "../views/handoff-view.ts";
import { listDocument } from "../views/list-view.ts";
import { envelopePage, given, listOptions } from "./shared-options.ts";

export const handoffList: Command = defineCommand({
  path: "handoff list",
  summary: "List handoffs",
  details:
    "By status as declared, oldest first. Handoffs that a later one took the place of are left out unless asked for.",
  args: {},
  options: {
    status: choiceOption("-s, --status <status>", "Only these", handoffStatuses, { misspellings: ["--state"] }),
    to: textOption("--to <name>", "Only those for this agent or role", { misspellings: ["--target"] }),
    from: textOption("--from <name>", "Only those of this agent", { misspellings: ["--source"] }),
    task: idOption("--task <id>", "Only those of this task"),
    all: flag("--all", "Superseded ones, too"),
    full: flag("--full", "With --json: every field"),
    ...listOptions,
  },
  examples: [{ line: "knot handoff list --to agent-2 --status initiated", why: "what waits for agent-2" }],
  run: async (context, { full, task, ...filter }) => {
    const knot = await context.read();
    const taskId = task === undefined ? undefined : await knot.resolveId(task, "task");
    const found = await knot.handoffs.list({ ...given(filter), ...given({ task: taskId }) });
    const page = envelopePage(found);
    return {
      data: { items: full ? found.items : found.items.map(briefHandoff) },
      page,
      document: () =>
        listDocument({ count: found.items.length, noun: "handoff", page, rows: () => [handoffTable(found.items)] }),
    };
  },
});
