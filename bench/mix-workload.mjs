/**
 * A mix shaped like LinkBench's: a graph of nodes with a few links each, 69 % reads (lists of links, nodes, counts) and 31 %
 * writes (links added, changed and taken away, nodes added and changed), from nodes of which few are asked for often.
 */
import { seededRandom } from "./workload.mjs";

export const LINK_TYPE = "LIKES";
export const LINKS_PER_NODE = 5;

/** Shares in per cent. */
const SHARES = [
  ["linkList", 51],
  ["getNode", 13],
  ["countLinks", 5],
  ["addLink", 17],
  ["updateNode", 8],
  ["addNode", 3],
  ["removeLink", 3],
];
export const READS = new Set(["linkList", "getNode", "countLinks"]);
const DATA = "0123456789abcdef".repeat(8);

export function mixId(index) {
  return `N-${index}`;
}

export function* mixNodes(count) {
  for (let index = 0; index < count; index += 1) yield { id: mixId(index), props: { data: DATA, time: index } };
}

/** Distinct pairs, five from each node. */
export function* mixLinks(count) {
  for (let from = 0; from < count; from += 1) {
    for (let step = 1; step <= LINKS_PER_NODE; step += 1) {
      yield {
        from: mixId(from),
        to: mixId((from + step * step * 7 + step) % count),
        props: { data: DATA.slice(0, 32), time: step },
      };
    }
  }
}

/** An endless list of `[operation, argument]`. */
export function makeMix({ writer, nodeCount }) {
  const random = seededRandom(4000 + writer);
  const node = () => mixId(Math.floor(nodeCount * random() ** 3));
  let added = 0;
  const argumentOf = {
    addLink: () => ({ from: node(), to: node(), props: { data: DATA.slice(0, 32), time: (added += 1) } }),
    addNode: () => ({ id: `A-${writer}-${(added += 1)}`, props: { data: DATA, time: added } }),
    updateNode: () => ({ id: node(), time: (added += 1) }),
  };
  return () => {
    let left = random() * 100;
    const [name] = SHARES.find(([, share]) => (left -= share) < 0) ?? SHARES[0];
    return [name, (argumentOf[name] ?? node)()];
  };
}
