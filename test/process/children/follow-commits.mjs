// Watches the store and keeps a line of each commit in a file, from the last line's cursor on, until it is killed.

import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { openGraph } from "@knotwork/graph";
import { runChild } from "./child.mjs";

/** @typedef {{ storeDir: string, keptPath: string }} Job */

await runChild({
  /** @param {Job} job */
  prepare: ({ storeDir }) => openGraph({ dir: storeDir, readOnly: true }),
  async work({ keptPath }, graph) {
    const lines = existsSync(keptPath) ? readFileSync(keptPath, "utf8").trimEnd().split("\n") : [];
    const cursor = lines.at(-1)?.split(" ")[1];
    for await (const commit of graph.watch({ after: cursor ?? 0 })) {
      // One write: a kill leaves the whole line or nothing.
      appendFileSync(keptPath, `${commit.seq} ${commit.cursor} ${commit.txid}\n`);
    }
    return {};
  },
});
