/** Knotwork as a subject of the traversal rows: the public library; every query sees every commit acknowledged before it. */
import { join } from "node:path";
import { openGraph } from "@knotwork/graph";
import { EDGE_TYPE, nodeId } from "../traversal-workload.mjs";

export async function open({ dir }) {
  const graph = await openGraph({ dir: join(dir, "store"), create: true, durability: "relaxed" });
  return {
    async seed(nodeCount, edges) {
      await graph.load(items(nodeCount, edges));
      await graph.checkpoint();
    },
    query(start, hops) {
      return hops === 1
        ? graph.neighbours(start, { out: [EDGE_TYPE] })
        : graph.reachable(start, { out: [EDGE_TYPE], maxDepth: hops });
    },
    async change({ add, remove }) {
      await graph.transact(async (tx) => {
        await tx.link(nodeId(add[0]), EDGE_TYPE, nodeId(add[1]));
        if (remove !== undefined) await tx.unlink(nodeId(remove[0]), EDGE_TYPE, nodeId(remove[1]));
      });
    },
    close: () => graph.close(),
  };
}

function* items(nodeCount, edges) {
  for (let index = 0; index < nodeCount; index += 1) yield { id: nodeId(index), type: "node", props: {} };
  for (const [from, to] of edges) yield { type: EDGE_TYPE, from: nodeId(from), to: nodeId(to), props: {} };
}
