// Moves tasks from status to status until it is killed, and tells of every move that was acknowledged.

import { openKnot } from "@knotwork/domain";
import { runChild } from "./child.mjs";

/** @typedef {{ storeDir: string, agent: string, ids: readonly string[] }} Job */

await runChild({
  /** @param {Job} job */
  prepare: ({ storeDir, agent }) =>
    openKnot({ dir: storeDir, as: agent, durability: "relaxed", checkpointBytes: 16_384 }),
  async work({ ids }, { tasks }) {
    const moves = [
      (/** @type {string} */ id) => tasks.start(id),
      (/** @type {string} */ id) => tasks.block(id, "no wood"),
      (/** @type {string} */ id) => tasks.unblock(id),
      (/** @type {string} */ id) => tasks.defer(id),
      (/** @type {string} */ id) => tasks.reopen(id),
      (/** @type {string} */ id) => tasks.complete(id),
      (/** @type {string} */ id) => tasks.reopen(id),
      (/** @type {string} */ id) => tasks.cancel(id),
      (/** @type {string} */ id) => tasks.reopen(id),
    ];
    // One that was killed left them anywhere: first they go back to the beginning.
    for (const id of ids) {
      const { status } = (await tasks.get(id)) ?? {};
      if (status === "blocked") await tasks.unblock(id);
      else if (status !== "pending") await tasks.reopen(id);
    }
    for (;;) {
      for (const move of moves) {
        for (const id of ids) {
          const { version, status } = await move(id);
          process.send?.({ moved: { id, version, status } });
        }
      }
    }
  },
});
