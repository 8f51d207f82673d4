/** `knot epic list`, `epic show`. */
import { epicStatuses } from "@knotwork/domain";
import { found } from "../command-context.ts";
import { type Command, defineCommand } from "../command.ts";
import { choicesOption, idArgument } from "../parsing/option-spec.ts";
import { briefEpic, epicDocument, epicTable, wholeEpic } from "../views/epic-view.ts";
import { listDocument } from "../views/list-view.ts";
import { envelopePage, given, listOptions } from "./shared-options.ts";

export const epicList: Command = defineCommand({
  path: "epic list",
  summary: "List epics with their progress",
  details:
    "By status as declared, oldest first. The percentage counts the tasks of an epic and of its sprints, each once.",
  args: {},
  options: {
    status: choicesOption("-s, --status <statuses>", "Only these", epicStatuses, { misspellings: ["--state"] }),
    ...listOptions,
  },
  examples: [{ line: "knot epic list --status active", why: "what is under way" }],
  run: async (context, filter) => {
    const knot = await context.read();
    const epics = await knot.epics.list(given(filter));
    const page = envelopePage(epics);
    const { items } = epics;
    return {
      data: { items: items.map(briefEpic) },
      page,
      document: (look) =>
        listDocument({ count: items.length, noun: "epic", page, rows: () => [epicTable(items, look)] }),
    };
  },
});

export const epicShow: Command = defineCommand({
  path: "epic show",
  summary: "Show one epic: phases, sprints, tasks, progress",
  args: { id: idArgument("id", "The epic, or the end of its id") },
  options: {},
  examples: [{ line: "knot epic show EPIC-nlu", why: "all that is in it" }],
  run: async (context, { id: typed }) => {
    const knot = await context.read();
    const id = await knot.resolveId(typed, "epic");
    const epic = found(await knot.epics.get(id), "epic", id);
    return { data: wholeEpic(epic), document: (look) => epicDocument(epic, look) };
  },
});
