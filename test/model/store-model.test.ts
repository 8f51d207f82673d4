import fc from "fast-check";
import { expect, test } from "vitest";
import { World } from "../engine/engine-world.ts";
import { isFullSize, sized } from "../prove/figures.ts";
import { MapModel } from "./map-model.ts";
import { ids, storeCommands, type Store } from "./store-commands.ts";

test("[T17] [W8] whatever three processes do, through kills, power cuts and checkpoints, a store answers as a plain map with its history would", async () => {
  await fc.assert(
    fc.asyncProperty(storeCommands({ maxCommands: 40 }), async (commands) => {
      const model = new MapModel();
      const store: Store = { world: new World(), graphs: new Map(), held: [], generation: 0 };
      await fc.asyncModelRun(() => ({ model, real: store }), commands);
      for (const graph of store.graphs.values()) await graph.close();
      const graph = await store.world.graph("last");
      expect((await graph.check()).problems).toEqual([]);
      expect(await graph.head()).toBe(model.head);
      await graph.close();
    }),
    { numRuns: sized(150, 5000), endOnFailure: isFullSize },
  );
}, 1_200_000);

test("[W23] a snapshot held over ten checkpoints and merges of another process gives the same answers", async () => {
  const world = new World();
  const holder = await world.graph("holder");
  const writer = await world.graph("writer");
  const model = new MapModel();
  const write = async (text: string): Promise<void> => {
    const before = model.textsAt(model.head);
    await writer.transact(async (tx) => {
      for (const id of ids) {
        if (id in before) await tx.update(id, { text });
        else await tx.create("thing", { text }, { id });
      }
    });
    model.commit(new Map(ids.map((id) => [id, text])), { isDurable: true });
  };
  await write("first");
  const snapshot = await holder.snapshot();
  for (let round = 0; round < 10; round += 1) {
    await write(`round ${round}`);
    await writer.checkpoint();
    await holder.get("a");
    for (const id of ids) expect((await snapshot.get(id))?.props["text"]).toBe("first");
    expect(await snapshot.query("thing").where("text", "=", "first").count()).toBe(ids.length);
    expect(await snapshot.history("a")).toHaveLength(1);
  }
  expect((await holder.get("a"))?.props["text"]).toBe("round 9");
  snapshot.release();
  expect((await writer.check()).problems).toEqual([]);
  await Promise.all([holder.close(), writer.close()]);
});
