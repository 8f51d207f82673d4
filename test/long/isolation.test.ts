import { join } from "node:path";
import { test } from "vitest";
import { proveHistory } from "../process/recorded-history.ts";
import { useScratchDir } from "../process/scratch-dir.ts";

const scratch = useScratchDir();
const seed = Number(process.env["KNOT_TEST_SEED"] ?? Date.now() % 1_000_000);

const plans = (["entity", "range"] as const).flatMap((lists) =>
  (["paranoid", "balanced", "relaxed"] as const).flatMap((durability) =>
    (["processes", "threads"] as const).map((by) => ({ lists, durability, by })),
  ),
);

test.each(plans)(
  "[W4] 17 histories of 8 $by, lists by $lists, $durability, are strictly serializable",
  async (plan) => {
    for (let round = 0; round < 17; round += 1) {
      const storeDir = join(scratch.path, `store-${round}`);
      await proveHistory({ ...plan, storeDir, count: 100, seed: seed + round, checkpointEvery: 40 }, plan.by);
    }
  },
);
