// Asks the same questions of indexes again and again while another process changes and checkpoints the store, and answers
// with every answer that differed from the one before.

import { openGraph } from "@knotwork/graph";
import { itemTypes } from "../indexed-items.mjs";
import { runChild } from "./child.mjs";

/** @typedef {{ storeDir: string, last: number }} Job */

await runChild({
  /** @param {Job} job */
  prepare: async ({ storeDir }) => {
    const graph = await openGraph({ dir: storeDir, readOnly: true, types: itemTypes });
    // Its files are open before the first of them is replaced.
    await graph.query("item").where("rank", ">=", 0).ids();
    return graph;
  },
  async work({ last }, graph) {
    /** @type {{ rank: readonly string[], words: readonly string[], ending: readonly string[] }[]} */
    const answers = [];
    let before = "";
    for (;;) {
      const rank = await graph.query("item").where("rank", ">=", 0).orderBy("rank").ids();
      const words = await graph.query("item").search("item").orderBy("rank").ids();
      const ending = await graph.idsEndingWith("item", `${1_000_000 + last}`);
      const answer = { rank, words, ending };
      const text = JSON.stringify(answer);
      if (text !== before) answers.push(answer);
      before = text;
      if (rank.length === last + 1 && words.length === last + 1 && ending.length === 1) break;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const { index, access } = await graph.query("item").where("rank", ">=", 0).orderBy("rank").explain();
    await graph.close();
    return { answers, index, access };
  },
});
