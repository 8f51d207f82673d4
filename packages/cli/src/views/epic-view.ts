/** Epics as people see them, and as lists give them to programs. */
import type { Epic, EpicOverview } from "@knotwork/domain";
import type { Look } from "../command.ts";
import { type Block, type Document, fields, heading, line, span, type Style, table } from "../output/document.ts";
import { paragraph } from "./decision-view.ts";
import { countsText, fractionOf, percentSpans } from "./progress-view.ts";
import { shortIds } from "./short-ids.ts";
import { briefSprint, sprintTable } from "./sprint-view.ts";
import { briefTask, prioritySpan, taskTable } from "./task-view.ts";
import { shortTime } from "./times.ts";

const STATUS_STYLES: Readonly<Record<Epic["status"], Style>> = {
  active: "yellow",
  on_hold: "dim",
  completed: "green",
  cancelled: "dim",
};

/** The fields of an epic that a list gives; `epic show` has all. */
export function briefEpic({ id, title, status, priority, progress, phases, version }: EpicOverview): object {
  const { tasks, sprints } = progress;
  return {
    id,
    title,
    status,
    ...(priority === undefined ? {} : { priority }),
    phases: phases.length,
    progress: { tasks: { total: tasks.total, completed: tasks.byStatus.completed, percent: tasks.percent }, sprints },
    version,
  };
}

export function wholeEpic(epic: EpicOverview): object {
  return { ...epic, sprints: epic.sprints.map(briefSprint), tasks: epic.tasks.map(briefTask) };
}

export function epicTable(epics: readonly EpicOverview[], look: Look): Block {
  const short = shortIds(epics.map(({ id }) => id));
  return table(
    [
      { title: "id" },
      { title: "status" },
      { title: "done" },
      { title: "tasks", align: "right" },
      { title: "sprints", align: "right" },
      { title: "title", flexible: true },
    ],
    epics.map(({ id, status, progress, title }) => [
      short(id),
      span(status, STATUS_STYLES[status]),
      percentSpans(progress.tasks.percent, look),
      fractionOf(progress.tasks),
      `${progress.sprints.completed}/${progress.sprints.total}`,
      title,
    ]),
  );
}

export function epicLine(action: string, { id, title }: Epic, rest = ""): Block {
  return line([
    span(`${action} `, "green"),
    span(id, "bold"),
    `  ${title}`,
    ...(rest === "" ? [] : [span(`  ${rest}`, "dim")]),
  ]);
}

export function epicDocument(epic: EpicOverview, look: Look): Document {
  const { id, title, status, priority, progress, phases, sprints, tasks, phase, version } = epic;
  return [
    line([span(id, "bold"), "  ", span(status, STATUS_STYLES[status]), span(`  version ${version}`, "dim")]),
    line(span(title, "bold")),
    fields([
      ["tasks", [...percentSpans(progress.tasks.percent, look), `  ${countsText(progress.tasks)}`]],
      ["sprints", `${progress.sprints.completed} of ${progress.sprints.total} completed`],
      ["phase", phase === undefined ? undefined : `${phase}${phases.length === 0 ? "" : ` of ${phases.length}`}`],
      ["priority", priority === undefined ? undefined : [prioritySpan(priority)]],
      ["category", epic.category],
      ["tags", epic.tags?.join(", ")],
      ["created", `${shortTime(epic.createdAt)}${epic.createdBy === undefined ? "" : ` by ${epic.createdBy}`}`],
    ]),
    ...paragraph("Description", epic.description),
    ...(phases.length === 0 ? [] : [heading(span("Phases", "bold")), phaseTable(epic)]),
    ...(sprints.length === 0 ? [] : [heading(span("Sprints", "bold")), sprintTable(sprints, look)]),
    ...(tasks.length === 0 ? [] : [heading(span("Tasks of its own", "bold")), taskTable(tasks, look)]),
  ];
}

function phaseTable({ phases }: Epic): Block {
  return table(
    [
      { title: "no", align: "right" },
      { title: "status" },
      { title: "sprints", align: "right" },
      { title: "phase", flexible: true },
    ],
    phases.map(({ order, status, sprints, name, description }) => [
      String(order),
      span(status, status === "completed" ? "green" : status === "in_progress" ? "yellow" : "cyan"),
      sprints.length === 0 ? "" : String(sprints.length),
      description === undefined ? name : [name, span(`  ${description}`, "dim")],
    ]),
  );
}
