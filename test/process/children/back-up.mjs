// Backs a store up, while others write to it, as often as it is told; answers with what each backup said of itself.

import { join } from "node:path";
import { openGraph } from "@knotwork/graph";
import { runChild } from "./child.mjs";

/** @typedef {{ storeDir: string, backupsDir: string, count: number }} Job */

await runChild({
  /** @param {Job} job */
  prepare: ({ storeDir }) => openGraph({ dir: storeDir, readOnly: true }),
  async work({ backupsDir, count }, graph) {
    /** @type {{ path: string, seq: number, ok: boolean }[]} */
    const backups = [];
    for (let index = 0; index < count; index += 1) {
      const path = join(backupsDir, `backup-${index}`);
      const { seq, check } = await graph.backup(path);
      backups.push({ path, seq, ok: check?.ok === true });
    }
    await graph.close();
    return { backups };
  },
});
