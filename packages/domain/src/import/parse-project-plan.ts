/** A project plan: JSON lines of epics and tasks, as in `examples/project-plan.jsonl`. */
import type { EpicStatus } from "../types/epic.ts";
import { priorities, type Priority, type TaskStatus, taskStatuses } from "../types/task.ts";
import { type ImportedEdge, type ImportedGraph, type ImportedNode, settleEdges } from "./imported-graph.ts";
import { ImportLedger } from "./import-report.ts";
import { readJsonLines } from "./json-lines.ts";
import { present, RecordReader } from "./record-reader.ts";

const taskStatusTable = identity<TaskStatus>(taskStatuses);
const priorityTable = identity<Priority>(priorities);
const epicStatusTable: Readonly<Record<string, EpicStatus>> = {
  pending: "active",
  active: "active",
  in_progress: "active",
  on_hold: "on_hold",
  deferred: "on_hold",
  completed: "completed",
  cancelled: "cancelled",
};

export function parseProjectPlan(text: string | Iterable<string>): ImportedGraph {
  const ledger = new ImportLedger("plan");
  const nodes = new Map<string, ImportedNode>();
  const edges: ImportedEdge[] = [];
  for (const { line, record } of readJsonLines(text, ledger)) {
    const reader = new RecordReader(record);
    const sourceId = reader.text("id");
    const type = reader.text("type");
    const title = reader.text("title");
    if (sourceId === undefined || title === undefined || (type !== "epic" && type !== "task")) {
      ledger.refuse(`line ${line}`, "NOT_A_RECORD", 'an item needs an id, a title and the type "epic" or "task"');
      continue;
    }
    if (nodes.has(sourceId)) {
      ledger.refuse(`line ${line} (${sourceId})`, "REPEATED_ID", "an earlier line has the same id");
      continue;
    }
    edges.push(...readRelations(reader, sourceId));
    const props = type === "task" ? readTask(reader, title) : readEpic(reader, title);
    const extra = reader.rest(type, ledger);
    nodes.set(sourceId, { type, sourceId, props: extra === undefined ? props : { ...props, extra } });
  }
  return { ledger, nodes: [...nodes.values()], edges: settleEdges(edges, ledger) };
}

function readRelations(reader: RecordReader, id: string): readonly ImportedEdge[] {
  const epic = reader.text("epic");
  const parent = reader.text("parent");
  return [
    ...(reader.texts("dependsOn") ?? []).map((to) => ({ from: id, type: "DEPENDS_ON", to, props: {} })),
    ...(epic === undefined ? [] : [{ from: epic, type: "CONTAINS", to: id, props: {} }]),
    ...(parent === undefined ? [] : [{ from: parent, type: "PARENT_OF", to: id, props: {} }]),
  ];
}

function readTask(reader: RecordReader, title: string): ImportedNode["props"] {
  return present({
    title,
    description: reader.text("description"),
    status: reader.oneOf("status", taskStatusTable) ?? "pending",
    priority: reader.oneOf("priority", priorityTable) ?? "medium",
    category: reader.name("category"),
    tags: reader.names("tags"),
    estimateHours: reader.amount("estimateHours"),
    assignee: reader.name("assignee"),
  });
}

function readEpic(reader: RecordReader, title: string): ImportedNode["props"] {
  return present({
    title,
    description: reader.text("description"),
    status: reader.oneOf("status", epicStatusTable) ?? "active",
    priority: reader.oneOf("priority", priorityTable),
    category: reader.name("category"),
    tags: reader.names("tags"),
  });
}

function identity<T extends string>(values: readonly T[]): Readonly<Record<string, T>> {
  return Object.fromEntries(values.map((value) => [value, value]));
}
