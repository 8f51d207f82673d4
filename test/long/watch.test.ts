import { join } from "node:path";
import { expect, test } from "vitest";
import { useScratchDir } from "../process/scratch-dir.ts";
import { runWatchedWriters } from "../process/watched-writers.ts";

const scratch = useScratchDir();

test("[Q6] over two minutes of 8 writers and a consumer killed every second, each commit is given once, in order", async () => {
  const outcome = await runWatchedWriters({
    storeDir: join(scratch.make("stores"), "store"),
    writers: 8,
    durationMs: 120_000,
    checkpointEvery: 200,
    killEveryMs: 1000,
  });
  expect(outcome.kept).toEqual(outcome.held);
  expect(outcome.acknowledged.length).toBe(outcome.held.length);
  expect(outcome.kills).toBeGreaterThanOrEqual(30);
  console.log(`${outcome.held.length} commits, ${outcome.kills} kills, ${outcome.checkpoints} checkpoints`);
});
