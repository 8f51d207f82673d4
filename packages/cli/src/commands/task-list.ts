/** `knot task list`. */
import { priorities, taskStatuses } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import { choicesOption, textOption } from "../parsing/option-spec.ts";
import { listDocument } from "../views/list-view.ts";
import { taskTable } from "../views/task-view.ts";
import { envelopePage, given, listOptions, taskFieldsOptions, taskItems } from "./shared-options.ts";

export const taskList: Command = defineCommand({
  path: "task list",
  summary: "List tasks",
  details: "By status as declared, then priority, then age. Finished tasks are listed too, after the others.",
  args: {},
  options: {
    status: choicesOption("-s, --status <statuses>", "Only these", taskStatuses, { misspellings: ["--state", "--is"] }),
    priority: choicesOption("-p, --priority <levels>", "Only these", priorities, { misspellings: ["--prio"] }),
    assignee: textOption("--assignee <name>", "Only tasks meant for this one", {
      misspellings: ["--owner", "--assigned-to"],
    }),
    category: textOption("-c, --category <word>", "Only this kind of work", { misspellings: ["--type", "--kind"] }),
    tag: textOption("--tag <word>", "Only tasks with this tag", { misspellings: ["--tags", "--label"] }),
    text: textOption("--text <words>", "Only tasks with these words in title or description", {
      misspellings: ["--search", "--query", "--grep", "--contains"],
    }),
    ...taskFieldsOptions,
    ...listOptions,
  },
  examples: [
    { line: "knot task list --status pending,in_progress -n 50", why: "what is open" },
    { line: "knot task list --text recovery --json", why: "the same for programs; page.next goes on" },
    { line: "knot task list -n 50 --fields title --json", why: "fifty of them in less than 6,000 bytes" },
  ],
  run: async (context, { full, fields, ...filter }) => {
    const knot = await context.read();
    const found = await knot.tasks.list(given(filter));
    const page = envelopePage(found);
    return {
      data: { items: taskItems(found.items, { full, fields }) },
      page,
      document: (look) =>
        listDocument({ count: found.items.length, noun: "task", page, rows: () => [taskTable(found.items, look)] }),
    };
  },
});
