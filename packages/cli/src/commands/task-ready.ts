/** `knot task ready`. */
import { priorities, type Priority } from "@knotwork/domain";
import { type Command, defineCommand, type OptionSpec } from "../command.ts";
import { choiceOption, textOption } from "../parsing/option-spec.ts";
import { listDocument } from "../views/list-view.ts";
import { taskTable } from "../views/task-view.ts";
import { envelopePage, given, listOptions, taskFieldsOptions, taskItems } from "./shared-options.ts";

/** Which ready tasks: shared by `ready` and `next`. */
export const readyFilterOptions: {
  readonly priority: OptionSpec<Priority | undefined>;
  readonly category: OptionSpec<string | undefined>;
  readonly tag: OptionSpec<string | undefined>;
  readonly assignee: OptionSpec<string | undefined>;
} = {
  priority: choiceOption("-p, --priority <level>", "Only this", priorities, { misspellings: ["--prio"] }),
  category: textOption("-c, --category <word>", "Only this kind of work", { misspellings: ["--type", "--kind"] }),
  tag: textOption("--tag <word>", "Only tasks with this tag", { misspellings: ["--tags", "--label"] }),
  assignee: textOption("--assignee <name>", "Only tasks meant for this one", { misspellings: ["--owner"] }),
};

export const taskReady: Command = readyCommand("task ready");
export const ready: Command = readyCommand("ready");

function readyCommand(path: "task ready" | "ready"): Command {
  return defineCommand({
    path,
    summary: "List the tasks that can be worked on now",
    details:
      "Pending, nothing they wait for is open, and nobody holds a live claim on them. Most urgent first, then oldest.",
    args: {},
    options: { ...readyFilterOptions, ...taskFieldsOptions, ...listOptions },
    examples: [
      { line: `knot ${path}`, why: "what could be done now" },
      { line: `knot ${path} --tag wal -n 5 --json`, why: "five of one kind, for programs" },
      { line: `knot ${path} -n 50 --fields title --json`, why: "only ids and titles: half the bytes" },
    ],
    run: async (context, { full, fields, ...filter }) => {
      const knot = await context.read();
      const found = await knot.tasks.ready(given(filter));
      const page = envelopePage(found);
      return {
        data: { items: taskItems(found.items, { full, fields }) },
        page,
        document: (look) =>
          listDocument({
            count: found.items.length,
            noun: "task ready",
            page,
            rows: () => [taskTable(found.items, look)],
          }),
      };
    },
  });
}
