import { join } from "node:path";
import { openGraph } from "@knotwork/graph";
import { expect, test } from "vitest";
import { sized } from "../prove/figures.ts";
import { runChildren } from "./child-processes.ts";
import { useScratchDir } from "./scratch-dir.ts";
import { runWorkers } from "./worker-threads.ts";

const scratch = useScratchDir();

test("[N1] two processes each add one half of a dependency cycle: in every round exactly one of them does", async () => {
  const rounds = sized(100, 500);
  const storeDir = join(scratch.path, "store");
  const graph = await openGraph({ dir: storeDir, create: true });
  await graph.transact(async (tx) => {
    for (let round = 0; round < rounds; round += 1) {
      await tx.create("step", {}, { id: `A-${round}` });
      await tx.create("step", {}, { id: `B-${round}` });
    }
  });
  const answers = await runChildren<{ readonly added: number }>("close-cycle.mjs", 2, (half) => ({
    storeDir,
    half,
    rounds,
  }));
  expect(answers.reduce((sum, { added }) => sum + added, 0)).toBe(rounds);
  for (let round = 0; round < rounds; round += 1) {
    const there = await graph.path(`A-${round}`, `B-${round}`);
    const back = await graph.path(`B-${round}`, `A-${round}`);
    expect(
      [there, back].filter((path) => path !== undefined),
      `round ${round}`,
    ).toHaveLength(1);
  }
  // Had one process always been first, the two never met.
  expect(Math.min(...answers.map(({ added }) => added))).toBeGreaterThan(0);
  expect((await graph.check()).problems).toEqual([]);
  await graph.close();
});

test("[W24] 8 worker threads, and 8 more when these have ended, count one counter up to 400: no count is lost", async () => {
  const storeDir = join(scratch.path, "store");
  const graph = await openGraph({ dir: storeDir, create: true });
  await graph.transact(async (tx) => void (await tx.create("counter", { value: 0 }, { id: "counter" })));
  for (let batch = 1; batch <= 2; batch += 1)
    await runWorkers("count-up-worker.mjs", 8, () => ({ storeDir, count: 25 }));
  const counter = await graph.get("counter");
  expect(counter?.props["value"]).toBe(400);
  expect(counter?.version).toBe(401);
  expect((await graph.check()).problems).toEqual([]);
  await graph.close();
});
