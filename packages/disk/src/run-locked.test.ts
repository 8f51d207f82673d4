import { expect, test } from "vitest";
import { DiskError } from "./errors.ts";
import { ProcessLock } from "./process-lock.ts";
import { RETRY_LOCK, runLocked, type RunLockedOptions } from "./run-locked.ts";
import { MemoryDisk } from "./testing/memory-disk.ts";
import { seededRandom } from "./testing/seeded-random.ts";
import { TestClock } from "./testing/test-clock.ts";

interface Machine {
  readonly memory: MemoryDisk;
  readonly clock: TestClock;
  readonly lockOf: (pid: number) => ProcessLock;
  /** Options of the process with this pid, which has one lock. */
  readonly as: (lock: ProcessLock) => Pick<RunLockedOptions, "lock" | "clock" | "random">;
}

function machine(): Machine {
  const memory = new MemoryDisk();
  memory.process("setup").makeDirectory("/wal");
  const clock = new TestClock();
  const lockOf = (pid: number): ProcessLock => {
    const self = { pid, host: `host-${pid}` };
    return new ProcessLock({ disk: memory.process(String(pid)), clock, path: "/wal/lock", self });
  };
  return { memory, clock, lockOf, as: (lock) => ({ lock, clock, random: seededRandom(1) }) };
}

test("a free lock is taken at once: the section has run when the call returns", async () => {
  const { lockOf, as } = machine();
  const lock = lockOf(1);
  const order: string[] = [];
  const result = runLocked(as(lock), () => {
    order.push(lock.held ? "inside" : "outside");
    return 42;
  });
  order.push("after the call");
  expect(order).toEqual(["inside", "after the call"]);
  expect(await result).toBe(42);
  expect(lock.held).toBe(false);
});

test("LOCK_TIMEOUT names the holder, the attempts and the time, and can be retried", async () => {
  const { clock, lockOf, as } = machine();
  lockOf(77).tryAcquire();
  const waiting = runLocked({ ...as(lockOf(1)), timeoutMs: 300 }, () => "never");
  const error = await clock.advanceUntil(waiting).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(DiskError);
  expect(error).toMatchObject({
    code: "LOCK_TIMEOUT",
    retryable: true,
    message:
      'Cannot lock "/wal/lock" within 300 ms: last taken by process 77 on host-77 since 2026-01-01T00:00:00.000Z',
    context: { holderPid: 77, holderHost: "host-77", holderSince: "2026-01-01T00:00:00.000Z", waitedMs: 300 },
  });
  const { attempts } = (error as DiskError).context;
  // Spells of 2 ms with at least 5 attempts, the first 30-100 µs apart, between them at most 5 ms.
  expect(attempts).toBeGreaterThan((300 / 7) * 5);
});

test("the default deadline is five seconds", async () => {
  const { clock, lockOf, as } = machine();
  lockOf(77).tryAcquire();
  const waiting = runLocked(as(lockOf(1)), () => "never");
  await expect(clock.advanceUntil(waiting)).rejects.toMatchObject({ context: { waitedMs: 5000 } });
});

test("without a note of the holder the error says 'another process'", async () => {
  const { memory, lockOf, as } = machine();
  lockOf(77).tryAcquire();
  memory.process("setup").unlink("/wal/holder");
  await expect(runLocked({ ...as(lockOf(1)), timeoutMs: 0 }, () => "never")).rejects.toThrow("another process");
});

test("a timeout of 0 tries once, without a pause", async () => {
  const { clock, lockOf, as } = machine();
  const holder = lockOf(77);
  holder.tryAcquire();
  const startMs = clock.monotonicMs();
  const lock = lockOf(1);
  await expect(runLocked({ ...as(lock), timeoutMs: 0 }, () => "never")).rejects.toMatchObject({
    code: "LOCK_TIMEOUT",
    context: { attempts: 1 },
  });
  expect(clock.monotonicMs()).toBe(startMs);
  holder.release();
  expect(await runLocked({ ...as(lock), timeoutMs: 0 }, () => "got it")).toBe("got it");
});

test("Infinity waits for ever", async () => {
  const { clock, lockOf, as } = machine();
  const holder = lockOf(77);
  holder.tryAcquire();
  const waiting = runLocked({ ...as(lockOf(1)), timeoutMs: Infinity }, () => "in the end");
  await clock.advance(3_600);
  holder.release();
  expect(await clock.advanceUntil(waiting)).toBe("in the end");
});

