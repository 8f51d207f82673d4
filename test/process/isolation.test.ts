import { join } from "node:path";
import { expect, test } from "vitest";
import { runChildren } from "./child-processes.ts";
import { type Evidence, type Recorded, recordHistory, writers } from "./recorded-history.ts";
import { useScratchDir } from "./scratch-dir.ts";
import { runWorkers } from "./worker-threads.ts";

const scratch = useScratchDir();
const seed = Number(process.env["KNOT_TEST_SEED"] ?? Date.now() % 1_000_000);

test.each([
  ["entity", "balanced"],
  ["range", "relaxed"],
] as const)(
  "[W4] histories of 8 processes over lists kept by %s, %s, are strictly serializable",
  async (lists, durability) => {
    const plan = { storeDir: join(scratch.path, "store"), lists, durability, count: 100, seed, checkpointEvery: 40 };
    const evidence = await recordHistory(plan, (jobOf) => runChildren<Recorded>("record-lists.mjs", writers, jobOf));
    expectClean(evidence);
  },
);

test("[W24] histories of 8 worker threads over one store are strictly serializable", async () => {
  const plan = {
    storeDir: join(scratch.path, "store"),
    lists: "range",
    durability: "balanced",
    count: 100,
    seed,
    checkpointEvery: 40,
  } as const;
  const evidence = await recordHistory(plan, (jobOf) =>
    runWorkers<Recorded>("record-lists-worker.mjs", writers, jobOf),
  );
  expectClean(evidence);
});

function expectClean({ anomalies, transactions, conflictRate, observedShare }: Evidence): void {
  const about = `seed ${seed}: ${transactions} transactions, ${(conflictRate * 100).toFixed(1)} % of attempts conflicted`;
  expect(anomalies, about).toEqual([]);
  expect(transactions, about).toBe(writers * 100 + 1);
  // A history without conflicts, or of which little was seen, proves nothing.
  expect(conflictRate, about).toBeGreaterThan(0.05);
  expect(observedShare, about).toBeGreaterThan(0.98);
}
