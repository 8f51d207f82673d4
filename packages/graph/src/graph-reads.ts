/** The reads that a graph, a snapshot and a transaction have in common, over whatever they read from. */
import type { Clock } from "@knotwork/disk";
import { isPromise } from "./awaitable.ts";
import type { Awaitable, IndexInterval } from "./engine.ts";
import type { Edge, Entity } from "./entity.ts";
import { isEdge } from "./entity-view.ts";
import { assertId, edgeId, idOfKey, startOfKey } from "./index-keys.ts";
import { edgeInterval } from "./index-intervals.ts";
import { idsEndingWith } from "./id-endings.ts";
import { linkedIds, linksOf } from "./linked-ids.ts";
import type { AnswerCache } from "./query/answer-cache.ts";
import { type ConditionInput, conditionOf } from "./query/condition-builder.ts";
import type { KnownTypeName, NodeTypeName, RowOf } from "./query/field-types.ts";
import { Pattern } from "./query/pattern.ts";
import { startSpec } from "./query/pattern-parts.ts";
import { Query } from "./query/query.ts";
import type { Reader } from "./reader.ts";
import type { AdjacencyCache } from "./traverse/adjacency-cache.ts";
import { TraversalReads } from "./traverse/traversal-reads.ts";
import type { PropsOf, TypeList } from "./type-definition.ts";
import { countTypes, countValues, type ValueCounts } from "./type-counts.ts";

/** Where reads come from. One `run` sees one state of the store. */
export interface ReadSource {
  /** For bounds in time. */
  readonly clock: Clock;
  /** Runs `read` on one state; may run it again on a newer one, so it must have no effects of its own. */
  run<T>(read: (reader: Reader) => Awaitable<T>): Promise<T>;
  /** The graph's lists of neighbours and the newest seq; when they may answer without a snapshot, and the engine without waiting. */
  adjacency?(): { readonly cache: AdjacencyCache; readonly seq: number } | undefined;
  /** The graph's answers of queries, where they may be used. */
  answers?(): AnswerCache | undefined;
  /** A state that outlives one call, for results that are consumed bit by bit. */
  open(): Promise<OpenReader>;
}

export interface OpenReader {
  readonly reader: Reader;
  release(): void;
}

/** At least one end; without a type, edges of all types. */
export interface EdgesOptions {
  readonly from?: string;
  readonly to?: string;
  readonly type?: string;
}

export abstract class GraphReads<Types extends TypeList = TypeList> extends TraversalReads {
  /** The node or edge with this id, or `undefined`. @throws GraphError INVALID_ID */
  async get(id: string): Promise<Entity | undefined> {
    assertId(id);
    return await this.source.run((reader) => reader.get(id));
  }

  /** The entities with these ids, in their order, `undefined` where there is none; all of one state of the store. */
  async getMany(ids: readonly string[]): Promise<readonly (Entity | undefined)[]> {
    for (const id of ids) assertId(id);
    return await this.source.run(async (reader) => await getEach(reader, ids));
  }

  /** The edge of this type between two nodes, or `undefined`. */
  async getEdge(from: string, type: string, to: string): Promise<Edge | undefined> {
    const id = edgeId(from, type, to);
    const entity = await this.source.run(async (reader) => await reader.get(id));
    return entity !== undefined && isEdge(entity) ? entity : undefined;
  }

  /**
   * The edges that leave `from`, enter `to`, or both. Ordered by type, then by the other end.
   * @throws TypeError when neither end is given
   */
  async edges(options: EdgesOptions): Promise<readonly Edge[]> {
    const { from, to, type } = options;
    if (from === undefined && to === undefined) throw new TypeError("Cannot list edges: neither from nor to is given");
    if (from !== undefined && to !== undefined && type !== undefined) {
      const edge = await this.getEdge(from, type, to);
      return edge === undefined ? [] : [edge];
    }
    const interval = from === undefined ? edgeInterval("in", to ?? "", type) : edgeInterval("out", from, type);
    const edges = await this.source.run((reader) => readEdges(reader, interval));
    return from === undefined || to === undefined ? edges : edges.filter((edge) => edge.to === to);
  }

  /** A query over the nodes or edges of one type. @throws GraphError UNKNOWN_TYPE when it runs */
  query<Name extends string>(type: Name & KnownTypeName<Types, Name>): Query<PropsOf<Types, Name>, RowOf<Types, Name>> {
    return new Query<PropsOf<Types, Name>, RowOf<Types, Name>>(this.source, { type });
  }