test.each([-1, Number.NaN])("a timeout of %s is refused", async (timeoutMs) => {
  const { lockOf, as } = machine();
  await expect(runLocked({ ...as(lockOf(1)), timeoutMs }, () => 1)).rejects.toThrow(RangeError);
});

test("a section that answers RETRY_LOCK is run again after a release, until it answers otherwise", async () => {
  const { clock, lockOf, as } = machine();
  const lock = lockOf(1);
  const other = lockOf(2);
  let calls = 0;
  const beforeAttempt = (): void => {
    if (calls === 0) return;
    expect(other.tryAcquire()).toBe(true);
    other.release();
  };
  const section = (): "done" | typeof RETRY_LOCK => (++calls < 100 ? RETRY_LOCK : "done");
  expect(await clock.advanceUntil(runLocked({ ...as(lock), beforeAttempt }, section))).toBe("done");
  expect(calls).toBe(100);
  const endless = runLocked({ ...as(lock), timeoutMs: 50 }, () => RETRY_LOCK);
  await expect(clock.advanceUntil(endless)).rejects.toMatchObject({ code: "LOCK_TIMEOUT" });
  expect(lock.held).toBe(false);
});

test("beforeAttempt runs before each attempt, without the lock", async () => {
  const { clock, lockOf, as } = machine();
  const holder = lockOf(77);
  holder.tryAcquire();
  const lock = lockOf(1);
  let calls = 0;
  const beforeAttempt = (): void => {
    expect(lock.held).toBe(false);
    calls += 1;
    if (calls === 50) holder.release();
  };
  const waiting = runLocked({ ...as(lock), beforeAttempt }, () => calls);
  expect(await clock.advanceUntil(waiting)).toBe(50);
});

test("callers of one process are served in the order in which they came", async () => {
  const { clock, lockOf, as } = machine();
  const holder = lockOf(77);
  holder.tryAcquire();
  const lock = lockOf(1);
  const order: number[] = [];
  const all = Promise.all([1, 2, 3, 4, 5].map((caller) => runLocked(as(lock), () => order.push(caller))));
  await clock.advance(20);
  expect(order).toEqual([]);
  holder.release();
  await clock.advanceUntil(all);
  expect(order).toEqual([1, 2, 3, 4, 5]);
});

test("a caller in the queue leaves at its own deadline, not at that of the one in front", async () => {
  const { clock, lockOf, as } = machine();
  const holder = lockOf(77);
  holder.tryAcquire();
  const lock = lockOf(1);
  const patient = runLocked({ ...as(lock), timeoutMs: 5000 }, () => "patient");
  const hasty = runLocked({ ...as(lock), timeoutMs: 50 }, () => "hasty");
  const late = runLocked({ ...as(lock), timeoutMs: 5000 }, () => "late");
  const error = await clock.advanceUntil(hasty).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "LOCK_TIMEOUT", context: { holderPid: 77 } });
  expect((error as DiskError).context["waitedMs"]).toBeLessThanOrEqual(60);
  holder.release();
  expect(await clock.advanceUntil(Promise.all([patient, late]))).toEqual(["patient", "late"]);
});

test("[N2] a process that had the lock 16 times in a row stands back while another waits, until that one has had it", async () => {
  const { clock, lockOf, as } = machine();
  const [greedy, other] = [lockOf(1), lockOf(2)];
  const msOf = async (beforeAttempt?: () => void): Promise<number> => {
    const startMs = clock.monotonicMs();
    await runLocked({ ...as(greedy), ...(beforeAttempt === undefined ? {} : { beforeAttempt }) }, () => 1);
    return clock.monotonicMs() - startMs;
  };
  const sixteen = async (): Promise<void> => {
    while (greedy.takenInARow < 16) expect(await msOf()).toBe(0);
  };
  // Nobody waits: nobody is let go first.
  for (let count = 0; count < 100; count += 1) expect(await msOf()).toBe(0);
  greedy.countAnew();

  other.waiters.join();
  await sixteen();
  expect(await msOf()).toBeCloseTo(1, 1);
  await sixteen();
  // The other one comes and has the lock: it is known at the next look.
  let looks = 0;
  const look = (): void => {
    looks += 1;
    if (looks !== 3) return;
    expect(other.tryAcquire()).toBe(true);
    other.release();
    greedy.sawAnotherHolder();
  };
  expect(await msOf(look)).toBeCloseTo(0.2, 5);
  other.waiters.leave();
  await sixteen();
  expect(await msOf()).toBe(0);
});

