/**
 * Part of the graph, loaded for algorithms that look at all of it: its nodes numbered in their order, and for each the
 * nodes its edges lead to.
 */
import type { Entity } from "../entity.ts";
import { isPromise } from "../awaitable.ts";
import { isEdge } from "../entity-view.ts";
import { prefixInterval, typeInterval } from "../index-intervals.ts";
import { assertId, idOfKey, otherEndOfKey, startOfKey, typeOfEdgeKey } from "../index-keys.ts";
import type { IndexInterval } from "../engine.ts";
import type { BoundsGuard, QueryBounds } from "../query-bounds.ts";
import type { Reader } from "../reader.ts";
import { distinctSteps, stepsOf } from "./edge-choice.ts";
import { Neighbourhood } from "./neighbourhood.ts";

/** Which part of the graph: without `types` and `ids` all nodes, without `edges` all edges between them. */
export interface Scope extends Omit<QueryBounds, "limit"> {
  /** Types of nodes. */
  readonly types?: readonly string[];
  /** These nodes only; those that do not exist are left out. */
  readonly ids?: readonly string[];
  /** Nodes for which it is false are left out. */
  readonly filter?: (node: Entity) => boolean;
  /** Types of edges. */
  readonly edges?: readonly string[];
}

export interface Subgraph {
  /** In the order of type and id, or of `ids` when they were given. */
  readonly ids: readonly string[];
  /** The edges of node n lead to `targets[offsets[n]]` … `targets[offsets[n + 1] - 1]`; several edges may lead to one. */
  readonly offsets: Uint32Array;
  readonly targets: Uint32Array;
}

interface Edges {
  readonly sources: number[];
  readonly targets: number[];
}

/** @throws GraphError UNKNOWN_TYPE, INVALID_ID, LIMIT_EXCEEDED, TIMED_OUT, ABORTED */
export async function loadSubgraph(reader: Reader, scope: Scope, guard: BoundsGuard): Promise<Subgraph> {
  const { types, ids } = scope;
  for (const type of [...(types ?? []), ...(scope.edges ?? [])]) reader.types.assertKnown(type);
  if (types === undefined && ids === undefined) return await loadEverything(reader, scope, guard);
  const given = ids === undefined ? await idsOfTypes(reader, types ?? [], guard) : [...new Set(ids)];
  for (const id of ids ?? []) assertId(id);
  const wanted = types === undefined ? undefined : new Set(types);
  const nodes: string[] = [];
  for (const id of given) {
    guard.visit();
    const node = await nodeOf(reader, id, { filter: scope.filter, guard });
    if (node !== undefined && (wanted === undefined || wanted.has(node.type))) nodes.push(id);
  }
  return subgraphOf(nodes, await edgesBetween(reader, nodes, { edges: scope.edges, guard }));
}

/** The same nodes, every edge turned round. */
export function turnedSubgraph({ ids, offsets, targets }: Subgraph): Subgraph {
  const edges: Edges = { sources: [], targets: [] };
  for (let node = 0; node < ids.length; node += 1) {
    for (let at = offsets[node] as number; at < (offsets[node + 1] as number); at += 1) {
      edges.sources.push(targets[at] as number);
      edges.targets.push(node);
    }
  }
  return subgraphOf(ids, edges);
}

export function subgraphOf(ids: readonly string[], { sources, targets }: Edges): Subgraph {
  const offsets = new Uint32Array(ids.length + 1);
  for (const source of sources) offsets[source + 1] = (offsets[source + 1] as number) + 1;
  for (let node = 0; node < ids.length; node += 1) {
    offsets[node + 1] = (offsets[node + 1] as number) + (offsets[node] as number);
  }
  const next = offsets.slice();
  const sorted = new Uint32Array(targets.length);
  for (const [edge, source] of sources.entries()) {
    const at = next[source] as number;
    sorted[at] = targets[edge] as number;
    next[source] = at + 1;
  }
  return { ids, offsets, targets: sorted };
}

