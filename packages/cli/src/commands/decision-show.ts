/** `knot decision show`. */
import { found } from "../command-context.ts";
import { type Command, defineCommand } from "../command.ts";
import { idArgument } from "../parsing/option-spec.ts";
import { decisionDocument } from "../views/decision-view.ts";

export const decisionShow: Command = defineCommand({
  path: "decision show",
  summary: "Show one decision in full",
  args: { id: idArgument("id", "The decision, or the end of its id") },
  options: {},
  examples: [{ line: "knot decision show 3FJ8Q0ZC", why: "context, rationale, alternatives, consequences" }],
  run: async (context, { id: typed }) => {
    const knot = await context.read();
    const id = await knot.resolveId(typed, "decision");
    const decision = found(await knot.decisions.get(id), "decision", id);
    return { data: decision, document: () => decisionDocument(decision) };
  },
});
