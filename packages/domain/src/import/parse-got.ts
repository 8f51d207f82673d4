/**
 * The first Graph-of-Thought store: a directory `.got` with one JSON file per entity under `entities/`, history beside it,
 * and what is left of an event log. Entities become nodes and edges; the rest is counted as not imported.
 */
import type { JsonObject, JsonValue } from "@knotwork/graph";
import { readGotDecision, readGotEpic, readGotHandoff, readGotSprint, readGotTask } from "./got-entities.ts";
import { readGotDocument, readGotLayer, readGotPersona, readGotTeam } from "./got-context-entities.ts";
import { isChecksumRight } from "./got-checksum.ts";
import { type ImportedEdge, type ImportedGraph, type ImportedNode, nameOf, settleEdges } from "./imported-graph.ts";
import { ImportLedger } from "./import-report.ts";
import { readRecord } from "./json-lines.ts";
import { isObject, RecordReader } from "./record-reader.ts";
import type { ImportableType } from "./source-lookup.ts";

/** One file of the directory; `path` is relative to it, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Reads the files of a `.got` directory, in any order. */
export function parseGot(files: Iterable<SourceFile>): ImportedGraph {
  const ledger = new ImportLedger("got");
  const nodes: ImportedNode[] = [];
  const edges: ImportedEdge[] = [];
  for (const { path, text } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if (!/^entities\/[^/_][^/]*\.json$/.test(path)) {
      ledger.notImported(describeFile(path));
      continue;
    }
    ledger.read();
    const data = readEntityFile(path, text, ledger);
    if (data?.["entity_type"] === "edge") edges.push(...readEdge(data, path, ledger));
    else if (data !== undefined) nodes.push(...readNode(data, path, ledger));
  }
  const explicit = settleEdges(edges, ledger);
  return { ledger, nodes, edges: [...explicit, ...impliedEdges(nodes, explicit, ledger)] };
}

type NodeReader = (reader: RecordReader) => ImportedNode["props"];

interface NodeKind {
  readonly type: ImportableType;
  readonly read: NodeReader;
  readonly references?: readonly string[];
}

const nodeKinds: Readonly<Record<string, NodeKind>> = {
  task: { type: "task", read: readGotTask },
  decision: { type: "decision", read: readGotDecision },
  handoff: { type: "handoff", read: readGotHandoff, references: ["task"] },
  epic: { type: "epic", read: readGotEpic },
  sprint: { type: "sprint", read: readGotSprint },
  document: { type: "document", read: readGotDocument },
  claudemd_layer: { type: "layer", read: readGotLayer },
  team: { type: "team", read: readGotTeam },
  persona_profile: { type: "persona", read: readGotPersona },
};

function readEntityFile(path: string, text: string, ledger: ImportLedger): JsonObject | undefined {
  const wrapper = readRecord(text, path, ledger);
  const data = wrapper?.["data"];
  if (wrapper === undefined) return undefined;
  if (!isObject(data) || typeof data["id"] !== "string") {
    ledger.refuse(path, "NOT_A_RECORD", "it holds no entity with an id");
    return undefined;
  }
  if (!isChecksumRight(wrapper, text)) ledger.repaired("entity whose checksum does not match: taken as it is");
  return data;
}

function readNode(data: JsonObject, path: string, ledger: ImportLedger): readonly ImportedNode[] {
  const reader = new RecordReader(data);
  const entityType = reader.text("entity_type") ?? "";
  const sourceId = reader.text("id") ?? "";
  const kind = Object.hasOwn(nodeKinds, entityType) ? nodeKinds[entityType] : undefined;
  if (kind === undefined) {
    ledger.refuse(path, "UNKNOWN_TYPE", `entities of type "${entityType}" have no counterpart yet`);
    return [];
  }
  const { type, read, references } = kind;
  const props = read(reader);
  const extra = reader.rest(type, ledger);
  return [
    {
      type,
      sourceId,
      ...(references === undefined ? {} : { references }),
      props: extra === undefined ? props : { ...props, extra },
    },
  ];
}

function readEdge(data: JsonObject, path: string, ledger: ImportLedger): readonly ImportedEdge[] {
  const reader = new RecordReader(data);
  const [from, to, type] = [reader.text("source_id"), reader.text("target_id"), reader.text("edge_type")];
  reader.text("entity_type");
  if (from === undefined || to === undefined || type === undefined) {
    ledger.refuseEdge(path, "NOT_A_RECORD", "an edge needs two ends and a type");
    return [];
  }
  const weight = reader.amount("weight");
  const confidence = reader.amount("confidence");
  const properties = reader.rest("edge", ledger);
  const props = {
    ...(weight === undefined ? {} : { weight }),
    ...(confidence === undefined ? {} : { confidence }),
    ...(properties === undefined ? {} : { properties }),
  };
  return [{ from, type, to, props }];
}

/** Relations that only a field tells of: what a decision affects, the epic of a sprint … The field stays under `extra`. */
function impliedEdges(
  nodes: readonly ImportedNode[],
  explicit: readonly ImportedEdge[],
  ledger: ImportLedger,
): readonly ImportedEdge[] {
  const known = new Set(explicit.map(nameOf));
  const implied: ImportedEdge[] = [];
  for (const { type, sourceId, props } of nodes) {
    const extra = (props.extra ?? {}) as Readonly<Record<string, JsonValue>>;
    const found = [
      ...asTexts(extra["affects"]).map((to) => ({ from: sourceId, type: "JUSTIFIES", to, props: {} })),
      ...asTexts(extra["linked_task_ids"]).map((from) => ({ from, type: "DOCUMENTED_BY", to: sourceId, props: {} })),
      ...asTexts(extra["linked_decision_ids"]).map((to) => ({ from: sourceId, type: "REFERENCES", to, props: {} })),
      ...asTexts(extra["epic_id"]).map((from) => ({ from, type: "CONTAINS", to: sourceId, props: {} })),
    ];
    for (const edge of found) {
      if (known.has(nameOf(edge))) continue;
      ledger.repaired(`${type} field made an edge ${edge.type}`);
      implied.push(edge);
    }
  }
  return implied;
}

function asTexts(value: JsonValue | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
}

function describeFile(path: string): string {
  if (path.startsWith("entities/_history/")) return "history file";
  if (path.startsWith("entities/")) return `file entities/${path.split("/")[1]}`;
  const [folder] = path.split("/");
  return path.includes("/") ? `file under ${folder}/` : `file ${folder}`;
}
