/** `knot task claim`, `heartbeat`, `release`: the life of a claim. */
import { type Command, defineCommand } from "../command.ts";
import { line, span } from "../output/document.ts";
import { durationOption, idArgument, textOption } from "../parsing/option-spec.ts";
import { claimData, claimDocument } from "../views/claim-view.ts";
import { taskLine } from "../views/task-view.ts";
import {
  changeOptions,
  given,
  holderOptionsOf,
  proofOptions,
  taskChangeOptions,
  writeOptionsOf,
} from "./shared-options.ts";

const taskId = idArgument("id", "The task, or the end of its id");

export const taskClaim: Command = defineCommand({
  path: "task claim",
  summary: "Take a task for yourself, for a while",
  details:
    "Of several agents asking at once, one wins; the others get CLAIM_HELD and exit code 4. The answer has a token, which " +
    "owns the claim, and a fence, which goes with every write made under it. Without a heartbeat the claim runs out.",
  needsIdentity: true,
  args: { id: taskId },
  options: {
    ttlMs: durationOption("--ttl <duration>", "How long without a heartbeat (default 1h, at most 7d)", {
      misspellings: ["--lease", "--timeout"],
    }),
    token: textOption("--token <token>", "The secret to own the claim by, instead of a new one"),
    ...changeOptions,
  },
  examples: [
    { line: "knot task claim 7QK4ZB1M --ttl 30m --as agent-7", why: "half an hour, to be renewed by heartbeats" },
  ],
  run: async (context, { id, ttlMs, token, ...write }) => {
    const knot = await context.write();
    const claimed = await knot.tasks.claim(await knot.resolveId(id, "task"), {
      ...given({ ttlMs, token }),
      ...writeOptionsOf(context, write),
    });
    return { data: claimData(claimed), document: () => claimDocument("Claimed", claimed) };
  },
});

export const taskHeartbeat: Command = defineCommand({
  path: "task heartbeat",
  summary: "Keep a claim alive",
  details:
    "Renews the lease when less than half of the time asked for is left, for half as long again; otherwise nothing is written. Needs the token of the claim.",
  needsIdentity: true,
  args: { id: taskId },
  options: {
    ttlMs: durationOption("--ttl <duration>", "How long from now (default: as claimed)", { misspellings: ["--lease"] }),
    ...proofOptions,
  },
  examples: [{ line: "KNOT_TOKEN=… knot task heartbeat 7QK4ZB1M --as agent-7", why: "still at work" }],
  run: async (context, { id, ttlMs, fence, token }) => {
    const knot = await context.write();
    const task = await knot.resolveId(id, "task");
    const beat = await knot.tasks.heartbeat(task, {
      ...given({ ttlMs }),
      ...holderOptionsOf(context, { fence, token }),
    });
    return {
      data: { task, ...beat },
      document: () => [
        line([span("Yours ", "green"), `until ${beat.expiresAt}`, span(`  fence ${beat.fence}`, "dim")]),
      ],
    };
  },
});

export const taskRelease: Command = defineCommand({
  path: "task release",
  summary: "Give a claimed task back",
  details: "The task is pending again and anybody may take it. Needs the token of the claim.",
  needsIdentity: true,
  args: { id: taskId },
  options: taskChangeOptions,
  examples: [{ line: "knot task release 7QK4ZB1M --token … --as agent-7", why: "somebody else may do it" }],
  run: async (context, { id, ...write }) => {
    const knot = await context.write();
    const task = await knot.tasks.release(await knot.resolveId(id, "task"), holderOptionsOf(context, write));
    return { data: task, document: () => [taskLine("Released", task)] };
  },
});
