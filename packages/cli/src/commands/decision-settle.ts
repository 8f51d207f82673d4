/** `knot decision accept`, `supersede`, `retire`: what becomes of a decision. */
import { type Command, defineCommand } from "../command.ts";
import { line, span } from "../output/document.ts";
import { idArgument, requiredText, textArgument } from "../parsing/option-spec.ts";
import { decisionFieldOptions } from "./decision-log.ts";
import { resolveIds } from "./resolve-ids.ts";
import { changeOptions, given, writeOptionsOf } from "./shared-options.ts";

const decisionId = idArgument("id", "The decision, or the end of its id");

export const decisionAccept: Command = defineCommand({
  path: "decision accept",
  summary: "Say that a proposed decision holds",
  args: { id: decisionId },
  options: changeOptions,
  examples: [{ line: "knot decision accept 3FJ8Q0ZC", why: "from now on" }],
  run: async (context, { id, ...write }) => {
    const knot = await context.write();
    const options = writeOptionsOf(context, write);
    const decision = await knot.decisions.accept(await knot.resolveId(id, "decision"), options);
    return {
      data: decision,
      document: () => [line([span("Accepted ", "green"), span(decision.id, "bold"), `  ${decision.title}`])],
    };
  },
});

export const decisionSupersede: Command = defineCommand({
  path: "decision supersede",
  summary: "Record the decision that takes the place of another",
  details:
    "Both stay, linked. What the old one affects the new one affects, too, unless --affects says otherwise. The answer is the new one.",
  args: { id: decisionId, title: textArgument("title", "What was decided instead, in a line") },
  options: { ...decisionFieldOptions, ...changeOptions },
  examples: [
    { line: 'knot decision supersede 3FJ8Q0ZC "Segments of 64 MiB" -r "Fewer files"', why: "the old one is kept" },
  ],
  run: async (context, { id, affects, ifVersion, idempotencyKey, ...fields }) => {
    const knot = await context.write();
    const affected = affects === undefined ? undefined : await resolveIds(knot, affects);
    const decision = await knot.decisions.supersede(
      await knot.resolveId(id, "decision"),
      { ...given(fields), title: fields.title, ...given({ affects: affected }) },
      writeOptionsOf(context, { ifVersion, idempotencyKey }),
    );
    return {
      data: decision,
      document: () => [line([span("Logged ", "green"), span(decision.id, "bold"), `  ${decision.title}`])],
    };
  },
});

export const decisionRetire: Command = defineCommand({
  path: "decision retire",
  summary: "Say that a decision does not hold any more",
  details: "Nothing takes its place; it stays, with the reason.",
  args: { id: decisionId },
  options: {
    reason: requiredText("-r, --reason <text>", "Why", { misspellings: ["--because", "--message", "--rationale"] }),
    ...changeOptions,
  },
  examples: [{ line: 'knot decision retire 3FJ8Q0ZC --reason "The log is gone"', why: "shown to whoever asks why" }],
  run: async (context, { id, reason, ...write }) => {
    const knot = await context.write();
    const options = writeOptionsOf(context, write);
    const decision = await knot.decisions.retire(await knot.resolveId(id, "decision"), reason, options);
    return {
      data: decision,
      document: () => [line([span("Retired ", "green"), span(decision.id, "bold"), `  ${decision.title}`])],
    };
  },
});