async function edgesBetween(
  reader: Reader,
  nodes: readonly string[],
  { edges: types = [], guard }: { readonly edges: readonly string[] | undefined; readonly guard: BoundsGuard },
): Promise<Edges> {
  const hood = new Neighbourhood(reader);
  const planes = hood.planes(distinctSteps(stepsOf("out", types)));
  const places = new Map(nodes.map((id, place) => [hood.numberOf(id), place]));
  const edges: Edges = { sources: [], targets: [] };
  for (const [node, source] of places) {
    const pause = guard.pause();
    if (pause !== undefined) await pause;
    for (const plane of planes) {
      const read = hood.list(plane, node);
      const list = isPromise(read) ? await read : read;
      guard.visit(list.end - list.start);
      for (let cell = list.start; cell < list.end; cell += 1) {
        const target = places.get(list.others[cell] as number);
        if (target === undefined) continue;
        edges.sources.push(source);
        edges.targets.push(target);
      }
    }
  }
  return edges;
}

/** One pass over all edges, one over all entities. */
async function loadEverything(reader: Reader, { filter, edges: types }: Scope, guard: BoundsGuard): Promise<Subgraph> {
  const wanted = types === undefined || types.length === 0 ? undefined : new Set(types);
  const ends: { readonly from: string; readonly to: string }[] = [];
  const countsByType = new Map<string, number>();
  await eachKey(reader, prefixInterval("out", ""), guard, (key) => {
    const type = typeOfEdgeKey(key);
    countsByType.set(type, (countsByType.get(type) ?? 0) + 1);
    if (wanted === undefined || wanted.has(type)) ends.push({ from: startOfKey(key), to: otherEndOfKey(key) });
  });
  const nodes: string[] = [];
  for (const id of await idsOfNodes(reader, countsByType, guard)) {
    if (filter === undefined || (await nodeOf(reader, id, { filter, guard })) !== undefined) nodes.push(id);
  }
  const places = new Map(nodes.map((id, place) => [id, place]));
  const edges: Edges = { sources: [], targets: [] };
  for (const { from, to } of ends) {
    const source = places.get(from);
    const target = places.get(to);
    if (source === undefined || target === undefined) continue;
    edges.sources.push(source);
    edges.targets.push(target);
  }
  return subgraphOf(nodes, edges);
}

/** The entities that are no edges: a type with as many edges as entities has no nodes; only mixed types are read. */
async function idsOfNodes(
  reader: Reader,
  edgeCounts: ReadonlyMap<string, number>,
  guard: BoundsGuard,
): Promise<readonly string[]> {
  const idsByType = new Map<string, string[]>();
  await eachKey(reader, prefixInterval("type", ""), guard, (key) => {
    const type = startOfKey(key);
    const ids = idsByType.get(type);
    if (ids === undefined) idsByType.set(type, [idOfKey(key)]);
    else ids.push(idOfKey(key));
  });
  const nodes: string[] = [];
  for (const [type, ids] of idsByType) {
    const edgeCount = edgeCounts.get(type) ?? 0;
    if (edgeCount === ids.length) continue;
    for (const id of ids) {
      if (edgeCount === 0 || (await nodeOf(reader, id, { guard })) !== undefined) nodes.push(id);
    }
  }
  return nodes;
}

async function idsOfTypes(reader: Reader, types: readonly string[], guard: BoundsGuard): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const type of new Set(types)) await eachKey(reader, typeInterval(type), guard, (key) => ids.push(idOfKey(key)));
  return ids;
}

async function eachKey(
  reader: Reader,
  interval: IndexInterval,
  guard: BoundsGuard,
  take: (key: string) => void,
): Promise<void> {
  const cursor = reader.scan(interval);
  for (;;) {
    const page = cursor.next(1024);
    const hits = isPromise(page) ? await page : page;
    if (hits.length === 0) return;
    guard.visit(hits.length);
    const pause = guard.pause();
    if (pause !== undefined) await pause;
    for (const { key } of hits) take(key);
  }
}

async function nodeOf(
  reader: Reader,
  id: string,
  { filter, guard }: { readonly filter?: Scope["filter"]; readonly guard: BoundsGuard },
): Promise<Entity | undefined> {
  guard.look();
  const pause = guard.pause();
  if (pause !== undefined) await pause;
  const found = reader.get(id);
  const entity = isPromise(found) ? await found : found;
  return entity === undefined || isEdge(entity) || filter?.(entity) === false ? undefined : entity;
}
