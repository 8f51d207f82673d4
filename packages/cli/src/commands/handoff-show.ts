/** `knot handoff show`. */
import { found } from "../command-context.ts";
import { type Command, defineCommand } from "../command.ts";
import { idArgument } from "../parsing/option-spec.ts";
import { handoffDocument } from "../views/handoff-view.ts";

export const handoffShow: Command = defineCommand({
  path: "handoff show",
  summary: "Show one handoff in full",
  args: { id: idArgument("id", "The handoff, or the end of its id") },
  options: {},
  examples: [{ line: "knot handoff show 5WZ0K3PN", why: "everything the giver wrote, and what came of it" }],
  run: async (context, { id: typed }) => {
    const knot = await context.read();
    const id = await knot.resolveId(typed, "handoff");
    const handoff = found(await knot.handoffs.get(id), "handoff", id);
    return { data: handoff, document: () => handoffDocument(handoff) };
  },
});
