/**
 * Writes an imported graph. Records are found again by the index over their source, so importing twice changes nothing;
 * what was changed or deleted here since stays as it is here.
 */
import { GraphError } from "@knotwork/graph";
import type { WriteOptions } from "../commit-write.ts";
import type { KnotContext } from "../knot-context.ts";
import { type EdgeOutcome, findImportedEnds, type FoundEnds, writeImportedEdge } from "./import-edges.ts";
import { findImportedNode, type FoundNode, type NodeOutcome, writeImportedNode } from "./import-nodes.ts";
import type { ImportLedger, ImportReport, Refusal } from "./import-report.ts";
import { type ImportedEdge, type ImportedGraph, type ImportedNode, nameOf } from "./imported-graph.ts";
import { importableTypes } from "./source-lookup.ts";
import type { KnotTransaction } from "../types/knot-types.ts";

export interface ImportOptions extends Omit<WriteOptions, "idempotencyKey"> {
  /** Told after every transaction how many of the nodes and edges are through. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** What one import knows while it runs. */
export interface ImportRun {
  readonly context: KnotContext;
  readonly ledger: ImportLedger;
  /** Whether the store held records of this system before: then some may have been changed or deleted here. */
  readonly again: boolean;
  /** Id there → id here. */
  readonly ids: Map<string, string>;
  /** Ids of the nodes this run created. */
  readonly created: Set<string>;
  /** Ids there of the records that were deleted here. */
  readonly left: Set<string>;
}

type Outcome = NodeOutcome | EdgeOutcome;
type Counts = Record<string, { created: number; updated: number; unchanged: number }>;

const itemsPerCommit = 200;
const bytesPerCommit = 512 * 1024;

/** Refusals of one record, not of the store: the rest of the import goes on. */
const recordFaults: readonly string[] = ["INVALID_VALUE", "LIMIT_EXCEEDED", "INVALID_ID", "UNKNOWN_TYPE"];

/** @throws what `Graph.transact` throws; what was committed by then stays, and the same import again completes it */
export async function applyImport(
  context: KnotContext,
  graph: ImportedGraph,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const { ledger } = graph;
  const again = await hasRecordsOf(context, ledger.system);
  const run: ImportRun = { context, ledger, again, ids: new Map(), created: new Set(), left: new Set() };
  const { onProgress, ...writeOptions } = options;
  const total = graph.nodes.length + graph.edges.length;
  let done = 0;
  const counts: { readonly nodes: Counts; readonly edges: Counts } = { nodes: {}, edges: {} };
  // Records that name others come after them, so that the ids here are known.
  const nodes = [...graph.nodes].sort((a, b) => (a.references?.length ?? 0) - (b.references?.length ?? 0));
  for (const chunk of chunksOf(nodes)) {
    await writeChunk<ImportedNode, FoundNode>(run, chunk, writeOptions, {
      find: (tx, node) => findImportedNode(run, tx, node),
      write: (tx, node, found) => writeImportedNode(run, tx, node, found),
      nameOf: (node) => `${node.type} ${node.sourceId}`,
      take: (outcome, node) => count(counts.nodes, node.type, outcome),
    });
    onProgress?.({ done: (done += chunk.length), total });
  }
  for (const chunk of chunksOf(graph.edges)) {
    await writeChunk<ImportedEdge, FoundEnds>(run, chunk, writeOptions, {
      find: (tx, edge) => findImportedEnds(run, tx, edge),
      write: (tx, edge, ends) => writeImportedEdge(run, tx, edge, ends),
      nameOf,
      take: (outcome, edge) => count(counts.edges, edge.type, outcome),
    });
    onProgress?.({ done: (done += chunk.length), total });
  }
  return ledger.report(counts);
}

interface ChunkWriter<Item, Found> {
  /** What there is of the item; asked for all items before any is written, as a query goes through all that was. */
  find(tx: KnotTransaction, item: Item): Promise<Found>;
  write(tx: KnotTransaction, item: Item, found: Found): Promise<Outcome>;
  nameOf(item: Item): string;
  take(outcome: Outcome, item: Item): void;
}

/** One transaction for the chunk; when a record of it cannot be stored, halves of it, down to that record. */
async function writeChunk<Item extends ImportedNode | ImportedEdge, Found>(
  run: ImportRun,
  items: readonly Item[],
  options: Omit<WriteOptions, "idempotencyKey">,
  writer: ChunkWriter<Item, Found>,
): Promise<void> {
  try {
    const { value: outcomes } = await run.context.graph.transact(async (tx) => {
      const found: { readonly item: Item; readonly found: Found }[] = [];
      for (const item of items) found.push({ item, found: await writer.find(tx, item) });
      const outcomes: { readonly item: Item; readonly outcome: Outcome }[] = [];
      for (const { item, found: what } of found) outcomes.push({ item, outcome: await writer.write(tx, item, what) });
      return outcomes;
    }, options);
    for (const { item, outcome } of outcomes) settle(run, outcome, item, writer);
  } catch (error) {
    if (!(error instanceof GraphError) || !recordFaults.includes(error.code)) throw error;
    const [only] = items;
    if (items.length === 1 && only !== undefined) {
      refuse(run, only, { item: writer.nameOf(only), code: "INVALID_VALUE", reason: error.message });
      return;
    }
    const middle = Math.ceil(items.length / 2);
    await writeChunk(run, items.slice(0, middle), options, writer);
    await writeChunk(run, items.slice(middle), options, writer);
  }
}

/** Outcomes are taken over only after their commit: a transaction may run several times. */
function settle<Item extends ImportedNode | ImportedEdge, Found>(
  run: ImportRun,
  outcome: Outcome,
  item: Item,
  writer: ChunkWriter<Item, Found>,
): void {
  if ("id" in outcome && "sourceId" in item) {
    run.ids.set(item.sourceId, outcome.id);
    if (outcome.did === "created") run.created.add(outcome.id);
  }
  if (outcome.did === "refused") refuse(run, item, { ...outcome, item: writer.nameOf(item) });
  else if (outcome.did === "left") {
    if ("sourceId" in item) run.left.add(item.sourceId);
    run.ledger.notImported(outcome.what);
    run.ledger.deletedHere(writer.nameOf(item));
  } else writer.take(outcome, item);
  for (const what of outcome.kept ?? []) run.ledger.repaired(what);
}

function refuse(
  { ledger }: ImportRun,
  what: ImportedNode | ImportedEdge,
  { item, code, reason }: Omit<Refusal, "kind">,
): void {
  if ("sourceId" in what) ledger.refuse(item, code, reason);
  else ledger.refuseEdge(item, code, reason);
}

function count(counts: Counts, type: string, outcome: Outcome): void {
  if (outcome.did === "refused" || outcome.did === "left") return;
  const entry = (counts[type] ??= { created: 0, updated: 0, unchanged: 0 });
  entry[outcome.did] += 1;
}

function* chunksOf<Item extends ImportedNode | ImportedEdge>(items: readonly Item[]): Generator<readonly Item[]> {
  let chunk: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = JSON.stringify(item.props).length;
    if (chunk.length > 0 && (chunk.length >= itemsPerCommit || bytes + size > bytesPerCommit)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(item);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

async function hasRecordsOf(context: KnotContext, system: string): Promise<boolean> {
  for (const type of importableTypes) {
    if ((await context.graph.query(type).where("source.system", "=", system).limit(1).ids()).length > 0) return true;
  }
  return false;
}
