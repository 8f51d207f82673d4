import { expect, test } from "vitest";
import { knot, knotJson } from "./knot-process.ts";
import { createInParallel } from "./parallel-creates.ts";
import { useScratchDir } from "./scratch-dir.ts";

const scratch = useScratchDir();

test("10 processes × 10 creates at once: 100 tasks, no error, no duplicate", async () => {
  const cwd = scratch.path;
  expect((await knot(["init"], { cwd })).exitCode).toBe(0);
  const { failures, acknowledged, stored } = await createInParallel({ processCount: 10, createCount: 10, cwd });
  expect(failures).toEqual([]);
  expect(stored).toHaveLength(100);
  expect(new Set(stored.map(({ title }) => title)).size).toBe(100);
  expect(stored.map(({ id }) => id).toSorted()).toEqual(acknowledged.toSorted());
  const { data } = await knotJson(["log", "-n", "200"], { cwd });
  const creations = (data["items"] as readonly { changes: readonly { type: string }[] }[]).filter(({ changes }) =>
    changes.some(({ type }) => type === "task"),
  );
  expect(creations).toHaveLength(100);
  expect((await knot(["doctor"], { cwd })).exitCode).toBe(0);
});
