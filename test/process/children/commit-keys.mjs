// Commits under every one of the given keys, in an order of its own, and answers with the seq each key got.

import { openGraph } from "@knotwork/graph";
import { runChild, seededRandom } from "./child.mjs";

/** @typedef {{ storeDir: string, writer: number, keys: readonly string[] }} Job */

await runChild({
  /** @param {Job} job */
  prepare: ({ storeDir, writer }) => openGraph({ dir: storeDir, author: `writer-${writer}` }),
  async work({ writer, keys }, graph) {
    const random = seededRandom(writer + 1);
    const order = keys.map((key) => ({ key, at: random() })).sort((a, b) => a.at - b.at);
    /** @type {{ key: string, seq: number, value: string }[]} */
    const answers = [];
    for (const { key } of order) {
      const options = { idempotencyKey: key, fingerprint: `append ${key}`, retries: 1000 };
      const { value, seq } = await graph.transact(async (tx) => (await tx.create("entry", { key })).id, options);
      answers.push({ key, seq, value });
    }
    await graph.close();
    return { answers };
  },
});
