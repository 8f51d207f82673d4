// Updates shared entities, so many times, and answers with every version the store acknowledged to it.

import { openGraph } from "@knotwork/graph";
import { runChild, seededRandom } from "./child.mjs";

/** @typedef {{ storeDir: string, writer: number, count: number, ids: readonly string[], checkpointEvery: number }} Job */

await runChild({
  /** @param {Job} job */
  prepare: ({ storeDir, writer }) => openGraph({ dir: storeDir, author: `writer-${writer}` }),
  async work({ writer, count, ids, checkpointEvery }, graph) {
    const random = seededRandom(writer + 1);
    /** @type {{ id: string, version: number, seq: number, text: string }[]} */
    const acknowledged = [];
    for (let index = 0; index < count; index += 1) {
      const id = ids[Math.floor(random() * ids.length)] ?? "";
      const text = `writer-${writer} wrote ${index}`;
      const { value, seq } = await graph.transact(async (tx) => (await tx.update(id, { text })).version, {
        retries: 1000,
      });
      acknowledged.push({ id, version: value, seq, text });
      if (index % checkpointEvery === checkpointEvery - 1) await graph.checkpoint();
    }
    await graph.close();
    return { acknowledged };
  },
});
