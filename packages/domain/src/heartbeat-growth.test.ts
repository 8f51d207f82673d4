import type { Disk } from "@knotwork/disk";
import { expect, test } from "vitest";
import { defaultTtlMs } from "./claims.ts";
import { memoryKnot, memoryStore } from "./testing/memory-knot.ts";

const minuteMs = 60_000;

test("[D3] an agent-hour of heartbeats grows history by at most 1 KiB, and a day the store by as much an hour", async () => {
  const store = memoryStore();
  const knot = await memoryKnot({ store, as: "ada" });
  const disk = store.process("reader");
  await knot.tasks.create({ title: "Long work", id: "a", description: "x".repeat(2000) });
  const { fence, token } = await knot.tasks.claim("a");
  const measure = async (): Promise<{ readonly history: number; readonly store: number }> => {
    await knot.graph.checkpoint();
    return { history: bytesUnder(disk, "/.knot/history"), store: bytesUnder(disk, "/.knot") };
  };
  const work = async (hours: number): Promise<void> => {
    for (let minute = 0; minute < hours * 60; minute += 1) {
      knot.clock.advance(minuteMs);
      await knot.tasks.heartbeat("a", { fence, token, ttlMs: defaultTtlMs });
    }
  };
  const before = await measure();
  await work(1);
  const afterHour = await measure();
  expect(afterHour.history - before.history).toBeGreaterThan(0);
  expect(afterHour.history - before.history).toBeLessThanOrEqual(1024);
  // Whatever else a checkpoint writes, indexes and manifests, is shared by all that is in it: over a day it counts, too.
  await work(7);
  const afterDay = await measure();
  expect((afterDay.store - before.store) / 8).toBeLessThanOrEqual(1024);
  expect(await knot.tasks.claimOf("a")).toMatchObject({ fence, expired: false });
  expect((await knot.tasks.get("a"))?.version).toBe(2);
  expect(await knot.graph.check()).toMatchObject({ ok: true });
});

function bytesUnder(disk: Disk, path: string): number {
  let sum = 0;
  for (const name of disk.list(path)) {
    const inside = `${path}/${name}`;
    const stat = disk.stat(inside);
    sum += stat?.kind === "directory" ? bytesUnder(disk, inside) : (stat?.sizeBytes ?? 0);
  }
  return sum;
}
