/** `knot task start`, `block`, `unblock`, `defer`, `cancel`, `reopen`: the moves of a task through its life, completion apart. */
import type { Knot, Task } from "@knotwork/domain";
import { type ArgumentSpec, type Command, defineCommand, type Example } from "../command.ts";
import { idArgument, idOption, longTextOption, requiredText } from "../parsing/option-spec.ts";
import { taskLine } from "../views/task-view.ts";
import { given, proofOptions, retryOptions, versionOptions, visitorOptionsOf } from "./shared-options.ts";

type WriteOptions = Awaited<ReturnType<typeof visitorOptionsOf>>;

const taskId: ArgumentSpec<string> = idArgument("id", "The task, or the end of its id");
const writeSpecs = { ...proofOptions, ...versionOptions, ...retryOptions } as const;

export const taskStart: Command = transition({
  path: "task start",
  summary: "Begin to work on a task whose blockers are finished",
  details: "Refused with NOT_READY while something it waits for is open. To keep others away, claim the task instead.",
  examples: [{ line: "knot task start 7QK4ZB1M --as agent-7", why: "in progress from now on" }],
  done: "Started",
  move: (knot, id, options) => knot.tasks.start(id, options),
});

export const taskBlock: Command = defineCommand({
  path: "task block",
  summary: "Say that a task cannot go on, and why",
  args: { id: taskId },
  options: {
    reason: requiredText("-r, --reason <text>", "Why it cannot go on", { misspellings: ["--because", "--message"] }),
    by: idOption("-b, --by <id>", "The task it waits for: an edge is added", {
      misspellings: ["--blocked-by", "--depends-on"],
    }),
    ...writeSpecs,
  },
  examples: [
    { line: 'knot task block 7QK4ZB1M --reason "No access to the staging host"', why: "shown to whoever looks" },
  ],
  run: async (context, { id: typed, reason, by, ...write }) => {
    const knot = await context.write();
    const blocker = by === undefined ? undefined : await knot.resolveId(by, "task");
    const id = await knot.resolveId(typed, "task");
    const task = await knot.tasks.block(id, reason, {
      ...given({ by: blocker }),
      ...(await visitorOptionsOf(context, knot, { id, ...write })),
    });
    return { data: task, document: () => [taskLine("Blocked", task, reason)] };
  },
});

export const taskUnblock: Command = transition({
  path: "task unblock",
  summary: "Say that a blocked task can go on",
  details: "It is pending again, and ready once everything it waits for is finished.",
  examples: [{ line: "knot task unblock 7QK4ZB1M", why: "the reason is gone" }],
  done: "Unblocked",
  move: (knot, id, options) => knot.tasks.unblock(id, options),
});

export const taskReopen: Command = transition({
  path: "task reopen",
  summary: "Open a finished task again",
  details: "Also for a task that was put off, or left in progress by an agent whose claim ran out.",
  examples: [{ line: "knot task reopen 7QK4ZB1M", why: "pending again" }],
  done: "Reopened",
  move: (knot, id, options) => knot.tasks.reopen(id, options),
});

export const taskDefer: Command = transition({
  path: "task defer",
  summary: "Put a task off",
  details: "It is not ready until it is reopened. The claim, if there is one, ends.",
  examples: [{ line: "knot task defer 7QK4ZB1M", why: "later, perhaps" }],
  done: "Deferred",
  move: (knot, id, options) => knot.tasks.defer(id, options),
});

export const taskCancel: Command = defineCommand({
  path: "task cancel",
  summary: "Say that a task will not be done",
  details: "Tasks that wait for it can go on. Refused with CHILDREN_OPEN while it has open children.",
  args: { id: taskId },
  options: {
    reason: longTextOption("-r, --reason <text>", "Why, kept as its retrospective", {
      misspellings: ["--because", "--message"],
    }),
    ...writeSpecs,
  },
  examples: [{ line: 'knot task cancel 7QK4ZB1M --reason "The host is gone"', why: "shown to whoever looks" }],
  run: async (context, { id: typed, reason, ...write }) => {
    const knot = await context.write();
    const id = await knot.resolveId(typed, "task");
    const task = await knot.tasks.cancel(id, {
      ...given({ reason }),
      ...(await visitorOptionsOf(context, knot, { id, ...write })),
    });
    return { data: task, document: () => [taskLine("Cancelled", task)] };
  },
});

interface Transition {
  readonly path: string;
  readonly summary: string;
  readonly details: string;
  readonly examples: readonly [Example, ...Example[]];
  /** What was done, in a word. */
  readonly done: string;
  readonly move: (knot: Knot, id: string, options: WriteOptions) => Promise<Task>;
}

function transition({ done, move, ...words }: Transition): Command {
  return defineCommand({
    ...words,
    args: { id: taskId },
    options: writeSpecs,
    run: async (context, { id: typed, ...write }) => {
      const knot = await context.write();
      const id = await knot.resolveId(typed, "task");
      const task = await move(knot, id, await visitorOptionsOf(context, knot, { id, ...write }));
      return { data: task, document: () => [taskLine(done, task)] };
    },
  });
}
