import type { IndexDefinition } from "@knotwork/graph";
import { expect, test } from "vitest";
import { sized } from "../prove/figures.ts";
import { proveCrashes, storeDir } from "./crash-workload.ts";
import type { World } from "./crash-workload.ts";
import { createdWorld } from "./created-world.ts";

const byText: IndexDefinition = { name: "item/text", type: "item", parts: [{ field: "text" }] };

test("[W9] a power cut at any step of building and merging index runs leaves indexes that answer as the log does", async () => {
  await proveCrashes(
    async (world) => {
      const a = await world.open("a");
      const rounds = sized(5, 8);
      for (let round = 1; round <= rounds; round += 1) {
        await world.commit(a, `round ${round}`, "relaxed");
        await a.checkpoint();
      }
      expect(indexRuns(world).length).toBeLessThan(rounds);
      await a.close();
    },
    { title: "index build and merge", start: createdWorld },
  );
});

test("[W9] a power cut at any step of declaring an index late, and of building a lost one anew, loses no answer", async () => {
  await proveCrashes(
    async (world) => {
      const a = await world.open("a");
      for (let round = 1; round <= sized(1, 2); round += 1) {
        await world.commit(a, `before ${round}`);
        await a.checkpoint();
        await a.define([round === 1 ? byText : { ...byText, name: `item/text ${round}` }]);
        await a.checkpoint();
        world.memory.process("vandal").unlink(`${storeDir}/index/${indexRuns(world)[0]}`);
        await world.commit(a, `after ${round}`, "relaxed");
        await a.checkpoint();
      }
      await a.close();
    },
    { title: "index declared late, lost and rebuilt", start: createdWorld },
  );
});

function indexRuns(world: World): readonly string[] {
  return world.memory.process("observer").list(`${storeDir}/index`);
}
