/** `knot decision why`. */
import type { DecisionReason } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import { type Document, fields, heading, span } from "../output/document.ts";
import { idArgument } from "../parsing/option-spec.ts";
import { invalid } from "../parsing/values.ts";
import { listDocument } from "../views/list-view.ts";
import { listOptions } from "./shared-options.ts";

export const decisionWhy: Command = defineCommand({
  path: "decision why",
  summary: "List the decisions behind a task",
  details:
    "Those that affect it, or what it is a part of, each followed by the decisions that took its place; then those that they follow from.",
  args: { id: idArgument("id", "The task, epic …, or the end of its id") },
  options: listOptions,
  examples: [{ line: "knot decision why 7QK4ZB1M", why: "why it is done so" }],
  run: async (context, { id: typed, limit, after }) => {
    const knot = await context.read();
    const reasons = await knot.decisions.why(await knot.resolveId(typed));
    const start = after === undefined ? 0 : reasons.findIndex(({ decision }) => decision.id === after) + 1;
    if (after !== undefined && start === 0)
      throw invalid("--after", after, "it is not in this list", "Begin the list again.");
    const items = reasons.slice(start, start + limit);
    const truncated = reasons.length > start + items.length;
    const page = { truncated, next: truncated ? (items.at(-1)?.decision.id ?? null) : null };
    return {
      data: { items },
      page,
      document: () =>
        listDocument({
          count: items.length,
          noun: "decision behind it",
          page,
          rows: () => items.flatMap(reasonBlocks),
        }),
    };
  },
});

function reasonBlocks({ decision, affects, supersedes }: DecisionReason): Document {
  return [
    heading([span(decision.id, "bold"), `  ${decision.title}  `, span(decision.status, "dim")]),
    fields([
      ["affects", affects],
      ["supersedes", supersedes],
      ["why", decision.rationale],
    ]),
  ];
}
