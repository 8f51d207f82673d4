/**
 * The graph and the changes of the traversal rows: sources uniform, targets skewed (target = floor(n × u^1.5)), so that a
 * few nodes have very many edges in; and the same for every subject.
 */
import { seededRandom } from "./workload.mjs";

export const EDGE_TYPE = "DEPENDS_ON";
const EDGES_PER_NODE = 5;

export function nodeId(index) {
  return `N-${index}`;
}

/** Distinct pairs of node numbers, five times as many as nodes. */
export function makeEdges(nodeCount) {
  const random = seededRandom(7);
  const seen = new Set();
  while (seen.size < EDGES_PER_NODE * nodeCount) seen.add(pickEdge(random, nodeCount));
  return [...seen].map((edge) => [Math.floor(edge / nodeCount), edge % nodeCount]);
}

/** An endless list of changes: each adds one edge and takes away the one that was added a hundred changes before. */
export function makeChanges(nodeCount) {
  const random = seededRandom(99);
  const added = [];
  return () => {
    const edge = pickEdge(random, nodeCount);
    added.push([Math.floor(edge / nodeCount), edge % nodeCount]);
    return { add: added.at(-1), remove: added.length > 100 ? added.shift() : undefined };
  };
}

/** An endless list of nodes to start from. */
export function makeStarts(nodeCount, round) {
  const random = seededRandom(500 + round);
  return () => nodeId(Math.floor(random() * nodeCount));
}

function pickEdge(random, nodeCount) {
  return Math.floor(random() * nodeCount) * nodeCount + Math.floor(nodeCount * random() ** 1.5);
}
