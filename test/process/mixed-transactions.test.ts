import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { runMixedTransactions } from "./mixed-transactions.ts";

test("8 processes change pairs for 5 s, one is killed every second: nothing acknowledged is lost, doubled or halved", async () => {
  const seed = Date.now() % 1_000_000;
  console.log(`seed ${seed}`);
  const outcome = await runMixedTransactions({
    durationMs: 5000,
    processCount: 8,
    pairCount: 50,
    killEveryMs: 1000,
    checkpointEveryMs: 1500,
    seed,
  });
  expect(outcome.verifierOutput).toContain("0 problems");
  expect(outcome.verifierExitCode).toBe(0);
  expect(outcome.checkProblems).toEqual([]);
  expect(outcome.halfCommits).toEqual([]);
  expect(outcome.brokenPairs).toEqual([]);
  expect(outcome.killCount).toBeGreaterThanOrEqual(3);
  expect(outcome.acknowledgedCount).toBeGreaterThan(100);
  rmSync(outcome.dir, { recursive: true });
});
