/** Work on the store's files: who asks for it when it is done already, and who asks while other work is under way. */
import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import { ExclusiveWork } from "./exclusive-work.ts";
import type { ExclusiveWorkOptions } from "./exclusive-work.ts";
import { storePaths } from "./store-names.ts";

interface Watched {
  readonly work: ExclusiveWork;
  /** What was done, in its order. */
  readonly steps: string[];
}

function newWork(): Watched {
  const disk = new MemoryDisk().process("writer");
  disk.makeDirectory("/store");
  const steps: string[] = [];
  const work = new ExclusiveWork({
    machine: { disk, clock: new TestClock(), random: seededRandom(3), paths: storePaths("/store") },
    log: {},
    state: () => ({ generation: { manifest: { generation: 1 } } }),
    hold: () => {
      steps.push("hold");
      return () => void steps.push("let go");
    },
    adopt: () => undefined,
    refresh: () => void steps.push("refresh"),
  } as unknown as ExclusiveWorkOptions);
  return { work, steps };
}

test("what is not wanted any more once the newest generation is known is not begun", async () => {
  const { work, steps } = newWork();
  const isWanted = (): boolean => !steps.includes("refresh");
  const published = await work.do({ respectMs: Infinity, isWanted }, async () => {
    steps.push("work");
    return undefined;
  });
  expect(published).toBeUndefined();
  expect(steps).toEqual(["refresh"]);
});

test("what one process does is done one after the other, though the first fails", async () => {
  const { work, steps } = newWork();
  const isWanted = (): boolean => true;
  const first = work.do({ respectMs: 0, isWanted }, async () => {
    steps.push("first");
    await new Promise((resolve) => setImmediate(resolve));
    steps.push("first ends");
    throw new Error("no");
  });
  const second = work.do({ respectMs: 0, isWanted }, async () => {
    steps.push("second");
    return undefined;
  });
  await expect(first).rejects.toThrow("no");
  await second;
  await work.idle();
  expect(steps.join(" ")).toBe("refresh hold first first ends let go refresh hold second let go");
});
