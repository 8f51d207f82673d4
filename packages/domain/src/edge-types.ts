/** The types of edges: those that mean something here, those that users declared, and those that are just in use. */
import { type ChangeOptions, commitWrite } from "./commit-write.ts";
import { DomainError } from "./domain-error.ts";
import { edgeTypeId } from "./edge-node.ts";
import { instant, type KnotContext } from "./knot-context.ts";
import { assertEdgeType, canonicalEdge, edgeTypes, inverseType, waitingTypes } from "./relations.ts";
import { ofType, updateNode } from "./typed-entity.ts";
import type { EdgeTypeProps } from "./types/edge-type.ts";
import { findCycles } from "./waiting-cycles.ts";

export interface EdgeType {
  readonly name: string;
  /** The spelling in the other direction, where there is one. */
  readonly inverse?: string;
  readonly description?: string;
  readonly origin: "built-in" | "declared" | "in use";
  /** Edges of this type never lead back to where they started. */
  readonly acyclic: boolean;
  /** How many edges there are. */
  readonly count: number;
}

export interface EdgeTypeDeclaration {
  readonly name: string;
  readonly description?: string;
  /** Refuse edges that would close a circle. Default false. */
  readonly acyclic?: boolean;
}

/** Declares an edge type, or changes what was declared. @throws DomainError INVALID_VALUE, ALREADY_EXISTS, CYCLE */
export async function declareEdgeType(
  context: KnotContext,
  { name, description, acyclic = false }: EdgeTypeDeclaration,
  options: ChangeOptions = {},
): Promise<EdgeType> {
  assertEdgeType(name);
  if (isBuiltIn(name)) {
    throw new DomainError("ALREADY_EXISTS", `Cannot declare edge type "${name}": it has a meaning of its own here`, {
      hint: "Use it as it is, or choose another name.",
      context: { name },
    });
  }
  const fields = { name, acyclic, ...(description === undefined ? {} : { description }) };
  const request = { operation: "edge type declare", args: fields, options, about: edgeTypeId(name) };
  const written = await commitWrite<EdgeTypeProps>(context, request, async (tx) => {
    const declared = ofType(await tx.get(edgeTypeId(name)), "edge_type");
    if (acyclic && declared?.props.acyclic !== true) {
      // A recorded read of all edges of the type: one that closes a circle cannot be added at the same time.
      const edges = (await tx.query<string>(name).all()) as unknown as readonly { from: string; to: string }[];
      const [circle] = findCycles(edges);
      if (circle !== undefined) throw circular(name, circle);
    }
    if (declared !== undefined) return { entity: await updateNode(tx, declared, fields), result: {} };
    const filed = {
      ...fields,
      filedAt: instant(context),
      ...(context.agent === undefined ? {} : { filedBy: context.agent }),
    };
    return { entity: await tx.create("edge_type", filed, { id: edgeTypeId(name) }), result: {} };
  });
  const count = (await context.graph.countTypes()).get(name) ?? 0;
  return typeView(written.entity.props, count);
}

/** Every edge type: built-in ones first, then by name. */
export async function listEdgeTypes(context: KnotContext): Promise<readonly EdgeType[]> {
  return await context.graph.read(async (snapshot) => {
    const counts = await snapshot.countTypes();
    const count = (name: string): number => counts.get(name) ?? 0;
    const builtIn = edgeTypes.map((name): EdgeType => {
      const inverse = inverseType(name);
      const acyclic = waitingTypes.includes(name);
      return { name, ...(inverse === undefined ? {} : { inverse }), origin: "built-in", acyclic, count: count(name) };
    });
    const declared = (await snapshot.query("edge_type").orderBy("name").all()).map(({ props }) =>
      typeView(props, count(props.name)),
    );
    const known = new Set([...builtIn, ...declared].map(({ name }) => name));
    // Node types of the domain are in small letters; a type in capitals that is not known is an edge type in use.
    const inUse = [...counts].filter(([name]) => /^[A-Z]/.test(name) && !known.has(name));
    const others = inUse.map(([name, used]): EdgeType => ({ name, origin: "in use", acyclic: false, count: used }));
    return [...builtIn, ...declared, ...others];
  });
}

function isBuiltIn(name: string): boolean {
  return (edgeTypes as readonly string[]).includes(canonicalEdge({ from: "", type: name, to: "" }).type);
}

function typeView({ name, description, acyclic }: EdgeTypeProps, count: number): EdgeType {
  return { name, ...(description === undefined ? {} : { description }), origin: "declared", acyclic, count };
}

function circular(name: string, circle: readonly string[]): DomainError {
  const path = circle.join(" → ");
  return new DomainError("CYCLE", `Cannot declare "${name}" free of circles: its edges have one, ${path}`, {
    hint: "Take out one of the edges of the circle first.",
    context: { type: name, path },
  });
}
