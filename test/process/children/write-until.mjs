// Commits for so long, some of it relaxed, with checkpoints, and answers with every seq the store acknowledged to it.

import { openGraph } from "@knotwork/graph";
import { runChild } from "./child.mjs";

/** @typedef {{ storeDir: string, writer: number, durationMs: number, checkpointEvery: number }} Job */

await runChild({
  /** @param {Job} job */
  prepare: ({ storeDir, writer }) => openGraph({ dir: storeDir, author: `writer-${writer}` }),
  async work({ writer, durationMs, checkpointEvery }, graph) {
    /** @type {number[]} */
    const acknowledged = [];
    for (const endMs = Date.now() + durationMs; Date.now() < endMs;) {
      const id = `W${writer}-${acknowledged.length}`;
      const durability = acknowledged.length % 3 === 2 ? "relaxed" : "balanced";
      try {
        const { seq } = await graph.transact((tx) => tx.create("item", { by: writer }, { id }), { durability });
        acknowledged.push(seq);
      } catch (error) {
        // Nothing happened then, and the same may succeed the next time.
        if (/** @type {{ retryable?: boolean }} */ (error).retryable !== true) throw error;
        continue;
      }
      if (acknowledged.length % checkpointEvery === 0) await graph.checkpoint();
    }
    await graph.close();
    return { acknowledged };
  },
});
