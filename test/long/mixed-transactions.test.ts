import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { runMixedTransactions } from "../process/mixed-transactions.ts";

test("8 processes change pairs for 60 s, one is killed every second: nothing acknowledged is lost, doubled or halved", async () => {
  const seed = Date.now() % 1_000_000;
  console.log(`seed ${seed}`);
  const outcome = await runMixedTransactions({
    durationMs: 60_000,
    processCount: 8,
    pairCount: 200,
    killEveryMs: 1000,
    checkpointEveryMs: 5000,
    seed,
  });
  console.log(`${outcome.acknowledgedCount} commits acknowledged, ${outcome.killCount} processes killed`);
  expect(outcome.verifierOutput).toContain("0 problems");
  expect(outcome.verifierExitCode).toBe(0);
  expect(outcome.checkProblems).toEqual([]);
  expect(outcome.halfCommits).toEqual([]);
  expect(outcome.brokenPairs).toEqual([]);
  expect(outcome.killCount).toBeGreaterThan(50);
  expect(outcome.acknowledgedCount).toBeGreaterThan(1000);
  rmSync(outcome.dir, { recursive: true });
});
