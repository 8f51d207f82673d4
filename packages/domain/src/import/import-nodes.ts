/** One imported record: created, brought up to date, or left alone. */
import type { Entity, JsonObject, JsonValue } from "@knotwork/graph";
import { canonicalJson, fingerprint } from "../canonical-json.ts";
import { claimIdPrefix } from "../claim-id.ts";
import { instant } from "../knot-context.ts";
import { ownIdLengthMax } from "../names.ts";
import type { RecordProps, Source } from "../types/source.ts";
import type { ImportRun } from "./apply-import.ts";
import type { ImportedNode } from "./imported-graph.ts";
import { findBySource } from "./source-lookup.ts";
import type { KnotTransaction } from "../types/knot-types.ts";

/** `left`: deleted here since, and not made anew. `kept`: what was changed on both sides and stays as it is here. */
export type NodeOutcome =
  | { readonly did: "created" | "updated" | "unchanged"; readonly id: string; readonly kept?: readonly string[] }
  | { readonly did: "left"; readonly what: string; readonly kept?: readonly string[] };

type Fields = Readonly<Record<string, JsonValue | undefined>>;

/** The record as it is here, from an earlier import. */
export type FoundNode = Entity<RecordProps> | undefined;

export async function findImportedNode(run: ImportRun, tx: KnotTransaction, node: ImportedNode): Promise<FoundNode> {
  // In the first import of a system, a record whose id is free is new: whoever else imports it now wants the same id.
  if (!run.again && (await isFree(tx, node.sourceId))) return undefined;
  return findBySource(tx, node.type, { system: run.ledger.system, id: node.sourceId });
}

export async function writeImportedNode(
  run: ImportRun,
  tx: KnotTransaction,
  node: ImportedNode,
  existing: FoundNode,
): Promise<NodeOutcome> {
  const source: Source = { system: run.ledger.system, id: node.sourceId, digest: digestOf(node) };
  if (existing?.props.source?.digest === source.digest) return { did: "unchanged", id: existing.id };
  const { props, kept } = withIdsHere(run, node);
  const incoming = { ...props, source: { ...source } };
  const outcome = await (existing === undefined
    ? createNode(run, tx, node, incoming)
    : updateNode(run, tx, existing, incoming));
  return { ...outcome, kept: [...kept, ...(outcome.kept ?? [])] };
}

async function createNode(
  run: ImportRun,
  tx: KnotTransaction,
  node: ImportedNode,
  props: JsonObject,
): Promise<NodeOutcome> {
  const id = (await isFree(tx, node.sourceId)) ? node.sourceId : undefined;
  if (id !== undefined && run.again && (await run.context.graph.history(id)).length > 0) {
    return { did: "left", what: `${node.type} that was deleted here` };
  }
  const filed = { filedAt: instant(run.context), ...props };
  // The schema of its type checks it; the compiler cannot know which of the types it is.
  const created = await tx.create(node.type, filed as never, id === undefined ? {} : { id });
  return { did: "created", id: created.id };
}

/** A source that changed: each field it changed is taken over, unless it was changed here, too. */
async function updateNode(
  run: ImportRun,
  tx: KnotTransaction,
  existing: Entity<RecordProps>,
  incoming: JsonObject,
): Promise<NodeOutcome> {
  const here = existing.props as unknown as Fields;
  const base = await lastImported(run, existing);
  const set: Record<string, JsonValue> = {};
  const unset: string[] = [];
  const kept: string[] = [];
  for (const field of new Set([...Object.keys(base), ...Object.keys(incoming)])) {
    if (field === "filedAt" && incoming[field] === undefined) continue;
    if (field !== "source" && isSame(incoming[field], base[field])) continue;
    if (field !== "source" && !isSame(here[field], base[field])) {
      if (!isSame(here[field], incoming[field]))
        kept.push(`${existing.type}.${field} changed on both sides: kept as here`);
      continue;
    }
    const value = incoming[field];
    if (value === undefined) unset.push(field);
    else set[field] = value;
  }
  await tx.update(existing.id, set, { unset });
  return { did: "updated", id: existing.id, kept };
}

/** The record as the import before wrote it. */
async function lastImported(run: ImportRun, existing: Entity<RecordProps>): Promise<Fields> {
  const versions = await run.context.graph.history(existing.id);
  const digest = existing.props.source?.digest;
  const written = versions.find((version) => (version.props["source"] as Fields | undefined)?.["digest"] === digest);
  return written?.props ?? {};
}

/** Whether the record can have the id it had there. */
async function isFree(tx: KnotTransaction, id: string): Promise<boolean> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id) || id.length > ownIdLengthMax || id.startsWith(claimIdPrefix))
    return false;
  if (id === "null" || id === "undefined") return false;
  return (await tx.get(id)) === undefined;
}

/** The props with the ids here in place of those there; a record that is not there leaves its id behind. */
function withIdsHere(
  run: ImportRun,
  node: ImportedNode,
): { readonly props: JsonObject; readonly kept: readonly string[] } {
  const props = { ...node.props } as Record<string, JsonValue>;
  const kept: string[] = [];
  for (const field of node.references ?? []) {
    const named = props[field];
    const id = typeof named === "string" ? run.ids.get(named) : undefined;
    if (id === undefined) kept.push(`${node.type}.${field} names a record that is not there: kept as it is`);
    else props[field] = id;
  }
  return { props, kept };
}

function digestOf(node: ImportedNode): string {
  return fingerprint([node.type, node.props]).slice(0, 32);
}

function isSame(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
