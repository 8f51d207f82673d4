import { expect, test } from "vitest";
import { leaseLeftMs, newLease } from "./lease.ts";
import { ManualClock } from "./testing/manual-clock.ts";

test("a lease runs out when its time has gone by", () => {
  const clock = new ManualClock();
  const lease = newLease(clock, 1000);
  expect(leaseLeftMs(clock, lease)).toBe(1000);
  clock.advance(999);
  expect(leaseLeftMs(clock, lease)).toBe(1);
  clock.advance(1);
  expect(leaseLeftMs(clock, lease)).toBe(0);
});

test("within a boot a step of the wall clock neither ends nor prolongs a lease", () => {
  const clock = new ManualClock();
  const lease = newLease(clock, 1000);
  clock.setWall(3_600_000);
  expect(leaseLeftMs(clock, lease)).toBe(1000);
  clock.setWall(-7_200_000);
  clock.advance(1000);
  expect(leaseLeftMs(clock, lease)).toBe(0);
});

test("after another boot the wall clock decides", () => {
  const clock = new ManualClock();
  const lease = newLease(clock, 1000);
  clock.reboot();
  expect(leaseLeftMs(clock, lease)).toBe(1000);
  clock.setWall(1000);
  expect(leaseLeftMs(clock, lease)).toBe(0);
});
