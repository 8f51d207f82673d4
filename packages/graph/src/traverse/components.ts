/** The parts a graph falls into, without recursion. */
import type { Subgraph } from "./subgraph.ts";

/** Nodes that edges connect, whatever their direction. Each part's nodes in their order; parts by their first node. */
export function weakComponents({ ids, offsets, targets }: Subgraph): readonly (readonly number[])[] {
  const parents = Uint32Array.from(ids, (_, node) => node);
  const rootOf = (node: number): number => {
    let root = node;
    while (parents[root] !== root) {
      parents[root] = parents[parents[root] as number] as number;
      root = parents[root] as number;
    }
    return root;
  };
  for (let node = 0; node < ids.length; node += 1) {
    for (let at = offsets[node] as number; at < (offsets[node + 1] as number); at += 1) {
      const [a, b] = [rootOf(node), rootOf(targets[at] as number)];
      if (a < b) parents[b] = a;
      else parents[a] = b;
    }
  }
  const parts = new Map<number, number[]>();
  for (let node = 0; node < ids.length; node += 1) {
    const root = rootOf(node);
    const part = parts.get(root);
    if (part === undefined) parts.set(root, [node]);
    else part.push(node);
  }
  return [...parts.values()];
}

/** Nodes that lead to each other along edges (Tarjan). Each part's nodes in their order; parts by their first node. */
export function strongComponents({ ids, offsets, targets }: Subgraph): readonly (readonly number[])[] {
  const unseen = 0;
  const turns = new Uint32Array(ids.length);
  const lows = new Uint32Array(ids.length);
  const isOpen = new Uint8Array(ids.length);
  const next = offsets.slice(0, ids.length);
  const open: number[] = [];
  const parts: number[][] = [];
  let turn = 0;
  for (let root = 0; root < ids.length; root += 1) {
    if (turns[root] !== unseen) continue;
    const way = [root];
    while (way.length > 0) {
      const node = way.at(-1) as number;
      if (turns[node] === unseen) {
        turn += 1;
        turns[node] = turn;
        lows[node] = turn;
        isOpen[node] = 1;
        open.push(node);
      }
      const at = next[node] as number;
      if (at < (offsets[node + 1] as number)) {
        next[node] = at + 1;
        const target = targets[at] as number;
        if (turns[target] === unseen) way.push(target);
        else if (isOpen[target] === 1) lows[node] = Math.min(lows[node] as number, turns[target] as number);
        continue;
      }
      way.pop();
      const from = way.at(-1);
      if (from !== undefined) lows[from] = Math.min(lows[from] as number, lows[node] as number);
      if (lows[node] === turns[node]) parts.push(closePart(node, open, isOpen));
    }
  }
  return parts.sort(([a = 0], [b = 0]) => a - b);
}

function closePart(root: number, open: number[], isOpen: Uint8Array): number[] {
  const part = open.splice(open.lastIndexOf(root));
  for (const node of part) isOpen[node] = 0;
  return part.sort((a, b) => a - b);
}
