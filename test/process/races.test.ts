import { join } from "node:path";
import { openKnot } from "@knotwork/domain";
import { expect, test } from "vitest";
import { runRace } from "./race-rounds.ts";
import { useScratchDir } from "./scratch-dir.ts";

const scratch = useScratchDir();

test("[D3] of two processes that take the next task at once, never both get the same one: 100 rounds", async () => {
  const storeDir = join(scratch.path, "store");
  const knot = await openKnot({ dir: storeDir, create: true, as: "planner", durability: "relaxed" });
  let won = 0;
  await runRace({
    storeDir,
    roles: ["claim next", "claim next"],
    rounds: 100,
    prepare: async (round) => (await knot.tasks.create({ title: `round ${round}` })).id,
    judge: ({ task, outcomes }) => {
      expect(outcomes.toSorted()).toEqual([task, "nothing"].toSorted());
      won += 1;
    },
  });
  expect(won).toBe(100);
  expect(await knot.tasks.claims()).toHaveLength(100);
  expect(await knot.checkGraphLaws()).toEqual([]);
  await knot.close();
});

test("[T9] of closing a parent and creating its child by two processes at once never both happen", async () => {
  const storeDir = join(scratch.path, "store");
  const knot = await openKnot({ dir: storeDir, create: true, as: "planner", durability: "relaxed" });
  const firsts = { complete: 0, create: 0 };
  await runRace({
    storeDir,
    roles: ["complete", "create child"],
    rounds: 60,
    prepare: async (round) => (await knot.tasks.create({ title: `parent ${round}` })).id,
    judge: async ({ task, outcomes }) => {
      const parent = await knot.tasks.get(task);
      const open = await knot.tasks.openChildren(task);
      if (outcomes[0] === "done") {
        firsts.complete += 1;
        expect([outcomes[1], parent?.status, open]).toEqual(["PARENT_CLOSED", "completed", []]);
      } else {
        firsts.create += 1;
        expect([...outcomes, parent?.status, open.length]).toEqual(["CHILDREN_OPEN", "done", "pending", 1]);
      }
    },
  });
  expect(firsts.complete + firsts.create).toBe(60);
  expect(await knot.checkGraphLaws()).toEqual([]);
  expect(await knot.graph.check()).toMatchObject({ ok: true });
  await knot.close();
});
