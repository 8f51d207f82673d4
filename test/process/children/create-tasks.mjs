// Creates so many tasks, one after the other, and answers with the ids they were given, in that order.

import { openKnot } from "@knotwork/domain";
import { runChild } from "./child.mjs";

/** @typedef {{ storeDir: string, agent: string, count: number }} Job */

await runChild({
  /** @param {Job} job */
  prepare: ({ storeDir, agent }) => openKnot({ dir: storeDir, as: agent, durability: "relaxed" }),
  async work({ agent, count }, knot) {
    /** @type {string[]} */
    const ids = [];
    for (let index = 0; index < count; index += 1) {
      ids.push((await knot.tasks.create({ title: `${agent}, ${index}` })).id);
    }
    await knot.close();
    return { ids };
  },
});
