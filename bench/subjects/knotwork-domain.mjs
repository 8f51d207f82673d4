/** A store of tasks, decisions and handoffs, as `knot` keeps them: for what the command line costs. */
import { join } from "node:path";
import { openKnot } from "@knotwork/domain";
import { seedItems } from "../command-workload.mjs";

export async function open({ dir, count }) {
  const knot = await openKnot({ dir: join(dir, "store"), create: true, as: "bench" });
  return {
    async seed() {
      await knot.graph.load(seedItems(count), { durability: "relaxed" });
      await knot.agents.register("bench", { roles: ["reviewer"] });
      await knot.graph.checkpoint();
    },
    /** All of them, as soon as every task is there: some edges of the plan would lead to where they come from. */
    async countItems() {
      const tasks = (await knot.graph.countTypes()).get("task") ?? 0;
      return tasks === Math.floor(count * 0.45) ? count : tasks;
    },
    list: () => knot.tasks.list({ limit: 10 }),
    close: () => knot.close(),
  };
}
