// Adds one edge of a cycle each round, unless the other half is there already: looked for by a path, in the transaction.

import { openGraph } from "@knotwork/graph";
import { runChild } from "./child.mjs";

/** @typedef {{ storeDir: string, half: 0 | 1, rounds: number }} Job */

await runChild({
  prepare: ({ storeDir }) => openGraph({ dir: storeDir, durability: "relaxed" }),
  async work(/** @type {Job} */ { half, rounds }, graph) {
    let added = 0;
    for (let round = 0; round < rounds; round += 1) {
      const ends = [`A-${round}`, `B-${round}`];
      const [from = "", to = ""] = half === 0 ? ends : ends.toReversed();
      // The two meet at each round: neither goes on before the other has come.
      await graph.transact(async (tx) => void (await tx.create("arrival", {}, { id: `at-${round}-${half}` })));
      while ((await graph.get(`at-${round}-${1 - half}`)) === undefined);
      const { value } = await graph.transact(
        async (tx) => {
          if ((await tx.path(to, from)) !== undefined) return false;
          await tx.link(from, "DEPENDS_ON", to);
          return true;
        },
        { retries: 100 },
      );
      if (value) added += 1;
    }
    await graph.close();
    return { added };
  },
});
