// Opens a store as its first process after a crash, reads, lets a writer judge the end of the log, and tells what it took.

import { performance } from "node:perf_hooks";
import { defineType, openGraph } from "@knotwork/graph";
import { runChild } from "./child.mjs";
import { anyFields } from "./list-transactions.mjs";

/** @typedef {{ storeDir: string, read: string }} Job */

await runChild({
  prepare: async () => performance.now(),
  /** @param {Job} job */
  async work({ storeDir, read }) {
    const startMs = performance.now();
    // Declaring an index appends, once, and under the lock a tail is judged and cut.
    const types = [defineType("unused", { fields: anyFields, indexes: [["name"]] })];
    const graph = await openGraph({ dir: storeDir, checkpointBytes: Number.MAX_SAFE_INTEGER, types });
    const entity = await graph.get(read);
    const elapsedMs = performance.now() - startMs;
    const { user, system } = process.cpuUsage();
    const rssBytes = process.resourceUsage().maxRSS * 1024;
    await graph.close();
    return { elapsedMs, cpuMs: (user + system) / 1000, rssBytes, version: entity?.version };
  },
});
