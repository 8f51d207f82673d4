/** `knot blocked`, `unblocks`, `critical-path`, `reclaim`: who waits for whom, and for whom nobody waits any more. */
import type { BlockedTask, ClaimView, CriticalPath, Unblocked } from "@knotwork/domain";
import { type Command, defineCommand, type Look } from "../command.ts";
import { type Block, type Document, heading, line, span, table } from "../output/document.ts";
import { durationOption, idArgument, idOption, numberOption } from "../parsing/option-spec.ts";
import { listDocument } from "../views/list-view.ts";
import { shortIds } from "../views/short-ids.ts";
import { briefTask, prioritySpan, statusSpan, taskLine, taskTable } from "../views/task-view.ts";
import { shortTime } from "../views/times.ts";
import { dryRunOptions, envelopePage, given, listOptions, retryOptions, writeOptionsOf } from "./shared-options.ts";

export const blocked: Command = defineCommand({
  path: "blocked",
  summary: "List the tasks that cannot go on, and what they wait for",
  details:
    "Tasks that were declared blocked, then those that wait for unfinished tasks: what they depend on, or their children.",
  args: {},
  options: listOptions,
  examples: [{ line: "knot blocked -n 10", why: "what keeps the work from going on" }],
  run: async (context, page) => {
    const found = await (await context.read()).tasks.blocked(given(page));
    const next = envelopePage(found);
    return {
      data: {
        items: found.items.map(({ task, blockers, children }) => ({
          ...briefTask(task),
          ...given({ reason: task.blockedReason }),
          blockers,
          children,
        })),
      },
      page: next,
      document: (look) =>
        listDocument({
          count: found.items.length,
          noun: "blocked task",
          page: next,
          rows: () => [blockedTable(found.items, look)],
        }),
    };
  },
});

export const unblocks: Command = defineCommand({
  path: "unblocks",
  summary: "Show what finishing a task sets free",
  details:
    "data.frees can go on once it is done; data.stillWaiting waits for others, too; data.downstream counts all behind it.",
  args: { id: idArgument("id", "The task, or the end of its id") },
  options: {},
  examples: [{ line: "knot unblocks 7QK4ZB1M", why: "is it worth doing first?" }],
  run: async (context, { id }) => {
    const knot = await context.read();
    const found = await knot.tasks.unblocks(await knot.resolveId(id, "task"));
    return {
      data: {
        task: briefTask(found.task),
        frees: found.frees.map(briefTask),
        stillWaiting: found.stillWaiting.map(({ task, waitsFor }) => ({ ...briefTask(task), waitsFor })),
        downstream: found.downstream,
      },
      document: (look) => unblocksDocument(found, look),
    };
  },
});

export const criticalPath: Command = defineCommand({
  path: "critical-path",
  summary: "Show the longest chain of open tasks",
  details:
    "Tasks that must be done one after the other: no plan is shorter. By estimates; a task without one counts as --hours-unknown, and is marked.",
  args: {},
  options: {
    to: idOption("--to <id>", "Only what must be done before this task", { misspellings: ["--until", "--goal"] }),
    hoursUnknown: numberOption("--hours-unknown <hours>", "What a task without an estimate counts as (default 1)"),
  },
  examples: [{ line: "knot critical-path", why: "where a delay delays everything" }],
  run: async (context, { to, hoursUnknown }) => {
    const knot = await context.read();
    const goal = to === undefined ? undefined : await knot.resolveId(to, "task");
    const path = await knot.tasks.criticalPath(given({ to: goal, hoursUnknown }));
    return {
      data: { ...path, steps: path.steps.map(({ task, hours, guessed }) => ({ ...briefTask(task), hours, guessed })) },
      document: (look) => pathDocument(path, look),
    };
  },
});

export const reclaim: Command = defineCommand({
  path: "reclaim",
  summary: "Take back the tasks whose claims ran out",
  details:
    "Their tasks are pending again and the fences of their holders stale. Not needed for others to claim them: that they can as soon as a lease has run out.",
  args: {},
  options: {
    graceMs: durationOption("--grace <duration>", "Only claims that ran out so long ago", {
      misspellings: ["--older-than", "--min-age"],
    }),
    ...dryRunOptions,
    ...retryOptions,
  },
  examples: [{ line: "knot reclaim --grace 1h --dry-run", why: "who has not been heard of for an hour" }],
  run: async (context, { graceMs, dryRun, idempotencyKey }) => {
    const knot = await context.write();
    const items = await knot.tasks.reclaim({
      ...given({ graceMs }),
      dryRun,
      ...writeOptionsOf(context, { idempotencyKey }),
    });
    return {
      data: { items, dryRun },
      page: { next: null, truncated: false },
      document: () => reclaimDocument(items, dryRun),
    };
  },
});

function blockedTable(items: readonly BlockedTask[], look: Look): Block {
  const short = shortIds(items.flatMap(({ task, blockers, children }) => [task.id, ...blockers, ...children]));
  return table(
    [
      { title: "id" },
      { title: "status" },
      { title: "prio" },
      { title: "title", flexible: true },
      { title: "waits for", flexible: true },
    ],
    items.map(({ task, blockers, children }) => [
      short(task.id),
      statusSpan(task.status, look),
      prioritySpan(task.priority),
      task.title,
      [
        ...(task.blockedReason === undefined ? [] : [task.blockedReason]),
        ...[...blockers, ...children].map(short),
      ].join(", "),
    ]),
  );
}

function unblocksDocument({ task, frees, stillWaiting, downstream }: Unblocked, look: Look): Document {
  const short = shortIds(stillWaiting.flatMap(({ task: waiting, waitsFor }) => [waiting.id, ...waitsFor]));
  return [
    taskLine("Finishing", task, `${downstream} open behind it`),
    ...(frees.length === 0
      ? [line(span("sets nothing free.", "dim"))]
      : [heading(span("Sets free", "bold")), taskTable(frees, look)]),
    ...(stillWaiting.length === 0 ? [] : [heading(span("Still waiting", "bold"))]),
    ...stillWaiting.map(({ task: waiting, waitsFor }) =>
      line([`  ${short(waiting.id)}  ${waiting.title}`, span(`  for ${waitsFor.map(short).join(", ")}`, "dim")]),
    ),
  ];
}

function pathDocument({ steps, hours, guessed, circular }: CriticalPath, look: Look): Document {
  if (steps.length === 0) return [line(span("No open task.", "dim"))];
  const short = shortIds(steps.map(({ task }) => task.id));
  const total = `${steps.length} tasks, ${hours} h${guessed === 0 ? "" : `, ${guessed} of them without an estimate`}`;
  return [
    table(
      [{ title: "id" }, { title: "status" }, { title: "hours", align: "right" }, { title: "title", flexible: true }],
      steps.map(({ task, hours: own, guessed: isGuess }) => [
        short(task.id),
        statusSpan(task.status, look),
        isGuess ? span(`${own}?`, "dim") : String(own),
        task.title,
      ]),
    ),
    line(span(total, "dim")),
    ...(circular.length === 0
      ? []
      : [line(span(`Left out, as they wait for each other: ${circular.join(", ")}`, "yellow"))]),
  ];
}

function reclaimDocument(items: readonly ClaimView[], dryRun: boolean): Document {
  if (items.length === 0) return [line(span("No claim ran out.", "dim"))];
  return items.map(({ task, agent, expiresAt }) =>
    line([
      span(dryRun ? "Would take back " : "Took back ", "green"),
      span(task, "bold"),
      `  from ${agent}, `,
      span(`ran out ${shortTime(expiresAt)}`, "dim"),
    ]),
  );
}
