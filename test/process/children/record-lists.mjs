// One process of a recorded history: see list-transactions.mjs.

import { runChild } from "./child.mjs";
import { openLists, recordLists } from "./list-transactions.mjs";

await runChild({
  prepare: openLists,
  async work(/** @type {import("./list-transactions.mjs").Job} */ job, graph) {
    const recorded = await recordLists(job, graph);
    await graph.close();
    return recorded;
  },
});
