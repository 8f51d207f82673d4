/** One imported edge: created, brought up to date, left alone, or refused. */
import { type Edge, edgeId } from "@knotwork/graph";
import { canonicalJson } from "../canonical-json.ts";
import { isDomainError } from "../domain-error.ts";
import { linkOpenType } from "../edge-node.ts";
import { waitingTypes } from "../relations.ts";
import { assertNoCycle } from "../waiting.ts";
import type { ImportRun } from "./apply-import.ts";
import type { RefusalCode } from "./import-report.ts";
import type { ImportedEdge } from "./imported-graph.ts";
import { findAnyBySource } from "./source-lookup.ts";
import type { KnotTransaction } from "../types/knot-types.ts";

export type EdgeOutcome = { readonly kept?: readonly string[] } & (
  | { readonly did: "created" | "updated" | "unchanged" }
  | { readonly did: "left"; readonly what: string }
  | { readonly did: "refused"; readonly code: RefusalCode; readonly reason: string }
);

/** The ids here of what the edge links. */
export interface FoundEnds {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export async function findImportedEnds(run: ImportRun, tx: KnotTransaction, edge: ImportedEdge): Promise<FoundEnds> {
  return { from: await idHere(run, tx, edge.from), to: await idHere(run, tx, edge.to) };
}

export async function writeImportedEdge(
  run: ImportRun,
  tx: KnotTransaction,
  edge: ImportedEdge,
  { from, to }: FoundEnds,
): Promise<EdgeOutcome> {
  if (from === undefined || to === undefined) {
    const missing = from === undefined ? edge.from : edge.to;
    if (run.left.has(missing)) return { did: "left", what: `edge ${edge.type} of a record that was deleted here` };
    return { did: "refused", code: "DANGLING_EDGE", reason: `"${missing}" is neither in the source nor in the store` };
  }
  const existing = await tx.getEdge(from, edge.type, to);
  if (existing !== undefined) return refresh(tx, existing, edge);
  const isFresh = run.created.has(from) || run.created.has(to);
  if (run.again && !isFresh && (await wasHere(run, from, edge.type, to))) {
    return { did: "left", what: `edge ${edge.type} that was removed here` };
  }
  // Circles within the source are cut already; only edges to what was here before can close another one.
  if (waitingTypes.includes(edge.type) && !(run.created.has(from) && run.created.has(to))) {
    const refusal = await refuseCycle(tx, from, edge.type, to);
    if (refusal !== undefined) return refusal;
  }
  await linkOpenType(tx, { from, type: edge.type, to }, edge.props);
  return { did: "created" };
}

/** The props of the source, unless the edge was changed here. */
async function refresh(tx: KnotTransaction, existing: Edge, edge: ImportedEdge): Promise<EdgeOutcome> {
  const isSame = canonicalJson(existing.props) === canonicalJson(edge.props);
  if (isSame || existing.version > 1) return { did: "unchanged" };
  await linkOpenType(tx, existing, edge.props);
  return { did: "updated" };
}

async function idHere(run: ImportRun, tx: KnotTransaction, sourceId: string): Promise<string | undefined> {
  const known = run.ids.get(sourceId);
  if (known !== undefined) return known;
  return (await findAnyBySource(tx, { system: run.ledger.system, id: sourceId }))?.id;
}

async function wasHere(run: ImportRun, from: string, type: string, to: string): Promise<boolean> {
  return (await run.context.graph.history(edgeId(from, type, to))).length > 0;
}

async function refuseCycle(
  tx: KnotTransaction,
  from: string,
  type: string,
  to: string,
): Promise<EdgeOutcome | undefined> {
  try {
    await assertNoCycle(tx, { from, type, to }, waitingTypes);
    return undefined;
  } catch (error) {
    if (!isDomainError(error, "CYCLE")) throw error;
    return { did: "refused", code: "CYCLE", reason: error.message };
  }
}
