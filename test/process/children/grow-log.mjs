// Commits until the log is so long, never checkpointing, and dies by SIGKILL: each commit creates an item with two edges and
// changes another, as those of the bench do.

import { defineType, openGraph } from "@knotwork/graph";
import { runChild, seededRandom } from "./child.mjs";

/** @typedef {{ storeDir: string, logBytes: number, seed: number }} Job */

const ITEMS = 5000;
const AT_ONCE = 200;
const validate = (/** @type {unknown} */ value) => ({ value });
const fields = { "~standard": { version: /** @type {const} */ (1), vendor: "test", validate } };
const itemType = defineType("item", { fields, indexes: [["status", "priority"]] });

await runChild({
  /** @param {Job} job */
  prepare: ({ storeDir }) =>
    openGraph({
      dir: storeDir,
      create: true,
      durability: "relaxed",
      checkpointBytes: Number.MAX_SAFE_INTEGER,
      types: [itemType],
    }),
  async work({ logBytes, seed }, graph) {
    const random = seededRandom(seed);
    const some = () => `item-${Math.floor(random() * ITEMS)}`;
    const props = () => ({
      status: random() < 0.5 ? "pending" : "done",
      priority: Math.floor(random() * 4),
      text: "what an agent says of it, ".repeat(10 + Math.floor(random() * 40)),
    });
    await graph.load(
      Array.from({ length: ITEMS }, (_, index) => ({ id: `item-${index}`, type: "item", props: props() })),
    );
    let count = 0;
    const one = async () => {
      count += 1;
      const id = `new-${count}`;
      await graph.transact(
        async (tx) => {
          await tx.create("item", props(), { id });
          await tx.link(id, "DEPENDS_ON", some());
          await tx.link(id, "RELATES_TO", some());
          await tx.update(some(), props());
        },
        { retries: 1000 },
      );
    };
    const isLongEnough = async () => {
      const { engine } = /** @type {{ engine: { logBytes: number } }} */ (/** @type {unknown} */ (await graph.stats()));
      return engine.logBytes > logBytes;
    };
    while (!(await isLongEnough())) await Promise.all(Array.from({ length: AT_ONCE }, one));
    process.kill(process.pid, "SIGKILL");
    return {};
  },
});
