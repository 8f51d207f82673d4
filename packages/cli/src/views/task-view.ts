/** Tasks as people see them, and as lists give them to programs. */
import type { Task } from "@knotwork/domain";
import type { Look } from "../command.ts";
import { type Block, line, type Span, span, type Style, table } from "../output/document.ts";
import { shortIds } from "./short-ids.ts";

const STATUS_LOOKS: Readonly<Record<Task["status"], readonly [symbol: string, style: Style]>> = {
  pending: ["○", "cyan"],
  in_progress: ["◐", "yellow"],
  blocked: ["✗", "red"],
  deferred: ["◌", "dim"],
  completed: ["●", "green"],
  cancelled: ["–", "dim"],
};

const PRIORITY_STYLES: Readonly<Record<Task["priority"], Style>> = {
  critical: "red",
  high: "yellow",
  medium: "bold",
  low: "dim",
};

export function statusSpan(status: Task["status"], { symbols }: Look): Span {
  const [symbol, style] = STATUS_LOOKS[status];
  return span(symbols ? `${symbol} ${status}` : status, style);
}

export function prioritySpan(priority: Task["priority"]): Span {
  return span(priority, PRIORITY_STYLES[priority]);
}

/** The fields of a task that a list gives; `task show` has all. */
export function briefTask({ id, title, status, priority, category, assignee, tags, version }: Task): object {
  return {
    id,
    title,
    status,
    priority,
    ...(category === undefined ? {} : { category }),
    ...(assignee === undefined ? {} : { assignee }),
    ...(tags === undefined || tags.length === 0 ? {} : { tags }),
    version,
  };
}

/** What `--fields` chooses from. */
export const briefTaskFields = [
  "id",
  "title",
  "status",
  "priority",
  "category",
  "assignee",
  "tags",
  "version",
] as const;

/** A task with these fields alone, its id and its title: they decide what a long list costs the one who reads it. */
export function chosenTask(task: Task, fields: readonly (typeof briefTaskFields)[number][]): object {
  const chosen = new Set<string>(["id", "title", ...fields]);
  return Object.fromEntries(Object.entries(briefTask(task)).filter(([field]) => chosen.has(field)));
}

export function taskTable(tasks: readonly Task[], look: Look): Block {
  const short = shortIds(tasks.map(({ id }) => id));
  const hasWho = tasks.some((task) => whoOf(task) !== undefined);
  return table(
    [
      { title: "id" },
      { title: "status" },
      { title: "prio" },
      { title: "title", flexible: true },
      ...(hasWho ? [{ title: "who" }] : []),
    ],
    tasks.map((task) => [
      short(task.id),
      statusSpan(task.status, look),
      prioritySpan(task.priority),
      task.title,
      ...(hasWho ? [span(whoOf(task) ?? "", "dim")] : []),
    ]),
  );
}

/** One line that names a task: its id, whole, and its title. */
export function taskLine(action: string, task: Pick<Task, "id" | "title">, rest = ""): Block {
  return line([
    span(`${action} `, "green"),
    span(task.id, "bold"),
    `  ${task.title}`,
    ...(rest === "" ? [] : [span(`  ${rest}`, "dim")]),
  ]);
}

function whoOf({ status, assignee, startedBy, completedBy }: Task): string | undefined {
  if (status === "in_progress") return startedBy ?? assignee;
  if (status === "completed") return completedBy ?? assignee;
  return assignee;
}
