import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { knot } from "../process/knot-process.ts";
import { createInParallel, percentile } from "../process/parallel-creates.ts";

test("50 processes × 20 creates at once: 1,000 tasks, no error, no duplicate", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "knotwork-creates-"));
  expect((await knot(["init"], { cwd })).exitCode).toBe(0);
  const { failures, acknowledged, stored, waitsMs } = await createInParallel({
    processCount: 50,
    createCount: 20,
    cwd,
  });
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) => Math.round(percentile(waitsMs, share)));
  console.log(`1,000 commands by 50 processes at once: wait p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`);
  expect(failures).toEqual([]);
  expect(stored).toHaveLength(1000);
  expect(new Set(stored.map(({ title }) => title)).size).toBe(1000);
  expect(stored.map(({ id }) => id).toSorted()).toEqual(acknowledged.toSorted());
  expect((await knot(["doctor"], { cwd })).exitCode).toBe(0);
  rmSync(cwd, { recursive: true });
});
