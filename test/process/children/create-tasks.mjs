// Creates tasks, batch after batch, those of a batch at once; answers with the ids of each batch.

import { openKnot } from "@knotwork/domain";
import { runChild } from "./child.mjs";

/** @typedef {{ storeDir: string, agent: string, batches: readonly number[] }} Job */

await runChild({
  /** @param {Job} job */
  prepare: ({ storeDir, agent }) => openKnot({ dir: storeDir, as: agent, durability: "relaxed" }),
  async work({ agent, batches }, knot) {
    /** @type {string[][]} */
    const ids = [];
    for (const count of batches) {
      const created = await Promise.all(
        Array.from({ length: count }, (_, index) => knot.tasks.create({ title: `${agent}, ${index}` })),
      );
      ids.push(created.map(({ id }) => id));
    }
    await knot.close();
    return { ids };
  },
});
