/** Syncs in the thread pool, beside which others go on: what their success proves. */
import { expect, test } from "vitest";
import { LogWorld, segmentPath } from "./testing/log-world.ts";

const SEGMENT = segmentPath(1);

test("ENGINE D1: a sync that succeeds over a file that was replaced meanwhile is no proof either", async () => {
  const world = LogWorld.create();
  const [b, c] = [world.open("b"), world.open("c")];
  await b.commit("1");
  await b.write("2");
  const { dev, ino } = world.stranger.stat(SEGMENT) ?? { dev: 0n, ino: 0n };
  let release = (): void => undefined;
  world.memory.onAsyncSync = async ({ process }) =>
    process === "b" ? new Promise<void>((resolve) => (release = resolve)) : undefined;
  const told = b.log.waitDurableInBackground(2);
  // Another process says only now that its sync failed before b opened the file, so that b is told nothing of it; the kernel dropped
  // the page, and c replaces the segment without it.
  world.marks.addSuspect({ segment: "0000000000000001.jsonl", dev: String(dev), ino: String(ino), seq: 1 });
  world.stranger.open(SEGMENT, "read-write").write(Buffer.alloc(20), world.segmentBytes().indexOf('"seq":2'));
  await c.commit("another 2");
  release();
  await expect(told).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
  await expect(b.write("3")).rejects.toMatchObject({ code: "HANDLE_POISONED" });
});

test("ENGINE D1: a log that syncs only in place is never beside a sync in flight: what it waited for is durable", async () => {
  const world = LogWorld.create();
  const a = world.open("a", { syncsOnlyInPlace: true });
  world.memory.onAsyncSync = async () => new Promise<void>(() => undefined);
  await a.write("1");
  void a.log.waitDurableInBackground(1);
  await a.write("2");
  void a.log.waitDurable(2);
  await a.write("3");
  a.log.waitDurableBlocking(3);
  expect([a.log.durableSeq, world.marks.read().mark]).toEqual([3, 3]);
});
