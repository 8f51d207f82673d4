/** `knot handoff accept`, `complete`, `reject`: what the addressee does with an offer. */
import { type Command, defineCommand } from "../command.ts";
import {
  durationOption,
  idArgument,
  jsonObjectOption,
  requiredText,
  textOption,
  textsOption,
} from "../parsing/option-spec.ts";
import { claimData, claimDocument } from "../views/claim-view.ts";
import { handoffDocument, handoffLine } from "../views/handoff-view.ts";
import { given, changeOptions, writeOptionsOf } from "./shared-options.ts";

const handoffId = idArgument("id", "The handoff, or the end of its id");

export const handoffAccept: Command = defineCommand({
  path: "handoff accept",
  summary: "Take over a task that was offered",
  details: "The claim moves to you in the same step: the answer has your fence and token, and all the giver wrote.",
  needsIdentity: true,
  args: { id: handoffId },
  options: {
    ttlMs: durationOption("--ttl <duration>", "How long without a heartbeat (default 1h)", {
      misspellings: ["--lease"],
    }),
    token: textOption("--token <token>", "The secret to own the claim by, instead of a new one"),
    ...changeOptions,
  },
  examples: [{ line: "knot handoff accept 5WZ0K3PN --as agent-2", why: "the task is yours from now on" }],
  run: async (context, { id, ttlMs, token, ...write }) => {
    const knot = await context.write();
    const accepted = await knot.handoffs.accept(await knot.resolveId(id, "handoff"), {
      ...given({ ttlMs, token }),
      ...writeOptionsOf(context, write),
    });
    return {
      data: { handoff: accepted.handoff, ...claimData(accepted) },
      document: () => [...claimDocument("Accepted", accepted), ...handoffDocument(accepted.handoff)],
    };
  },
});

export const handoffComplete: Command = defineCommand({
  path: "handoff complete",
  summary: "Report what came of a handoff",
  details: "Ends the handoff; the task is completed on its own.",
  needsIdentity: true,
  args: { id: handoffId },
  options: {
    result: jsonObjectOption("-r, --result <json>", "What came of it, as a JSON object"),
    artifacts: textsOption("--artifact <text>", "Something you made", { misspellings: ["--artifacts"] }),
    ...changeOptions,
  },
  examples: [
    { line: `knot handoff complete 5WZ0K3PN --result '{"tests":"green"}' --as agent-2`, why: "the giver can read it" },
  ],
  run: async (context, { id, result, artifacts, ...write }) => {
    const knot = await context.write();
    const handoff = await knot.handoffs.complete(await knot.resolveId(id, "handoff"), {
      ...given({ result, artifacts }),
      ...writeOptionsOf(context, write),
    });
    return { data: handoff, document: () => [handoffLine("Completed", handoff)] };
  },
});

export const handoffReject: Command = defineCommand({
  path: "handoff reject",
  summary: "Refuse a handoff",
  details: "The giver keeps the task, and may withdraw an offer so, too.",
  needsIdentity: true,
  args: { id: handoffId },
  options: {
    reason: requiredText("-r, --reason <text>", "Why", { misspellings: ["--message", "--because", "--notes"] }),
    ...changeOptions,
  },
  examples: [
    { line: 'knot handoff reject 5WZ0K3PN --reason "No access to the host" --as agent-2', why: "the giver sees why" },
  ],
  run: async (context, { id, reason, ...write }) => {
    const knot = await context.write();
    const handoff = await knot.handoffs.reject(
      await knot.resolveId(id, "handoff"),
      reason,
      writeOptionsOf(context, write),
    );
    return { data: handoff, document: () => [handoffLine("Rejected", handoff)] };
  },
});
