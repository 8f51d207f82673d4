// Links and unlinks weighted edges between the nodes of a store until told to stop; the same transaction keeps, in both
// ends, the sums of the weights of the edges out and in.

import { openGraph } from "@knotwork/graph";
import { runChild, seededRandom } from "./child.mjs";

/** @typedef {{ readonly dir: string, readonly nodes: readonly string[], readonly seed: number }} Job */

await runChild({
  /** @param {Job} job */
  async prepare({ dir, seed }) {
    const graph = await openGraph({
      dir,
      durability: "relaxed",
      author: `writer-${seed}`,
      checkpointBytes: 128 * 1024,
    });
    return { graph, random: seededRandom(seed) };
  },
  /** @param {Job} job */
  async work({ nodes }, { graph, random }) {
    let stopped = false;
    process.once("message", () => {
      stopped = true;
    });
    const pick = () => /** @type {string} */ (nodes[Math.floor(random() * nodes.length)]);
    let commits = 0;
    while (!stopped) {
      const [from, to, weight] = [pick(), pick(), 1 + Math.floor(random() * 100)];
      await graph.transact((tx) => turnEdge(tx, { from, to, weight }), { retries: 1000 });
      commits += 1;
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
    await graph.close();
    return { commits };
  },
});

/**
 * Takes the edge away if it is there, else makes it.
 *
 * @param {import("@knotwork/graph").Transaction} tx
 * @param {{ readonly from: string, readonly to: string, readonly weight: number }} edge
 */
async function turnEdge(tx, { from, to, weight }) {
  const removed = await tx.unlink(from, "TO", to);
  if (removed === undefined) await tx.link(from, "TO", to, { weight });
  const change = removed === undefined ? weight : -Number(removed.props["weight"]);
  const source = await tx.get(from);
  await tx.update(from, { out: Number(source?.props["out"]) + change });
  const target = await tx.get(to);
  await tx.update(to, { in: Number(target?.props["in"]) + change });
}
