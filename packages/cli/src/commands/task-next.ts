/** `knot task next`. */
import { type Command, defineCommand } from "../command.ts";
import { requireIdentity } from "../identity.ts";
import { line, span } from "../output/document.ts";
import { durationOption, flag, textOption } from "../parsing/option-spec.ts";
import { claimData, claimDocument } from "../views/claim-view.ts";
import { prioritySpan } from "../views/task-view.ts";
import { given, retryOptions, writeOptionsOf } from "./shared-options.ts";
import { readyFilterOptions } from "./task-ready.ts";

export const taskNext: Command = defineCommand({
  path: "task next",
  summary: "Show, or claim, the task to do next",
  details:
    "With --claim, looking and taking are one step: of any number of agents asking at once, each gets another task. When nothing is ready, data is null and the exit code is 0.",
  args: {},
  options: {
    claim: flag("--claim", "Take it; needs --as or KNOT_AGENT", { misspellings: ["--start", "--take"] }),
    ttlMs: durationOption("--ttl <duration>", "With --claim: how long without a heartbeat (default 1h)", {
      misspellings: ["--lease"],
    }),
    token: textOption("--token <token>", "With --claim: the secret to own it by, instead of a new one"),
    ...readyFilterOptions,
    ...retryOptions,
  },
  examples: [
    { line: "knot task next", why: "only look" },
    {
      line: "knot task next --claim --ttl 30m --as agent-7 --json",
      why: "take it; the answer has task, fence and token",
    },
  ],
  run: async (context, { claim, ttlMs, token, idempotencyKey, ...filter }) => {
    if (!claim) {
      const task = await (await context.read()).tasks.next(given(filter));
      return {
        data: task ?? null,
        document: () =>
          task === undefined
            ? nothingReady
            : [line([span(task.id, "bold"), "  ", prioritySpan(task.priority), `  ${task.title}`])],
      };
    }
    requireIdentity(context.agent, "task next --claim");
    const knot = await context.write();
    const claimed = await knot.tasks.claimNext({
      filter: given(filter),
      ...given({ ttlMs, token }),
      ...writeOptionsOf(context, { idempotencyKey }),
    });
    if (claimed === undefined) return { data: null, document: () => nothingReady };
    return { data: claimData(claimed), document: () => claimDocument("Claimed", claimed) };
  },
});

const nothingReady = [line(span("Nothing is ready.", "dim"))];
