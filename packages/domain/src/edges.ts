/** Typed edges between any two entities. */
import type { Edge } from "@knotwork/graph";
import { assertVersion } from "./assert-version.ts";
import { type ChangeOptions, commitWrite } from "./commit-write.ts";
import { DomainError, notFound } from "./domain-error.ts";
import { type EdgeProps, type EdgeView, edgeView, linkEdge } from "./edge-node.ts";
import { declareEdgeType, type EdgeType, type EdgeTypeDeclaration, listEdgeTypes } from "./edge-types.ts";
import type { KnotContext } from "./knot-context.ts";
import type { Reader } from "./reader.ts";
import { transactOrRehearse } from "./rehearse.ts";
import { canonicalEdge, type EdgeEnds, inverseType } from "./relations.ts";
import type { KnotTransaction } from "./types/knot-types.ts";

export interface EdgeFilter {
  /** Edges that touch this entity, at either end. */
  readonly of?: string;
  readonly from?: string;
  readonly to?: string;
  /** Either spelling. */
  readonly type?: string;
  readonly limit?: number;
}

/** An edge as read from one of its ends. */
export interface SeenEdge {
  readonly direction: "out" | "in";
  /** As spelt from this end: the target of a DEPENDS_ON sees BLOCKS. */
  readonly reads: string;
  readonly other: string;
  readonly edge: EdgeView;
}

export interface RemoveEdgeOptions extends ChangeOptions {
  /** Only say what would be removed. */
  readonly dryRun?: boolean;
}

export interface Edges {
  /**
   * Adds an edge, under either spelling of its type. One that is there already gets the props given.
   *
   * @throws DomainError NOT_FOUND, CYCLE, PARENT_CLOSED, INVALID_VALUE; ConflictError when it has another version
   */
  add(from: string, type: string, to: string, props?: EdgeProps, options?: ChangeOptions): Promise<EdgeView>;
  get(from: string, type: string, to: string): Promise<EdgeView | undefined>;
  /** Edges by their ends, or all of a type: one of these is needed. */
  list(filter: EdgeFilter): Promise<readonly EdgeView[]>;
  /** All edges of an entity, as they read from there. */
  seenFrom(id: string): Promise<readonly SeenEdge[]>;
  /** Built-in types, declared ones, and others in use, each with how many edges there are. */
  types(): Promise<readonly EdgeType[]>;
  /** Declares a type of the users' own, or changes its declaration. @throws INVALID_VALUE, ALREADY_EXISTS, CYCLE */
  declareType(declaration: EdgeTypeDeclaration, options?: ChangeOptions): Promise<EdgeType>;
  /** @throws DomainError NOT_FOUND; ConflictError when it has another version */
  remove(from: string, type: string, to: string, options?: RemoveEdgeOptions): Promise<EdgeView>;
}

export function openEdges(context: KnotContext): Edges {
  return {
    add: (from, type, to, props, options) => addEdge(context, { from, type, to }, props, options),
    async get(from, type, to) {
      const ends = canonicalEdge({ from, type, to });
      const edge = await context.graph.getEdge(ends.from, ends.type, ends.to);
      return edge === undefined ? undefined : edgeView(edge);
    },
    list: (filter) => listEdges(context.graph, filter),
    seenFrom: (id) => seenFrom(context.graph, id),
    types: () => listEdgeTypes(context),
    declareType: (declaration, options) => declareEdgeType(context, declaration, options),
    remove: (from, type, to, options) => removeEdge(context, { from, type, to }, options),
  };
}

async function addEdge(
  context: KnotContext,
  ends: EdgeEnds,
  props: EdgeProps = {},
  { ifVersion, ...options }: ChangeOptions = {},
): Promise<EdgeView> {
  const request = { operation: "edge add", args: [{ ...ends }, { ...props }, ifVersion ?? null], options };
  const written = await commitWrite<EdgeProps>(context, request, async (tx) => {
    for (const end of [ends.from, ends.to]) if ((await tx.get(end)) === undefined) throw notFound("entity", end);
    if (ifVersion !== undefined) assertVersion(await requireEdge(tx, ends), ifVersion);
    return { entity: await linkEdge(tx, ends, props), result: {} };
  });
  return edgeView(written.entity as unknown as Edge);
}

async function removeEdge(
  context: KnotContext,
  ends: EdgeEnds,
  { ifVersion, dryRun = false, ...options }: RemoveEdgeOptions = {},
): Promise<EdgeView> {
  const remove = async (tx: KnotTransaction): Promise<EdgeView> => {
    const edge = await requireEdge(tx, ends);
    assertVersion(edge, ifVersion);
    await tx.unlink(edge.from, edge.type, edge.to);
    return edgeView(edge);
  };
  const args = [{ ...ends }, ifVersion ?? null];
  return transactOrRehearse(context, remove, { ...options, operation: "edge remove", args, dryRun });
}

async function requireEdge(reader: Reader, ends: EdgeEnds): Promise<Edge> {
  const { from, type, to } = canonicalEdge(ends);
  const edge = await reader.getEdge(from, type, to);
  if (edge === undefined) throw notFound("edge", `${ends.from} ${ends.type} ${ends.to}`);
  return edge;
}

async function listEdges(reader: Reader, filter: EdgeFilter): Promise<readonly EdgeView[]> {
  const edges = await readEdges(reader, filter);
  return edges.slice(0, filter.limit ?? edges.length).map(edgeView);
}

async function readEdges(reader: Reader, filter: EdgeFilter): Promise<readonly Edge[]> {
  const { of } = filter;
  const { from, to } = turned(filter);
  const type = filter.type === undefined ? undefined : canonicalEdge({ from: "", type: filter.type, to: "" }).type;
  const ofType = type === undefined ? {} : { type };
  if (of !== undefined) {
    return [...(await reader.edges({ from: of, ...ofType })), ...(await reader.edges({ to: of, ...ofType }))];
  }
  if (from !== undefined || to !== undefined) {
    return reader.edges({ ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }), ...ofType });
  }
  if (type !== undefined) return (await reader.query<string>(type).orderBy("id").all()) as unknown as readonly Edge[];
  throw new DomainError("INVALID_VALUE", "Cannot list edges: neither an end nor a type was given", {
    hint: "Name the entity whose edges you want, or their type.",
  });
}

/** With an inverse spelling the ends asked for change places, too. */
function turned(filter: EdgeFilter): { readonly from: string | undefined; readonly to: string | undefined } {
  const isInverse =
    filter.type !== undefined && canonicalEdge({ from: "", type: filter.type, to: "" }).type !== filter.type;
  return isInverse ? { from: filter.to, to: filter.from } : { from: filter.from, to: filter.to };
}

export async function seenFrom(reader: Reader, id: string): Promise<readonly SeenEdge[]> {
  const out = (await reader.edges({ from: id })).map((edge): SeenEdge => ({
    direction: "out",
    reads: edge.type,
    other: edge.to,
    edge: edgeView(edge),
  }));
  const into = (await reader.edges({ to: id })).map((edge): SeenEdge => {
    const inverse = inverseType(edge.type);
    const reads = inverse ?? edge.type;
    return { direction: inverse === undefined ? "in" : "out", reads, other: edge.from, edge: edgeView(edge) };
  });
  return [...out, ...into];
}
