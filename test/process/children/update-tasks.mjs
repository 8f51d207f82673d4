// Changes the title of each task it is given so many times, and answers with every version that was acknowledged to it.

import { openKnot } from "@knotwork/domain";
import { runChild } from "./child.mjs";

/** @typedef {{ storeDir: string, agent: string, ids: readonly string[], count: number }} Job */

await runChild({
  /** @param {Job} job */
  prepare: ({ storeDir, agent }) => openKnot({ dir: storeDir, as: agent, durability: "relaxed" }),
  async work({ agent, ids, count }, knot) {
    /** @type {{ id: string, version: number, title: string }[]} */
    const acknowledged = [];
    for (const id of ids) {
      for (let round = 0; round < count;) {
        const title = `${agent}, round ${round}`;
        try {
          const { version } = await knot.tasks.update(id, { title });
          acknowledged.push({ id, version, title });
          round += 1;
        } catch (error) {
          // Others were faster, again and again: nothing happened.
          if (/** @type {{ retryable?: boolean }} */ (error).retryable !== true) throw error;
        }
      }
    }
    await knot.close();
    return { acknowledged };
  },
});
