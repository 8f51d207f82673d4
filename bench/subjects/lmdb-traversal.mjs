/**
 * LMDB as a subject of the traversal rows: adjacency as sorted duplicates, one key a node and edge type, which is how LMDB
 * keeps lists best; ids in and out are the same strings as in Knotwork. `renew` begins a new read transaction for each
 * query, without which LMDB goes on showing the state of the last turn of the event loop.
 */
import { join } from "node:path";
import { open as openLmdb } from "lmdb";
import { EDGE_TYPE, nodeId } from "../traversal-workload.mjs";

export async function open({ dir, renew }) {
  const root = openLmdb({ path: join(dir, "store"), maxDbs: 4, mapSize: 2 ** 31, noSync: true });
  const out = root.openDB({ name: `out ${EDGE_TYPE}`, dupSort: true, encoding: "ordered-binary" });
  const into = root.openDB({ name: `in ${EDGE_TYPE}`, dupSort: true, encoding: "ordered-binary" });
  return {
    async seed(nodeCount, edges) {
      await root.transaction(() => {
        for (const [from, to] of edges) link(from, to);
      });
      await root.flushed;
    },
    query(start, hops) {
      if (renew) root.resetReadTxn();
      const met = new Set([start]);
      let rim = [start];
      for (let depth = 0; depth < hops; depth += 1) {
        const next = [];
        for (const id of rim) {
          for (const other of out.getValues(id)) {
            if (met.has(other)) continue;
            met.add(other);
            next.push(other);
          }
        }
        rim = next;
      }
      met.delete(start);
      return [...met];
    },
    async change({ add, remove }) {
      await root.transaction(() => {
        link(...add);
        if (remove === undefined) return;
        void out.remove(nodeId(remove[0]), nodeId(remove[1]));
        void into.remove(nodeId(remove[1]), nodeId(remove[0]));
      });
    },
    close: () => root.close(),
  };

  function link(from, to) {
    void out.put(nodeId(from), nodeId(to));
    void into.put(nodeId(to), nodeId(from));
  }
}
