/**
 * The laws of the graph, proved from its content: for doctor. What the domain writes keeps them all; a graph that was
 * imported, or written to past the domain, may not.
 */
import type { Edge, Entity } from "@knotwork/graph";
import { isLive } from "./claim-node.ts";
import type { KnotContext } from "./knot-context.ts";
import type { Reader } from "./reader.ts";
import { canonicalEdge, waitingTypes } from "./relations.ts";
import { uncounted } from "./uncounted-types.ts";
import { knotTypes } from "./types/knot-types.ts";
import { findCycles } from "./waiting-cycles.ts";
import { hasFinished } from "./waiting.ts";
import { ofType } from "./typed-entity.ts";

/** A law that is broken. An error is damage; a warning is a state that imports bring with them. */
export interface GraphLawProblem {
  readonly severity: "error" | "warning";
  readonly code:
    | "DANGLING_EDGE"
    | "DUPLICATE_EDGE"
    | "DEPENDENCY_CYCLE"
    | "INVERSE_EDGE"
    | "STATUS_AGAINST_EDGES"
    | "CLAIM_AGAINST_STATUS"
    | "TYPE_NOT_CHECKED";
  /** The entity or edge; for TYPE_NOT_CHECKED the type. */
  readonly where: string;
  readonly message: string;
}

/** The problems at one snapshot, edges first. */
export async function checkGraphLaws(context: KnotContext): Promise<readonly GraphLawProblem[]> {
  const snapshot = await context.graph.snapshot();
  try {
    const { nodes, edges } = await readGraph(snapshot);
    return [
      ...edges.flatMap((edge) => edgeProblems(edge, nodes)),
      ...duplicateProblems(edges),
      ...cycleProblems(edges),
      ...edges.flatMap((edge) => statusProblems(edge, nodes)),
      ...[...nodes.values()].flatMap((node) => claimProblems(context, node, nodes)),
      ...typeProblems(await snapshot.countTypes(), edges),
    ];
  } finally {
    snapshot.release();
  }
}

type Nodes = ReadonlyMap<string, Entity>;

async function readGraph(reader: Reader): Promise<{ readonly nodes: Nodes; readonly edges: readonly Edge[] }> {
  const nodes = new Map<string, Entity>();
  const edges = new Map<string, Edge>();
  for (const { name } of knotTypes) {
    for (const node of await reader.query<string>(name).all()) {
      nodes.set(node.id, node);
      for (const edge of await reader.edges({ from: node.id })) edges.set(edge.id, edge);
      for (const edge of await reader.edges({ to: node.id })) edges.set(edge.id, edge);
    }
  }
  // An edge may lead to what another program keeps in the same store.
  for (const { from, to } of edges.values()) {
    for (const end of [from, to]) {
      const node = nodes.has(end) ? undefined : await reader.get(end);
      if (node !== undefined) nodes.set(end, node);
    }
  }
  return { nodes, edges: [...edges.values()] };
}

function edgeProblems(edge: Edge, nodes: Nodes): readonly GraphLawProblem[] {
  const problems: GraphLawProblem[] = [];
  for (const end of [edge.from, edge.to]) {
    if (nodes.has(end)) continue;
    const message = `${spell(edge)}: "${end}" does not exist`;
    problems.push({ severity: "error", code: "DANGLING_EDGE", where: edge.id, message });
  }
  if (canonicalEdge(edge).type !== edge.type) {
    const message = `${spell(edge)} is stored in the spelling that is only for show`;
    problems.push({ severity: "error", code: "INVERSE_EDGE", where: edge.id, message });
  }
  return problems;
}

function duplicateProblems(edges: readonly Edge[]): readonly GraphLawProblem[] {
  const seen = new Map<string, Edge>();
  const problems: GraphLawProblem[] = [];
  for (const edge of edges) {
    const first = seen.get(spell(edge));
    if (first === undefined) seen.set(spell(edge), edge);
    else {
      const message = `${spell(edge)} exists twice, as ${first.id} and ${edge.id}`;
      problems.push({ severity: "error", code: "DUPLICATE_EDGE", where: edge.id, message });
    }
  }
  return problems;
}

/** One problem for every edge that closes a circle in a walk along the waiting relations. */
function cycleProblems(edges: readonly Edge[]): readonly GraphLawProblem[] {
  return findCycles(edges.filter((edge) => waitingTypes.includes(edge.type))).map((cycle): GraphLawProblem => ({
    severity: "error",
    code: "DEPENDENCY_CYCLE",
    where: cycle[0] ?? "",
    message: `The tasks wait for each other: ${cycle.join(" → ")}`,
  }));
}

function statusProblems(edge: Edge, nodes: Nodes): readonly GraphLawProblem[] {
  const [from, to] = [nodes.get(edge.from), nodes.get(edge.to)];
  if (from === undefined || to === undefined || from.props["status"] === undefined || hasFinished(to)) return [];
  const warning = { severity: "warning", code: "STATUS_AGAINST_EDGES", where: from.id } as const;
  if (edge.type === "PARENT_OF" && hasFinished(from)) {
    return [{ ...warning, message: `"${from.id}" is finished, its child "${to.id}" is open` }];
  }
  if (edge.type === "DEPENDS_ON" && from.props["status"] === "completed") {
    return [{ ...warning, message: `"${from.id}" is completed, "${to.id}" which it depends on is not` }];
  }
  return [];
}

function claimProblems(context: KnotContext, node: Entity, nodes: Nodes): readonly GraphLawProblem[] {
  const claim = ofType(node, "claim");
  if (claim?.props.state !== "held") return [];
  const task = ofType(nodes.get(claim.props.task), "task");
  if (task?.props.status === "in_progress") return [];
  const life = isLive(context, claim) ? "live" : "expired";
  const message = `"${claim.props.agent}" holds a ${life} claim on "${claim.props.task}", which is ${task?.props.status ?? "not there"}`;
  return [{ severity: "error", code: "CLAIM_AGAINST_STATUS", where: node.id, message }];
}

/** What other programs keep here is theirs to judge, but it is not passed over in silence. */
function typeProblems(counts: ReadonlyMap<string, number>, edges: readonly Edge[]): readonly GraphLawProblem[] {
  const edgeCounts = new Map<string, number>();
  for (const { type } of edges) edgeCounts.set(type, (edgeCounts.get(type) ?? 0) + 1);
  return uncounted(counts, edgeCounts).map(({ type, count }): GraphLawProblem => {
    const message = `${count} of type "${type}" belong to another program: the laws here do not cover them`;
    return { severity: "warning", code: "TYPE_NOT_CHECKED", where: type, message };
  });
}

function spell({ from, type, to }: Edge): string {
  return `${from} ${type} ${to}`;
}
