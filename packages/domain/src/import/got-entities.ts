/** The fields of each kind of entity of the first Graph-of-Thought store. */
import type { JsonObject, JsonValue } from "@knotwork/graph";
import type { EpicStatus } from "../types/epic.ts";
import type { HandoffStatus } from "../types/handoff.ts";
import type { SprintGoal, SprintStatus } from "../types/sprint.ts";
import type { Priority, TaskStatus } from "../types/task.ts";
import type { ImportedNode } from "./imported-graph.ts";
import { isObject, present, RecordReader } from "./record-reader.ts";

type Props = ImportedNode["props"];

const taskStatuses: Readonly<Record<string, TaskStatus>> = {
  pending: "pending",
  in_progress: "in_progress",
  completed: "completed",
  blocked: "blocked",
  deferred: "deferred",
};
const priorities: Readonly<Record<string, Priority>> = {
  critical: "critical",
  high: "high",
  medium: "medium",
  low: "low",
};
const sprintStatuses: Readonly<Record<string, SprintStatus>> = {
  available: "available",
  in_progress: "in_progress",
  blocked: "blocked",
  completed: "completed",
};
const epicStatuses: Readonly<Record<string, EpicStatus>> = {
  active: "active",
  completed: "completed",
  on_hold: "on_hold",
};
const handoffStatuses: Readonly<Record<string, HandoffStatus>> = {
  initiated: "initiated",
  accepted: "accepted",
  completed: "completed",
  rejected: "rejected",
};

export function readGotTask(reader: RecordReader): Props {
  const properties = within(reader, "properties");
  const metadata = within(reader, "metadata");
  const props = present({
    title: reader.text("title") ?? "(untitled)",
    description: reader.text("description"),
    status: reader.oneOf("status", taskStatuses) ?? "pending",
    priority: reader.oneOf("priority", priorities) ?? "medium",
    category: properties.name("category"),
    tags: properties.names("tags"),
    estimateHours: properties.amount("estimated_hours"),
    retrospective: properties.text("retrospective"),
    blockedReason: metadata.text("blocked_reason"),
    startedAt: metadata.instant("started_at"),
    completedAt: metadata.instant("completed_at"),
    completedBy: metadata.name("completed_by"),
    filedAt: reader.instant("created_at"),
    filedBy: metadata.name("created_by"),
  });
  putBackRest(reader, { properties, metadata });
  return props;
}

/** A decision of that store had no status: it holds. What it affects becomes edges; the list stays as written. */
export function readGotDecision(reader: RecordReader): Props {
  const properties = within(reader, "properties");
  const props = present({
    title: reader.text("title") ?? "(untitled)",
    status: "accepted",
    rationale: reader.text("rationale"),
    context: properties.text("context"),
    alternatives: properties.texts("alternatives"),
    filedAt: reader.instant("created_at"),
  });
  putBackRest(reader, { properties });
  return props;
}

export function readGotHandoff(reader: RecordReader): Props {
  const filedAt = reader.instant("initiated_at") ?? reader.instant("created_at");
  const fromAgent = reader.name("source_agent") ?? "unknown";
  const toAgent = reader.name("target_agent") ?? "unknown";
  const status = reader.oneOf("status", handoffStatuses) ?? "initiated";
  return present({
    fromAgent,
    toAgent,
    task: reader.text("task_id") ?? "",
    status,
    instructions: reader.text("instructions"),
    context: reader.object("context"),
    result: reader.object("result"),
    artifacts: reader.texts("artifacts"),
    acceptedAt: reader.instant("accepted_at"),
    acceptedBy: status === "accepted" || status === "completed" ? toAgent : undefined,
    completedAt: reader.instant("completed_at"),
    rejectedAt: reader.instant("rejected_at"),
    rejectReason: reader.text("reject_reason"),
    filedAt,
    filedBy: fromAgent,
  });
}

export function readGotEpic(reader: RecordReader): Props {
  return present({
    title: reader.text("title") ?? "(untitled)",
    status: reader.oneOf("status", epicStatuses) ?? "active",
    phase: reader.count("phase"),
    phases: readObjects(reader, "phases"),
    filedAt: reader.instant("created_at"),
  });
}

export function readGotSprint(reader: RecordReader): Props {
  const number = reader.count("number");
  return present({
    title: reader.text("title") ?? "(untitled)",
    status: reader.oneOf("status", sprintStatuses) ?? "available",
    number,
    goals: readGoals(reader),
    notes: reader.texts("notes"),
    isolation: reader.texts("isolation"),
    filedAt: reader.instant("created_at"),
  });
}

/** Goals say what they are in `text` or, some, in `description`. */
function readGoals(reader: RecordReader): readonly SprintGoal[] | undefined {
  const goals = readObjects(reader, "goals");
  if (goals === undefined) return undefined;
  const read = goals.map(readGoal);
  if (read.every((goal) => goal !== undefined)) return read;
  reader.putBack("goals", goals);
  return undefined;
}

function readGoal(goal: JsonObject): SprintGoal | undefined {
  const { text = goal["description"], description, completed = false, progress, priority, ...rest } = goal;
  // A text beside a description says something else: such a goal is kept as it was.
  const isWhole = Object.keys(rest).length === 0 && (goal["text"] === undefined || description === undefined);
  const level = typeof priority === "string" && Object.hasOwn(priorities, priority) ? priorities[priority] : undefined;
  const fits =
    isWhole &&
    typeof text === "string" &&
    typeof completed === "boolean" &&
    (progress === undefined || (typeof progress === "number" && progress >= 0 && progress <= 100)) &&
    (priority === undefined || level !== undefined);
  if (!fits) return undefined;
  return {
    text,
    completed,
    ...(progress === undefined ? {} : { progress }),
    ...(level === undefined ? {} : { priority: level }),
  };
}

function readObjects(reader: RecordReader, field: string): readonly JsonObject[] | undefined {
  const values: readonly JsonValue[] | undefined = reader.list(field);
  if (values === undefined) return undefined;
  const objects = values.filter(isObject);
  if (objects.length === values.length) return objects;
  reader.putBack(field, values);
  return undefined;
}

function within(reader: RecordReader, field: string): RecordReader {
  return new RecordReader(reader.object(field) ?? {});
}

function putBackRest(reader: RecordReader, parts: Readonly<Record<string, RecordReader>>): void {
  for (const [field, part] of Object.entries(parts)) {
    const left = part.left();
    if (left !== undefined) reader.putBack(field, left);
  }
}
