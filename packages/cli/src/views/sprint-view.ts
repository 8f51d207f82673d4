/** Sprints as people see them, and as lists give them to programs. */
import type { Burndown, Sprint, SprintGoal, SprintOverview, SprintSuggestion, Task } from "@knotwork/domain";
import type { Look } from "../command.ts";
import {
  type Block,
  type Document,
  fields,
  heading,
  line,
  type Span,
  span,
  type Style,
  table,
} from "../output/document.ts";
import { list, paragraph } from "./decision-view.ts";
import { countsText, fractionOf, percentSpans } from "./progress-view.ts";
import { shortIds } from "./short-ids.ts";
import { prioritySpan, taskTable } from "./task-view.ts";
import { shortTime } from "./times.ts";

const STATUS_LOOKS: Readonly<Record<Sprint["status"], readonly [symbol: string, style: Style]>> = {
  available: ["○", "cyan"],
  in_progress: ["◐", "yellow"],
  blocked: ["✗", "red"],
  completed: ["●", "green"],
};

export function sprintStatusSpan(status: Sprint["status"], { symbols }: Look): Span {
  const [symbol, style] = STATUS_LOOKS[status];
  return span(symbols ? `${symbol} ${status}` : status, style);
}

/** The fields of a sprint that a list gives; `sprint status` has all. */
export function briefSprint({ id, number, title, status, owner, epics, progress, version }: SprintOverview): object {
  return {
    id,
    ...(number === undefined ? {} : { number }),
    title,
    status,
    ...(owner === undefined ? {} : { owner: owner.agent }),
    epics,
    progress: {
      tasks: {
        total: progress.tasks.total,
        completed: progress.tasks.byStatus.completed,
        percent: progress.tasks.percent,
      },
      goals: progress.goals,
    },
    version,
  };
}

export function sprintTable(sprints: readonly SprintOverview[], look: Look): Block {
  const short = shortIds(sprints.map(({ id }) => id));
  const hasOwner = sprints.some(({ owner }) => owner !== undefined);
  return table(
    [
      { title: "no", align: "right" },
      { title: "id" },
      { title: "status" },
      { title: "done" },
      { title: "tasks", align: "right" },
      { title: "goals", align: "right" },
      { title: "title", flexible: true },
      ...(hasOwner ? [{ title: "owner" }] : []),
    ],
    sprints.map(({ id, number, status, progress, title, owner }) => [
      number === undefined ? "" : String(number),
      short(id),
      sprintStatusSpan(status, look),
      percentSpans(progress.tasks.percent, look),
      fractionOf(progress.tasks),
      progress.goals.total === 0 ? "" : `${progress.goals.completed}/${progress.goals.total}`,
      title,
      ...(hasOwner ? [span(owner?.agent ?? "", "dim")] : []),
    ]),
  );
}

export function sprintLine(action: string, { id, number, title }: Sprint, rest = ""): Block {
  return line([
    span(`${action} `, "green"),
    span(id, "bold"),
    number === undefined ? "" : span(`  sprint ${number}`, "cyan"),
    `  ${title}`,
    ...(rest === "" ? [] : [span(`  ${rest}`, "dim")]),
  ]);
}

export function sprintDocument(sprint: SprintOverview, tasks: readonly Task[], look: Look): Document {
  const { id, number, title, status, owner, goals, notes = [], isolation, progress, epics } = sprint;
  return [
    line([
      span(id, "bold"),
      number === undefined ? "" : span(`  sprint ${number}`, "cyan"),
      "  ",
      sprintStatusSpan(status, look),
      span(`  version ${sprint.version}`, "dim"),
    ]),
    line(span(title, "bold")),
    fields([
      ["tasks", [...percentSpans(progress.tasks.percent, look), `  ${countsText(progress.tasks)}`]],
      [
        "goals",
        goals.length === 0
          ? undefined
          : [
              ...percentSpans(progress.goals.percent, look),
              `  ${progress.goals.completed} of ${progress.goals.total} completed`,
            ],
      ],
      [
        "owner",
        owner === undefined
          ? undefined
          : `${owner.agent}${owner.session === undefined ? "" : ` (${owner.session})`} since ${shortTime(owner.claimedAt)}`,
      ],
      ["epics", epics.length === 0 ? undefined : epics.join(", ")],
      ["isolation", isolation?.join(", ")],
      ["blocked", sprint.blockedReason],
      ["started", sprint.startedAt === undefined ? undefined : shortTime(sprint.startedAt)],
      ["completed", sprint.completedAt === undefined ? undefined : shortTime(sprint.completedAt)],
      ["created", shortTime(sprint.createdAt)],
    ]),
    ...paragraph("Description", sprint.description),
    ...(goals.length === 0 ? [] : [heading(span("Goals", "bold")), goalTable(goals, look)]),
    ...(tasks.length === 0 ? [] : [heading(span("Tasks", "bold")), taskTable(tasks, look)]),
    ...list("Notes", notes),
  ];
}

export function goalTable(goals: readonly (SprintGoal & { readonly number?: number })[], look: Look): Block {
  const hasPriority = goals.some(({ priority }) => priority !== undefined);
  return table(
    [
      { title: "no", align: "right" },
      { title: "done" },
      ...(hasPriority ? [{ title: "priority" }] : []),
      { title: "goal", flexible: true },
    ],
    goals.map(({ number, completed, progress = 0, priority, text }, index) => [
      String(number ?? index + 1),
      percentSpans(completed ? 100 : Math.min(99, progress), look),
      ...(hasPriority ? [priority === undefined ? "" : prioritySpan(priority)] : []),
      text,
    ]),
  );
}

export function suggestionTable(suggestions: readonly SprintSuggestion[]): Block {
  const short = shortIds(suggestions.map(({ task }) => task.id));
  return table(
    [
      { title: "score", align: "right" },
      { title: "id" },
      { title: "title", flexible: true },
      { title: "why", flexible: true },
    ],
    suggestions.map(({ score, task, reasons }) => [
      span(String(score), "bold"),
      short(task.id),
      task.title,
      span(reasons.map(({ points, text }) => `${text} (${points > 0 ? "+" : ""}${points})`).join("; "), "dim"),
    ]),
  );
}

export function burndownTable({ days }: Burndown, { symbols }: Look): Block {
  const most = Math.max(1, ...days.map(({ scope }) => scope));
  const cells = (count: number): number => Math.round((20 * count) / most);
  return table(
    [
      { title: "day" },
      { title: "scope", align: "right" },
      { title: "completed", align: "right" },
      { title: "remaining", align: "right" },
      ...(symbols ? [{ title: "" }] : []),
    ],
    days.map(({ day, scope, completed, remaining }) => [
      day,
      String(scope),
      String(completed),
      String(remaining),
      ...(symbols ? [[span("█".repeat(cells(remaining)), "yellow"), span("░".repeat(cells(completed)), "dim")]] : []),
    ]),
  );
}
