import { expect, test } from "vitest";
import { TestClock } from "./test-clock.ts";

test("time stands still until it is moved, and both clocks move together", async () => {
  const clock = new TestClock({ nowMs: 5000, monotonicMs: 10 });
  expect([clock.nowMs(), clock.monotonicMs()]).toEqual([5000, 10]);
  await clock.advance(250);
  clock.pauseMs(0.5);
  expect([clock.nowMs(), clock.monotonicMs()]).toEqual([5250.5, 260.5]);
});

test("sleepers wake at their time and in its order, those they start included", async () => {
  const clock = new TestClock({ monotonicMs: 0 });
  const woken: string[] = [];
  const note = (name: string): void => void woken.push(`${name} at ${clock.monotonicMs()}`);
  void clock.sleepMs(30).then(() => note("late"));
  void clock
    .sleepMs(10)
    .then(() => note("early"))
    .then(() => clock.sleepMs(10))
    .then(() => note("again"));
  await clock.advance(25);
  expect(woken).toEqual(["early at 10", "again at 20"]);
  expect(clock.sleeperCount).toBe(1);
  await clock.advance(5);
  expect(woken).toEqual(["early at 10", "again at 20", "late at 30"]);
});

test("advanceWhileAsleep lets no time pass while a promise waits for something else", async () => {
  const clock = new TestClock();
  const startMs = clock.monotonicMs();
  const work = async (): Promise<string> => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    await clock.sleepMs(30);
    return "done";
  };
  expect(await clock.advanceWhileAsleep(work())).toBe("done");
  expect(clock.monotonicMs() - startMs).toBe(30);
  await expect(clock.advanceWhileAsleep(Promise.reject(new Error("failed")))).rejects.toThrow("failed");
});

test("advanceUntil passes the time a promise needs, and gives what it gives", async () => {
  const clock = new TestClock({ monotonicMs: 0 });
  const work = async (): Promise<string> => {
    for (let step = 0; step < 3; step += 1) await clock.sleepMs(100);
    return "done";
  };
  expect(await clock.advanceUntil(work())).toBe("done");
  expect(clock.monotonicMs()).toBe(300);
  await expect(clock.advanceUntil(Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  await expect(clock.advanceUntil(new Promise(() => undefined))).rejects.toThrow("something other than this clock");
});

test("the wall clock can be stepped alone, and a reboot starts another boot", () => {
  const clock = new TestClock({ nowMs: 5000, monotonicMs: 10, bootId: "first" });
  clock.stepWallClock(-1000);
  expect([clock.nowMs(), clock.monotonicMs()]).toEqual([4000, 10]);
  clock.reboot("second");
  expect([clock.bootId(), clock.monotonicMs()]).toEqual(["second", 0]);
});

test("a sleep ends when its signal is aborted, and is forgotten", async () => {
  const clock = new TestClock();
  const controller = new AbortController();
  const slept = clock.sleepMs(60_000, controller.signal);
  expect(clock.sleeperCount).toBe(1);
  controller.abort();
  await slept;
  expect(clock.sleeperCount).toBe(0);
});
