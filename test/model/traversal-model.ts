/** The graph as a list of edges, and what traversals must answer of it, written the plainest way there is. */

export interface ModelEdge {
  readonly from: string;
  readonly type: string;
  readonly to: string;
}

export interface ModelChoice {
  readonly out?: readonly string[];
  readonly in?: readonly string[];
  readonly both?: readonly string[];
}

export class TraversalModel {
  readonly nodes: Set<string>;
  readonly edges: Map<string, ModelEdge>;

  constructor(nodes: Iterable<string> = [], edges: Iterable<ModelEdge> = []) {
    this.nodes = new Set(nodes);
    this.edges = new Map([...edges].map((edge) => [`${edge.from} ${edge.type} ${edge.to}`, edge]));
  }

  copy(): TraversalModel {
    return new TraversalModel(this.nodes, this.edges.values());
  }

  link(edge: ModelEdge): void {
    this.edges.set(`${edge.from} ${edge.type} ${edge.to}`, edge);
  }

  unlink(edge: ModelEdge): void {
    this.edges.delete(`${edge.from} ${edge.type} ${edge.to}`);
  }

  delete(node: string): void {
    this.nodes.delete(node);
    for (const edge of this.edges.values()) if (edge.from === node || edge.to === node) this.unlink(edge);
  }

  /** In the order of directions (out, in, both), then of types as named, or by name, then of ids. */
  neighbours(node: string, choice: ModelChoice): ReadonlySet<string> {
    const found = new Set<string>();
    const sorted = [...this.edges.values()].sort((a, b) => compare([a.type, a.from, a.to], [b.type, b.from, b.to]));
    const follow = (way: "out" | "in", types: readonly string[] | undefined): void => {
      for (const wanted of types?.length === 0 ? [undefined] : (types ?? [])) {
        for (const { from, type, to } of sorted) {
          if (wanted !== undefined && wanted !== type) continue;
          if (way === "out" && from === node) found.add(to);
          if (way === "in" && to === node) found.add(from);
        }
      }
    };
    follow("out", choice.out);
    follow("in", choice.in);
    follow("out", choice.both);
    follow("in", choice.both);
    return found;
  }

  /** Edges from `start` to each node within reach, `start` included. */
  distances(start: string, choice: ModelChoice, maxDepth = Infinity): ReadonlyMap<string, number> {
    const distances = new Map<string, number>([[start, 0]]);
    for (let depth = 0, grew = true; grew && depth < maxDepth; depth += 1) {
      grew = false;
      for (const [node, distance] of [...distances]) {
        if (distance !== depth) continue;
        for (const next of this.neighbours(node, choice)) {
          if (distances.has(next)) continue;
          distances.set(next, depth + 1);
          grew = true;
        }
      }
    }
    return distances;
  }

  /** Every way from `from` to `to` that passes no node twice. */
  simplePaths(from: string, to: string, choice: ModelChoice, maxDepth: number): readonly (readonly string[])[] {
    const extend = (path: readonly string[]): readonly (readonly string[])[] => {
      const last = path.at(-1) as string;
      if (last === to) return [path];
      if (path.length > maxDepth) return [];
      return [...this.neighbours(last, choice)].filter((n) => !path.includes(n)).flatMap((n) => extend([...path, n]));
    };
    return this.nodes.has(from) ? extend([from]) : [];
  }

  isPath(path: readonly string[], choice: ModelChoice): boolean {
    return path.every((node, i) => i === 0 || this.neighbours(path[i - 1] as string, choice).has(node));
  }
}

function compare(a: readonly string[], b: readonly string[]): number {
  const [x, y] = [a.join(" "), b.join(" ")];
  return x < y ? -1 : x > y ? 1 : 0;
}
