import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { machineClock } from "./machine-clock.ts";

test("the monotonic clock is one for all processes of the machine", () => {
  const clock = machineClock();
  const before = clock.monotonicMs();
  const print = "const [s, ns] = process.hrtime(); console.log(s * 1000 + ns / 1e6)";
  const inOtherProcess = Number(execFileSync(process.execPath, ["-e", print], { encoding: "utf8" }));
  const after = clock.monotonicMs();
  expect(inOtherProcess).toBeGreaterThan(before);
  expect(inOtherProcess).toBeLessThan(after);
});

test("the boot has a name that does not change", () => {
  expect(machineClock().bootId()).toMatch(/^\S{8,}$/);
  expect(machineClock().bootId()).toBe(machineClock().bootId());
});

test("where the kernel does not name the boot, its time does", () => {
  const clock = machineClock({ bootIdPath: "/nowhere/boot_id" });
  expect(clock.bootId()).toMatch(/^booted-\d+$/);
  expect(clock.bootId()).toBe(clock.bootId());
});

test("pauses and sleeps last at least as long as asked, to a millisecond", async () => {
  const clock = machineClock();
  const start = clock.monotonicMs();
  clock.pauseMs(5);
  expect(clock.monotonicMs() - start).toBeGreaterThanOrEqual(5);
  const beforeSleep = clock.monotonicMs();
  await clock.sleepMs(5);
  expect(clock.monotonicMs() - beforeSleep).toBeGreaterThanOrEqual(4);
});

test("the wall clock counts from 1970", () => {
  expect(Math.abs(machineClock().nowMs() - Date.now())).toBeLessThan(1000);
});

test("a sleep ends when its signal is aborted, without an error", async () => {
  const controller = new AbortController();
  const slept = machineClock().sleepMs(60_000, controller.signal);
  controller.abort(new Error("enough"));
  await slept;
  await machineClock().sleepMs(60_000, controller.signal);
});
