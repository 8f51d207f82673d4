/** Circles in a directed graph given by its edges. */

export interface DirectedEdge {
  readonly from: string;
  readonly to: string;
}

/**
 * The circles that a walk through all edges meets: each from one node back to it, its last edge being the one that closes
 * it. Without these closing edges the graph has no circle. Depth first, with a stack of its own: chains are longer than
 * the call stack is deep.
 */
export function findCycles(edges: readonly DirectedEdge[]): readonly (readonly string[])[] {
  const next = successors(edges);
  const cycles: string[][] = [];
  const done = new Set<string>();
  for (const start of next.keys()) {
    const path: { readonly id: string; nextIndex: number }[] = [];
    const onPath = new Set<string>();
    const enter = (id: string): void => {
      path.push({ id, nextIndex: 0 });
      onPath.add(id);
    };
    if (!done.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const to = next.get(top.id)?.[top.nextIndex];
      top.nextIndex += 1;
      if (to === undefined) {
        done.add(top.id);
        onPath.delete(top.id);
        path.pop();
      } else if (onPath.has(to)) {
        const ids = path.map((step) => step.id);
        cycles.push([...ids.slice(ids.indexOf(to)), to]);
      } else if (!done.has(to)) {
        enter(to);
      }
    }
  }
  return cycles;
}

function successors(edges: readonly DirectedEdge[]): ReadonlyMap<string, readonly string[]> {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const known = next.get(from);
    if (known === undefined) next.set(from, [to]);
    else known.push(to);
  }
  return next;
}
