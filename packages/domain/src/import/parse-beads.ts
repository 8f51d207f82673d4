/**
 * Beads: `issues.jsonl`, one issue a line with its dependencies, labels and comments inside. Issues become tasks, comments
 * become notes, dependencies edges.
 */
import type { JsonObject, JsonValue } from "@knotwork/graph";
import type { Priority, TaskStatus } from "../types/task.ts";
import { type ImportedEdge, type ImportedGraph, type ImportedNode, settleEdges } from "./imported-graph.ts";
import { ImportLedger } from "./import-report.ts";
import { type NumberedRecord, readJsonLines } from "./json-lines.ts";
import { isObject, present, RecordReader } from "./record-reader.ts";

const statuses: Readonly<Record<string, TaskStatus>> = {
  open: "pending",
  in_progress: "in_progress",
  blocked: "blocked",
  deferred: "deferred",
  closed: "completed",
  tombstone: "cancelled",
  hooked: "in_progress",
  pinned: "pending",
};

/** Statuses that say more than the one they become: kept under `extra`, too. */
const statusesKept: readonly string[] = ["tombstone", "hooked", "pinned"];

const priorities: Readonly<Record<string, Priority>> = { 0: "critical", 1: "high", 2: "medium", 3: "low", 4: "low" };

/** The issue a dependency is written in stands at `from`, unless the relation is turned round. */
const relations: Readonly<Record<string, { readonly type: string; readonly turned?: boolean }>> = {
  blocks: { type: "DEPENDS_ON" },
  "parent-child": { type: "PARENT_OF", turned: true },
  "discovered-from": { type: "DISCOVERED_FROM" },
  related: { type: "RELATES_TO" },
  "relates-to": { type: "RELATES_TO" },
  supersedes: { type: "SUPERSEDES" },
};

/** Spellings met in real files → what they mean. */
const misspelt: Readonly<Record<string, string>> = {
  "blocked-by": "blocks",
  "depends-on": "blocks",
  parent_child: "parent-child",
  child: "parent-child",
  discovered_from: "discovered-from",
  relates_to: "relates-to",
};

/** Reads a whole file, or its lines. Of lines with one id the last one counts, as in beads itself. */
export function parseBeads(text: string | Iterable<string>): ImportedGraph {
  const ledger = new ImportLedger("beads");
  const nodes: ImportedNode[] = [];
  const edges: ImportedEdge[] = [];
  for (const { line, record } of lastOfEach(readJsonLines(text, ledger), ledger)) {
    const issue = readIssue(record, `line ${line}`, ledger);
    nodes.push(...issue.nodes);
    edges.push(...issue.edges);
  }
  return { ledger, nodes, edges: settleEdges(edges, ledger) };
}

interface IssueParts {
  readonly nodes: readonly ImportedNode[];
  readonly edges: readonly ImportedEdge[];
}

function lastOfEach(records: readonly NumberedRecord[], ledger: ImportLedger): readonly NumberedRecord[] {
  const byId = new Map<string, NumberedRecord>();
  for (const numbered of records) {
    const { line, record } = numbered;
    const id = record["id"];
    if (typeof id !== "string" || typeof record["title"] !== "string" || record["title"].trim() === "") {
      ledger.refuse(`line ${line}`, "NOT_A_RECORD", "an issue needs an id and a title");
      continue;
    }
    const earlier = byId.get(id);
    if (earlier !== undefined) {
      ledger.refuse(`line ${earlier.line} (${id})`, "REPEATED_ID", `line ${line} has the same id and comes later`);
    }
    byId.set(id, numbered);
  }
  return [...byId.values()];
}

function readIssue(record: JsonObject, item: string, ledger: ImportLedger): IssueParts {
  const reader = new RecordReader(record);
  const id = reader.text("id") ?? item;
  const dependencies = reader.list("dependencies") ?? [];
  const comments = reader.list("comments") ?? [];
  const task: ImportedNode = { type: "task", sourceId: id, props: readTask(reader, record, ledger) };
  const notes = comments.map((comment, index) => readComment(comment, id, index, ledger));
  return {
    nodes: [task, ...notes],
    edges: [
      ...notes.map((note) => ({ from: note.sourceId, type: "ANNOTATES", to: id, props: {} })),
      ...dependencies.flatMap((dependency) => readDependency(dependency, id, ledger)),
    ],
  };
}

function readTask(reader: RecordReader, record: JsonObject, ledger: ImportLedger): ImportedNode["props"] {
  const status = record["status"];
  const isTombstone = status === "tombstone";
  const minutes = reader.amount("estimated_minutes");
  const title = reader.text("title") ?? "";
  if (title.length > titleLengthMax) reader.putBack("title", title);
  const props = {
    title: title.slice(0, titleLengthMax),
    description: reader.text("description"),
    status: reader.oneOf("status", statuses) ?? "pending",
    priority: reader.oneOf("priority", priorities) ?? "medium",
    category: reader.name("issue_type"),
    tags: reader.names("labels"),
    estimateHours: minutes === undefined ? undefined : minutes / 60,
    assignee: reader.name("assignee"),
    due: reader.instant("due_at"),
    retrospective: reader.text("close_reason"),
    startedAt: reader.instant("started_at"),
    completedAt: isTombstone ? reader.instant("deleted_at") : reader.instant("closed_at"),
    completedBy: isTombstone ? reader.name("deleted_by") : undefined,
    filedAt: reader.instant("created_at"),
    filedBy: reader.name("created_by"),
  };
  if (typeof status === "string" && statusesKept.includes(status)) reader.putBack("status", status);
  if (record["priority"] === 4) reader.putBack("priority", 4);
  return present({ ...props, extra: reader.rest("task", ledger) });
}

const titleLengthMax = 500;

function readComment(comment: JsonValue, issueId: string, index: number, ledger: ImportLedger): ImportedNode {
  const reader = new RecordReader(isObject(comment) ? comment : { text: JSON.stringify(comment) });
  const id = reader.count("id") ?? `at ${index + 1}`;
  reader.text("issue_id");
  const props = {
    about: issueId,
    kind: "comment",
    text: reader.text("text") ?? "(empty)",
    filedAt: reader.instant("created_at"),
    filedBy: reader.name("author"),
  };
  const extra = reader.rest("comment", ledger);
  return { type: "note", sourceId: `${issueId}#${id}`, references: ["about"], props: present({ ...props, extra }) };
}

function readDependency(dependency: JsonValue, issueId: string, ledger: ImportLedger): readonly ImportedEdge[] {
  const reader = new RecordReader(isObject(dependency) ? dependency : {});
  const from = reader.text("issue_id") ?? issueId;
  const to = reader.text("depends_on_id");
  const given = reader.text("type") ?? "blocks";
  if (to === undefined) {
    ledger.refuseEdge(`a dependency of ${issueId}`, "NOT_A_RECORD", "it does not say on what");
    return [];
  }
  const spelt = misspelt[given] ?? given;
  if (spelt !== given) ledger.repaired(`dependency type ${given} read as ${spelt}`);
  const relation = relations[spelt] ?? { type: spelt.toUpperCase().replaceAll("-", "_") };
  if (!/^[A-Z][A-Z0-9_]{0,63}$/.test(relation.type)) {
    ledger.refuseEdge(`${from} ${given} ${to}`, "UNKNOWN_TYPE", "the type cannot be the name of an edge type");
    return [];
  }
  const left = reader.rest("dependency", ledger);
  const props = left === undefined ? {} : { properties: left };
  const { type } = relation;
  return [relation.turned === true ? { from: to, type, to: from, props } : { from, type, to, props }];
}
