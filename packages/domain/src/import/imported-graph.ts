/** What a parser makes of a source: nodes and edges by the ids they had there, not yet written anywhere. */
import type { EdgeProps } from "../edge-node.ts";
import { canonicalEdge, waitingTypes } from "../relations.ts";
import type { RecordProps } from "../types/source.ts";
import { findCycles } from "../waiting-cycles.ts";
import type { ImportLedger } from "./import-report.ts";
import type { ImportableType } from "./source-lookup.ts";

export interface ImportedNode {
  readonly type: ImportableType;
  /** Its id there; kept here where it can be. */
  readonly sourceId: string;
  /** Fields that hold the id of another record there; the id it has here takes its place, where there is one. */
  readonly references?: readonly string[];
  /** Without `filedAt` (the source has no time): filed when imported. */
  readonly props: Readonly<Partial<Omit<RecordProps, "source">>> & Readonly<Record<string, unknown>>;
}

export interface ImportedEdge {
  readonly from: string;
  readonly type: string;
  readonly to: string;
  readonly props: EdgeProps;
}

export interface ImportedGraph {
  readonly ledger: ImportLedger;
  readonly nodes: readonly ImportedNode[];
  readonly edges: readonly ImportedEdge[];
}

/**
 * Edges in canonical direction, each once. Circles of waiting are cut: of each, the edge that closes it is refused.
 */
export function settleEdges(edges: readonly ImportedEdge[], ledger: ImportLedger): readonly ImportedEdge[] {
  const byName = new Map<string, ImportedEdge>();
  for (const edge of edges) {
    const canonical = { ...canonicalEdge(edge), props: edge.props };
    const name = nameOf(canonical);
    if (byName.has(name)) ledger.repaired(`edge ${edge.type} that repeats ${canonical.type}`);
    else byName.set(name, canonical);
  }
  const waiting = [...byName.values()].filter((edge) => waitingTypes.includes(edge.type));
  for (const cycle of findCycles(waiting)) {
    const [last, first] = [cycle.at(-2), cycle.at(-1)];
    for (const type of waitingTypes) {
      const closing = `${last} ${type} ${first}`;
      if (byName.delete(closing)) ledger.refuseEdge(closing, "CYCLE", `it closes the circle ${cycle.join(" → ")}`);
    }
  }
  return [...byName.values()];
}

export function nameOf({ from, type, to }: Pick<ImportedEdge, "from" | "type" | "to">): string {
  return `${from} ${type} ${to}`;
}
