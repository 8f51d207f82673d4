// Writes more to each of some stores than its log may hold, one store after the other, and answers with what became of it.
// The last one is left open: nothing that is done in the background may keep the process alive.

import { readdirSync } from "node:fs";
import { openGraph } from "@knotwork/graph";
import { runChild } from "./child.mjs";

/** @typedef {{ storeDirs: readonly string[], checkpointThread: boolean }} Job */

await runChild({
  /** @param {Job} job */
  prepare: async ({ storeDirs, checkpointThread }) =>
    storeDirs.map((dir) => () => openGraph({ dir, create: true, checkpointBytes: 64 * 1024, checkpointThread })),
  async work(_, stores) {
    const reports = [];
    for (const [at, open] of stores.entries()) {
      const graph = await open();
      for (let count = 1; count <= 200; count += 1)
        await graph.transact((tx) => tx.create("item", { text: "x".repeat(2000), count }), { durability: "relaxed" });
      const { ok } = await graph.check();
      const { engine } = await graph.stats();
      reports.push({ ok, engine, threads: readdirSync("/proc/self/task").length });
      if (at < stores.length - 1) await graph.close();
    }
    return { reports };
  },
});
