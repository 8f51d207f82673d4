// Opens a store as its first process after a crash, reads, lets a writer judge the end of the log, and tells what it took.

import { performance } from "node:perf_hooks";
import { openGraph } from "@knotwork/graph";
import { runChild } from "./child.mjs";

/** @typedef {{ storeDir: string, read: string }} Job */

await runChild({
  prepare: async () => performance.now(),
  /** @param {Job} job */
  async work({ storeDir, read }) {
    const startMs = performance.now();
    const graph = await openGraph({ dir: storeDir, checkpointBytes: Number.MAX_SAFE_INTEGER });
    const entity = await graph.get(read);
    // Looked up under the lock, where a tail is judged and cut; nothing is written.
    await graph.transact(async () => "recovered", { idempotencyKey: "recovery" });
    const elapsedMs = performance.now() - startMs;
    const { user, system } = process.cpuUsage();
    const rssBytes = process.resourceUsage().maxRSS * 1024;
    await graph.close();
    return { elapsedMs, cpuMs: (user + system) / 1000, rssBytes, version: entity?.version };
  },
});