test("[N2] who waits is known to others, and no longer once it has the lock or gives up", async () => {
  const { clock, lockOf, as } = machine();
  const [holder, lock, probe] = [lockOf(77), lockOf(1), lockOf(2)];
  holder.tryAcquire();
  expect(probe.waiters.exist()).toBe(false);
  let existInside: boolean | undefined;
  const waiting = runLocked(as(lock), () => {
    existInside = probe.waiters.exist();
  });
  expect(probe.waiters.exist()).toBe(true);
  const hasty = runLocked({ ...as(lockOf(3)), timeoutMs: 3 }, () => "never");
  holder.release();
  await clock.advanceUntil(waiting);
  expect(existInside).toBe(true);
  await expect(clock.advanceUntil(hasty)).resolves.toBe("never");
  expect(probe.waiters.exist()).toBe(false);
  holder.tryAcquire();
  await expect(clock.advanceUntil(runLocked({ ...as(lock), timeoutMs: 3 }, () => 1))).rejects.toThrow("Cannot lock");
  expect(probe.waiters.exist()).toBe(false);
});

test("an abort ends the waiting with its reason, in the queue as well as in front", async () => {
  const { clock, lockOf, as } = machine();
  const holder = lockOf(77);
  holder.tryAcquire();
  const lock = lockOf(1);
  const controller = new AbortController();
  const { signal } = controller;
  const settled = Promise.allSettled([
    runLocked({ ...as(lock), signal }, () => "front"),
    runLocked({ ...as(lock), signal }, () => "queue"),
    runLocked(as(lock), () => "not aborted"),
  ]);
  await clock.advance(10);
  controller.abort(new Error("stop"));
  await clock.advance(10);
  holder.release();
  expect(await clock.advanceUntil(settled)).toMatchObject([
    { reason: { message: "stop" } },
    { reason: { message: "stop" } },
    { value: "not aborted" },
  ]);
});

test("a signal that is aborted already keeps the section from running", async () => {
  const { lockOf, as } = machine();
  const signal = AbortSignal.abort(new Error("too late"));
  let ran = false;
  const call = runLocked({ ...as(lockOf(1)), signal }, () => {
    ran = true;
  });
  await expect(call).rejects.toThrow("too late");
  expect(ran).toBe(false);
});

test("an error of the section, of beforeAttempt or of the disk comes out, and the lock is free for the next", async () => {
  const { memory, lockOf, as } = machine();
  const lock = lockOf(1);
  const fail = (): never => {
    throw new Error("failed");
  };
  await expect(runLocked(as(lock), fail)).rejects.toThrow("failed");
  await expect(runLocked({ ...as(lock), beforeAttempt: fail }, () => 1)).rejects.toThrow("failed");
  const noDirectory = new ProcessLock({
    disk: memory.process("1"),
    clock: new TestClock(),
    path: "/absent/lock",
    self: { pid: 1, host: "h" },
  });
  await expect(runLocked(as(noDirectory), () => 1)).rejects.toMatchObject({ code: "ENOENT" });
  expect(await runLocked(as(lock), () => "free")).toBe("free");
  expect(lockOf(2).tryAcquire()).toBe(true);
});

test("an asynchronous section is a defect, found at once", async () => {
  const { lockOf, as } = machine();
  await expect(runLocked(as(lockOf(1)), async () => 1)).rejects.toThrow("must be synchronous");
});

test("ENGINE L1: a lock file removed while others wait only sends them to the new file", async () => {
  const { memory, clock, lockOf, as } = machine();
  const holder = lockOf(77);
  holder.tryAcquire();
  const lock = lockOf(1);
  const waiting = runLocked(as(lock), () => lock.isStillOurs());
  await clock.advance(5);
  memory.process("git clean").unlink("/wal/lock");
  expect(await clock.advanceUntil(waiting)).toBe(true);
  expect(holder.isStillOurs()).toBe(false);
});
