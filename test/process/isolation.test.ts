import { join } from "node:path";
import { test } from "vitest";
import { type HistoryPlan, proveHistory } from "./recorded-history.ts";
import { useScratchDir } from "./scratch-dir.ts";

const scratch = useScratchDir();
const seed = Number(process.env["KNOT_TEST_SEED"] ?? Date.now() % 1_000_000);

const plan: Omit<HistoryPlan, "storeDir" | "lists" | "durability"> = { count: 100, seed, checkpointEvery: 40 };

test.each([
  ["entity", "balanced"],
  ["range", "relaxed"],
] as const)(
  "[W4] histories of 8 processes over lists kept by %s, %s, are strictly serializable",
  async (lists, durability) => {
    await proveHistory({ ...plan, storeDir: join(scratch.path, "store"), lists, durability }, "processes");
  },
);

test("[W24] histories of 8 worker threads over one store are strictly serializable", async () => {
  await proveHistory(
    { ...plan, storeDir: join(scratch.path, "store"), lists: "range", durability: "balanced" },
    "threads",
  );
});
