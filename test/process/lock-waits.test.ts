/** The lock of a store, held by another process: how long one waits for it, and when it is free again. */
import { join } from "node:path";
import { machineClock, nodeDisk, ProcessLock, runLocked } from "@knotwork/disk";
import { FaultyDisk } from "@knotwork/disk/testing";
import { openKnot } from "@knotwork/domain";
import { KnotworkError, openGraph } from "@knotwork/graph";
import { expect, test } from "vitest";
import { startChild } from "./child-processes.ts";
import { useScratchDir } from "./scratch-dir.ts";

const scratch = useScratchDir();

test("[T2] who waits for a lock that another process holds gives up after the time it was opened with, and names the path", async () => {
  const storeDir = join(scratch.path, "store");
  const lockPath = join(storeDir, "wal", "lock");
  await (await openKnot({ dir: storeDir, create: true })).close();
  const waits = [600, 60, 0];
  const knots = await Promise.all(
    waits.map((lockTimeoutMs) => openKnot({ dir: storeDir, lockTimeoutMs, durability: "relaxed" })),
  );
  const child = startChild("hold-lock.mjs", { lockPath });
  await child.ready;

  const givenUp: number[] = [];
  const errors = await Promise.all(
    knots.map(async (knot, index) => {
      const error = await knot.tasks.create({ title: "x" }).catch((cause: unknown) => cause);
      givenUp.push(waits[index] ?? -1);
      return error;
    }),
  );
  expect(givenUp).toEqual([0, 60, 600]);
  for (const [index, error] of errors.entries()) {
    expect(error).toBeInstanceOf(KnotworkError);
    expect(error).toMatchObject({
      code: "LOCK_TIMEOUT",
      retryable: true,
      message: expect.stringContaining(lockPath) as string,
      context: { path: lockPath, holderPid: child.process.pid },
    });
    expect((error as KnotworkError).context["waitedMs"]).toBeGreaterThanOrEqual(waits[index] ?? Infinity);
  }

  child.start();
  await child.answer;
  for (const knot of knots) await knot.tasks.create({ title: "x" });
  expect((await knots[0]!.tasks.list()).items).toHaveLength(3);
  expect((await knots[0]!.graph.check()).problems).toEqual([]);
  for (const knot of knots) await knot.close();
});

test("[T3] a lock is free at once after an error inside of it, a throw, a commit that failed, and the death of its holder", async () => {
  const storeDir = join(scratch.path, "store");
  const lockPath = join(storeDir, "wal", "lock");
  const disk = new FaultyDisk(nodeDisk());
  const graph = await openGraph({ dir: storeDir, create: true, disk });
  await graph.transact((tx) => tx.create("thing", {}, { id: "a" }));
  const lock = new ProcessLock({ disk: nodeDisk(), clock: machineClock(), path: lockPath });
  const options = { lock, clock: machineClock(), random: Math.random };

  // The first try of somebody else, while whoever failed is still there.
  const isFreeAtOnce = (): boolean => {
    const other = new ProcessLock({ disk: nodeDisk(), clock: machineClock(), path: lockPath });
    const isTaken = other.tryAcquire();
    other.close();
    return isTaken;
  };
  const held = await runLocked(options, isFreeAtOnce);
  expect([held, isFreeAtOnce()]).toEqual([false, true]);

  const failed = runLocked(options, () => nodeDisk().open(join(scratch.path, "absent"), "read"));
  await expect(failed).rejects.toMatchObject({ code: "ENOENT" });
  expect(isFreeAtOnce()).toBe(true);
  const thrown = runLocked(options, () => {
    throw new TypeError("a defect");
  });
  await expect(thrown).rejects.toThrow("a defect");
  expect(isFreeAtOnce()).toBe(true);

  const other = await openGraph({ dir: storeDir });
  const lost = graph.transact(
    async (tx) => {
      await tx.update("a", { by: "me" });
      await other.transact((theirs) => theirs.update("a", { by: "them" }));
    },
    { retries: 0 },
  );
  await expect(lost).rejects.toMatchObject({ code: "CONFLICT" });
  expect(isFreeAtOnce()).toBe(true);
  disk.failAt({ call: ({ path }) => path.endsWith(".jsonl"), of: ["write"], code: "EIO" });
  await expect(graph.transact((tx) => tx.update("a", { by: "nobody" }))).rejects.toBeInstanceOf(KnotworkError);
  expect(isFreeAtOnce()).toBe(true);
  expect((await other.get("a"))?.props).toEqual({ by: "them" });
  await graph.close();

  const child = startChild("hold-lock.mjs", { lockPath });
  await child.ready;
  expect(isFreeAtOnce()).toBe(false);
  child.process.kill("SIGKILL");
  expect(await child.answer).toBeUndefined();
  expect(isFreeAtOnce()).toBe(true);
  await other.transact((tx) => tx.update("a", { by: "us" }));
  expect((await other.check()).problems).toEqual([]);
  await other.close();
  lock.close();
});
