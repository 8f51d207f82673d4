import { existsSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { machineClock, nodeDisk, ProcessLock, runLocked } from "@knotwork/disk";
import { expect, test } from "vitest";
import { runChildren, startChild } from "./child-processes.ts";
import { useScratchDir } from "./scratch-dir.ts";

const scratch = useScratchDir();

interface Held {
  readonly wasStillOurs: boolean;
}

function ourLock(): ProcessLock {
  return new ProcessLock({ disk: nodeDisk(), clock: machineClock(), path: join(scratch.path, "lock") });
}

async function increment(options: { count: number; processes: number; locksCounter: boolean }): Promise<number> {
  const { count, processes, locksCounter } = options;
  const counterPath = join(scratch.path, "counter");
  writeFileSync(counterPath, "00000000");
  const job = { lockPath: join(scratch.path, "lock"), counterPath, count, locksCounter };
  await runChildren("increment-counter.mjs", processes, () => job);
  return Number(readFileSync(counterPath, "utf8"));
}

test("8 processes that each add 1 to a file 200 times under runLocked lose nothing", async () => {
  expect(await increment({ processes: 8, count: 200, locksCounter: false })).toBe(1600);
});

test("[T6] ENGINE L1, L2: 4 processes lose nothing while somebody removes the lock file again and again", async () => {
  const lockPath = join(scratch.path, "lock");
  let removals = 0;
  const vandal = setInterval(() => {
    if (!existsSync(lockPath)) return;
    unlinkSync(lockPath);
    removals += 1;
  }, 3);
  try {
    expect(await increment({ processes: 4, count: 150, locksCounter: true })).toBe(600);
  } finally {
    clearInterval(vandal);
  }
  expect(removals).toBeGreaterThan(5);
});

test("ENGINE L1: a process whose lock file is removed under it finds out before it appends, once another is inside", async () => {
  const lockPath = join(scratch.path, "lock");
  const child = startChild<Held>("hold-lock.mjs", { lockPath });
  await child.ready;
  const lock = ourLock();
  expect(lock.tryAcquire()).toBe(false);
  unlinkSync(lockPath);
  // Every fourth try finds out that the file waited for is gone; the next takes the new one.
  const tries = Array.from({ length: 4 }, () => lock.held || lock.tryAcquire());
  expect(tries.at(-1)).toBe(true);
  expect(lock.isStillOurs()).toBe(true);
  child.start();
  expect(await child.answer).toEqual({ wasStillOurs: false });
  expect(lock.isStillOurs()).toBe(true);
  lock.close();
});

test("LOCK_TIMEOUT names the process that holds the lock", async () => {
  const child = startChild<Held>("hold-lock.mjs", { lockPath: join(scratch.path, "lock") });
  await child.ready;
  const lock = ourLock();
  const options = { lock, clock: machineClock(), random: Math.random, timeoutMs: 50 };
  await expect(runLocked(options, () => 1)).rejects.toMatchObject({
    code: "LOCK_TIMEOUT",
    context: { holderPid: child.process.pid },
  });
  child.start();
  expect(await child.answer).toEqual({ wasStillOurs: true });
  expect(await runLocked(options, () => "free")).toBe("free");
  lock.close();
});

test("a holder killed with SIGKILL frees the lock for the one who waits", async () => {
  const child = startChild<Held>("hold-lock.mjs", { lockPath: join(scratch.path, "lock") });
  await child.ready;
  const lock = ourLock();
  const waiting = runLocked({ lock, clock: machineClock(), random: Math.random, timeoutMs: 30_000 }, () => "ours");
  child.process.kill("SIGKILL");
  expect(await waiting).toBe("ours");
  expect(await child.answer).toBeUndefined();
  lock.close();
});
