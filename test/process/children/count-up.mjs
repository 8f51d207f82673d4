// Adds 1 to one counter so many times, a transaction each, from a process of its own.

import { openGraph } from "@knotwork/graph";
import { runChild } from "./child.mjs";
import { countUp } from "./counter.mjs";

/** @typedef {{ storeDir: string, count: number }} Job */

await runChild({
  /** @param {Job} job */
  prepare: ({ storeDir }) => openGraph({ dir: storeDir }),
  async work({ count }, graph) {
    await countUp(graph, count);
    await graph.close();
    return { count };
  },
});
