import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { recordFigure } from "../prove/figures.ts";
import { runMixedTransactions } from "../process/mixed-transactions.ts";

test("8 processes change pairs while 10,000 are killed: nothing acknowledged is lost, doubled or halved", async () => {
  const seed = Date.now() % 1_000_000;
  console.log(`seed ${seed}`);
  const outcome = await runMixedTransactions({
    durationMs: 10_001 * 90,
    processCount: 8,
    pairCount: 200,
    killEveryMs: 90,
    checkpointEveryMs: 5000,
    seed,
  });
  recordFigure({
    proof: "kills",
    part: "mixed transactions, killed at any moment",
    count: outcome.killCount,
    also: { acknowledged: outcome.acknowledgedCount },
  });
  expect(outcome.verifierOutput).toContain("0 problems");
  expect(outcome.verifierExitCode).toBe(0);
  expect(outcome.checkProblems).toEqual([]);
  expect(outcome.halfCommits).toEqual([]);
  expect(outcome.brokenPairs).toEqual([]);
  expect(outcome.killCount).toBeGreaterThanOrEqual(10_000);
  expect(outcome.acknowledgedCount).toBeGreaterThan(10_000);
  rmSync(outcome.dir, { recursive: true });
});
