import { join } from "node:path";
import { expect, test } from "vitest";
import { useScratchDir } from "./scratch-dir.ts";
import { verifyStore } from "./verify.ts";
import { runWatchedWriters } from "./watched-writers.ts";

const scratch = useScratchDir();

test("[Q6] [N9] [W23] 8 processes commit during checkpoints, a consumer is killed and resumed every second: each commit once, in order", async () => {
  const storeDir = join(scratch.make("stores"), "store");
  const outcome = await runWatchedWriters({
    storeDir,
    writers: 8,
    durationMs: 6000,
    checkpointEvery: 20,
    killEveryMs: 1000,
  });
  expect(outcome.kept).toEqual(outcome.held);
  expect(outcome.held.map((line) => Number(line.split(" ")[0]))).toEqual(outcome.held.map((_, index) => index + 1));
  expect(outcome.acknowledged.length).toBe(outcome.held.length);
  expect(outcome.kills).toBeGreaterThanOrEqual(2);
  expect(outcome.checkpoints).toBeGreaterThanOrEqual(10);
  expect(verifyStore(storeDir)).toEqual({ exitCode: 0, output: expect.stringContaining("\n0 problems") as string });
});
