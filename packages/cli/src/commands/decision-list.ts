/** `knot decision list`. */
import { decisionStatuses } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import { choiceOption, flag } from "../parsing/option-spec.ts";
import { briefDecision, decisionTable } from "../views/decision-view.ts";
import { listDocument } from "../views/list-view.ts";
import { envelopePage, given, listOptions } from "./shared-options.ts";

export const decisionList: Command = defineCommand({
  path: "decision list",
  summary: "List decisions",
  details: "By status as declared, oldest first.",
  args: {},
  options: {
    status: choiceOption("-s, --status <status>", "Only these", decisionStatuses, { misspellings: ["--state"] }),
    full: flag("--full", "With --json: every field"),
    ...listOptions,
  },
  examples: [{ line: "knot decision list --status accepted", why: "what holds" }],
  run: async (context, { full, ...filter }) => {
    const found = await (await context.read()).decisions.list(given(filter));
    const page = envelopePage(found);
    return {
      data: { items: full ? found.items : found.items.map(briefDecision) },
      page,
      document: () =>
        listDocument({ count: found.items.length, noun: "decision", page, rows: () => [decisionTable(found.items)] }),
    };
  },
});
