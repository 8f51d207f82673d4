/** A machine with a store that holds some commits, all durable, and no process. */
import { emptyDisk, World } from "./crash-workload.ts";

export async function createdWorld(): Promise<World> {
  const world = new World(emptyDisk());
  const creator = await world.create("creator");
  await world.commit(creator, "first");
  await world.commit(creator, "second");
  await creator.close();
  // Locks and marks are never synced: from here on a power cut takes nothing of what there is.
  return new World(world.memory.crash({ choose: ({ options }) => options.length - 1 }), {
    isCreated: true,
    txidPrefix: "03",
  });
}
