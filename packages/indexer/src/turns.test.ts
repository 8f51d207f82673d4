import { TestClock } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

test("a turn begins with the first end, lasts as long as was said, and rests before the next", async () => {
  const clock = new TestClock();
  const asked: number[] = [];
  const turns = new Turns(clock, () => {
    asked.push(clock.monotonicMs());
    return { workMs: 16, restMs: 8 };
  });
  expect([turns.isOver, asked]).toEqual([true, []]);
  await turns.end();
  const startMs = clock.monotonicMs();
  expect([turns.isOver, asked]).toEqual([false, [startMs]]);
  clock.pauseMs(15);
  await turns.endWhenOver();
  expect(asked).toEqual([startMs]);
  clock.pauseMs(1);
  expect(turns.isOver).toBe(true);
  await clock.advanceWhileAsleep(turns.endWhenOver());
  // The rest is behind the turn it was said for.
  expect(asked).toEqual([startMs, startMs + 24]);
});

test("what is thrown when a turn begins ends the work", async () => {
  const turns = new Turns(new TestClock(), () => {
    throw new Error("overtaken");
  });
  await expect(turns.endWhenOver()).rejects.toThrow("overtaken");
});

test("without a rest the event loop has its turn all the same", async () => {
  const turns = new Turns(new TestClock());
  let isOthersTurn = false;
  setImmediate(() => (isOthersTurn = true));
  await turns.end();
  expect(isOthersTurn).toBe(true);
});