  /**
   * The matches of a pattern: begins with a node, by a name of your choice, and goes on with `.out(...)`, `.in(...)`,
   * `.both(...)`. Without a type, nodes of every type.
   * @throws TypeError for a name or condition that makes no sense
   */
  match<const Name extends string, const Type extends NodeTypeName<Types>>(
    name: Name,
    type?: Type,
    where?: ConditionInput<RowOf<Types, Type>>,
  ): Pattern<Types, { readonly [Each in Name]: RowOf<Types, Type> }> {
    const spec = startSpec(name, {
      ...(type === undefined ? {} : { type }),
      ...(where === undefined ? {} : { where: conditionOf(where) }),
    });
    return new Pattern(this.source, spec, name);
  }

  /** How many live entities there are of each type, of nodes and edges, whether this program knows the type or not. */
  async countTypes(): Promise<ReadonlyMap<string, number>> {
    return await this.source.run((reader) => countTypes(reader));
  }

  /** The ids of all nodes that have an edge, either way, of whatever type but those left out. No edge is read. */
  async linkedIds({ without = [] }: { readonly without?: readonly string[] } = {}): Promise<ReadonlySet<string>> {
    return await this.source.run((reader) => linkedIds(reader, new Set(without)));
  }

  /**
   * The ids of the live entities of a type that end so, in any case, in the order of the ids; found without looking at the
   * others where the type is defined with `endings`. @throws GraphError UNKNOWN_TYPE
   */
  async idsEndingWith(type: string, ending: string): Promise<readonly string[]> {
    return await this.source.run((reader) => idsEndingWith(reader, type, ending));
  }

  /** By node, where its edges of these types lead, by type and id; nodes without such edges are left out. No edge is read. */
  async links(types: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    return await this.source.run((reader) => linksOf(reader, new Set(types)));
  }

  /** The edges that leave each of these nodes, ordered by type, then by the other end; many nodes at the cost of few reads. */
  async edgesFrom(ids: readonly string[]): Promise<ReadonlyMap<string, readonly Edge[]>> {
    for (const id of ids) assertId(id);
    return await this.source.run((reader) => readEdgesFrom(reader, ids));
  }

  /**
   * How many live entities of a type have each value of a field, as indexes see values: each element of an array counts,
   * text by its first 256 units, null for absence and for objects. No entity is read where an index begins with the field.
   * @throws GraphError UNKNOWN_TYPE
   */
  async countValues(type: string, field: string): Promise<ValueCounts> {
    return await this.source.run((reader) => countValues(reader, { type, field }));
  }
}

/** So many entities are read together: they are not likely to be asked for again one by one. */
const togetherMin = 256;
const edgesPageSize = 256;

async function getEach(
  reader: Reader,
  ids: readonly string[],
  together: boolean = ids.length >= togetherMin,
): Promise<readonly (Entity | undefined)[]> {
  if (together && reader.getMany !== undefined) return await reader.getMany(ids);
  const entities: (Entity | undefined)[] = [];
  for (const id of ids) {
    const entity = reader.get(id);
    entities.push(isPromise(entity) ? await entity : entity);
  }
  return entities;
}

/** The edges of an interval of `out` or `in`. */
export async function readEdges(reader: Reader, interval: IndexInterval): Promise<readonly Edge[]> {
  const cursor = reader.scan(interval);
  const edges: Edge[] = [];
  for (let hits = await cursor.next(edgesPageSize); hits.length > 0; hits = await cursor.next(edgesPageSize)) {
    const entities = await getEach(
      reader,
      hits.map((hit) => idOfKey(hit.key)),
    );
    edges.push(...entities.filter((entity) => entity !== undefined && isEdge(entity)));
  }
  return edges;
}

/** Scans `out` from the first node to the last; over a page of edges of others it goes to the next node at once. */
async function readEdgesFrom(reader: Reader, ids: readonly string[]): Promise<ReadonlyMap<string, readonly Edge[]>> {
  const wanted = new Set(ids);
  const order = [...wanted].map((id) => edgeInterval("out", id)).sort((a, b) => (a.lower < b.lower ? -1 : 1));
  const upper = order.at(-1)?.upper;
  const edgesByFrom = new Map<string, Edge[]>();
  for (let at = 0; at < order.length;) {
    const cursor = reader.scan({ index: "out", lower: order[at]?.lower ?? "", upper });
    for (;;) {
      const hits = await cursor.next(edgesPageSize);
      const last = hits.at(-1)?.key;
      const ofThese = hits.filter(({ key }) => wanted.has(startOfKey(key))).map(({ id }) => id);
      for (const edge of await getEach(reader, ofThese, true)) {
        if (edge === undefined || !isEdge(edge)) continue;
        const edges = edgesByFrom.get(edge.from);
        if (edges === undefined) edgesByFrom.set(edge.from, [edge]);
        else edges.push(edge);
      }
      if (last === undefined) return edgesByFrom;
      while ((order[at]?.upper ?? "") <= last && at < order.length) at += 1;
      if (ofThese.length === 0) break;
    }
  }
  return edgesByFrom;
}
