/** `knot sprint start`, `block`, `reopen`, `complete`, `claim`, `release`: the life of a sprint, and who leads it. */
import type { ChangeOptions, Knot, Sprint } from "@knotwork/domain";
import { type ArgumentSpec, type Command, defineCommand, type Example } from "../command.ts";
import { line, span } from "../output/document.ts";
import { flag, idArgument, idOption, requiredText, textOption } from "../parsing/option-spec.ts";
import { sprintLine } from "../views/sprint-view.ts";
import { changeOptions, dryRunOptions, given, writeOptionsOf } from "./shared-options.ts";

const sprintId: ArgumentSpec<string> = idArgument("id", "The sprint: its number, its id or the end of it");

export const sprintStart: Command = move({
  path: "sprint start",
  summary: "Begin a sprint",
  details: "Also for a blocked one. While a sprint is owned, only its owner starts it.",
  examples: [{ line: "knot sprint start 12 --as agent-7", why: "in progress from now on" }],
  done: "Started",
  call: (knot, id, options) => knot.sprints.start(id, options),
});

export const sprintReopen: Command = move({
  path: "sprint reopen",
  summary: "Open a completed sprint again",
  examples: [{ line: "knot sprint reopen 12", why: "available again" }],
  done: "Reopened",
  call: (knot, id, options) => knot.sprints.reopen(id, options),
});

export const sprintRelease: Command = move({
  path: "sprint release",
  summary: "Give up the ownership of a sprint",
  details: "Its status stays. Only its owner releases it.",
  needsIdentity: true,
  examples: [{ line: "knot sprint release 12 --as agent-7", why: "others may claim it" }],
  done: "Released",
  call: (knot, id, options) => knot.sprints.release(id, options),
});

export const sprintBlock: Command = defineCommand({
  path: "sprint block",
  summary: "Say that a sprint cannot go on, and why",
  args: { id: sprintId },
  options: {
    reason: requiredText("-r, --reason <text>", "Why it cannot go on", { misspellings: ["--because", "--message"] }),
    ...changeOptions,
  },
  examples: [{ line: 'knot sprint block 12 --reason "The format is not decided"', why: "shown to whoever looks" }],
  run: async (context, { id, reason, ...write }) => {
    const knot = await context.write();
    const sprint = await knot.sprints.block(await knot.sprints.resolve(id), reason, writeOptionsOf(context, write));
    return { data: sprint, document: () => [sprintLine("Blocked", sprint, reason)] };
  },
});

export const sprintClaim: Command = defineCommand({
  path: "sprint claim",
  summary: "Become the owner of a sprint",
  details:
    "A sprint has at most one owner: of two that claim it at once one wins, the other gets CLAIM_HELD. The owner is the agent, in the --session it names. There is no lease: it lasts until it is released, the sprint is completed, or somebody takes it over with --from. While a sprint is owned, only its owner starts, blocks, completes and releases it; its tasks are claimed one by one as ever.",
  needsIdentity: true,
  args: { id: sprintId },
  options: {
    from: textOption("--from <agent>", "Take it over from this owner; refused when somebody else owns it", {
      misspellings: ["--take-over", "--steal", "--force"],
    }),
    ...changeOptions,
  },
  examples: [
    { line: "knot sprint claim 12 --as agent-7", why: "yours, or CLAIM_HELD" },
    { line: "knot sprint claim 12 --from agent-3 --as agent-7", why: "agent-3 does not answer any more" },
  ],
  run: async (context, { id, from, ...write }) => {
    const knot = await context.write();
    const options = { ...given({ from }), ...writeOptionsOf(context, write) };
    const sprint = await knot.sprints.claim(await knot.sprints.resolve(id), options);
    return { data: sprint, document: () => [sprintLine("Claimed", sprint, `owner ${sprint.owner?.agent}`)] };
  },
});

export const sprintComplete: Command = defineCommand({
  path: "sprint complete",
  summary: "Complete a sprint",
  details:
    "Refused with CHILDREN_OPEN while tasks of it are not finished, unless it is said what becomes of them: --carry-over moves them to another sprint, --leave-open lets them stay.",
  args: { id: sprintId },
  options: {
    carryOver: idOption("--carry-over <sprint>", "The sprint its unfinished tasks go over to", {
      misspellings: ["--move-to", "--to", "--next"],
    }),
    leaveOpen: flag("--leave-open", "Unfinished tasks stay in it", { misspellings: ["--force", "--anyway"] }),
    ...dryRunOptions,
    ...changeOptions,
  },
  examples: [{ line: "knot sprint complete 12 --carry-over 13 --dry-run", why: "what would go over to sprint 13" }],
  run: async (context, { id, carryOver, leaveOpen, dryRun, ...write }) => {
    const knot = dryRun ? await context.read() : await context.write();
    const target = carryOver === undefined ? undefined : await knot.sprints.resolve(carryOver);
    const completion = await knot.sprints.complete(await knot.sprints.resolve(id), {
      ...given({ carryOver: target }),
      leaveOpen,
      dryRun,
      ...writeOptionsOf(context, write),
    });
    const { sprint, unfinished, carriedTo } = completion;
    const where = carriedTo === undefined ? "stay in it" : `go over to ${carriedTo}`;
    return {
      data: { ...completion, dryRun },
      document: () => [
        sprintLine(dryRun ? "Would complete" : "Completed", sprint),
        ...(unfinished.length === 0
          ? []
          : [line(span(`${unfinished.length} unfinished ${where}: ${unfinished.join(", ")}`, "dim"))]),
      ],
    };
  },
});

interface Move {
  readonly path: string;
  readonly summary: string;
  readonly details?: string;
  readonly needsIdentity?: boolean;
  readonly examples: readonly [Example, ...Example[]];
  /** What was done, in a word. */
  readonly done: string;
  readonly call: (knot: Knot, id: string, options: ChangeOptions) => Promise<Sprint>;
}

function move({ done, call, ...words }: Move): Command {
  return defineCommand({
    ...words,
    args: { id: sprintId },
    options: changeOptions,
    run: async (context, { id, ...write }) => {
      const knot = await context.write();
      const sprint = await call(knot, await knot.sprints.resolve(id), writeOptionsOf(context, write));
      return { data: sprint, document: () => [sprintLine(done, sprint)] };
    },
  });
}
