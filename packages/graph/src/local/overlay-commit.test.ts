import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { decodeRecord } from "@knotwork/wal";
import type { Segment } from "@knotwork/wal";
import { expect, test, vi } from "vitest";
import { commit } from "../testing/conformance/subject.ts";
import { openLocalEngine } from "./open-local-engine.ts";
import { OverlayCommit } from "./overlay-commit.ts";

/** A commit of so many nodes, as often as asked for as another process reads it. */
async function commitOf(count: number): Promise<() => OverlayCommit> {
  const memory = new MemoryDisk();
  const machine = { disk: memory.process("writer"), clock: new TestClock(), random: seededRandom(1) };
  const engine = await openLocalEngine({ dir: "/store", create: true, ...machine });
  await commit(engine, async (tx) => {
    for (let at = 0; at < count; at += 1) await tx.put(`N-${at}`, { at, text: "ä]".repeat(at % 7) });
  });
  await engine.close();
  const [, log = Buffer.alloc(0)] = [...memory.files()].find(([path]) => path.endsWith("1.jsonl")) ?? [];
  const bytes = Buffer.from(log);
  const start = bytes.indexOf("\n") + 1;
  return () => {
    const record = decodeRecord(bytes, start, bytes.indexOf("\n", start), start);
    if (record === undefined) throw new Error("the record is not sound");
    return new OverlayCommit(record.head, record.location, {} as Segment, 0);
  };
}

function parsesOf(work: () => void): number {
  const spy = vi.spyOn(JSON, "parse");
  try {
    work();
    return spy.mock.calls.length;
  } finally {
    spy.mockRestore();
  }
}

test("one version says the same as all of them, each in its place", async () => {
  for (const count of [1, 15, 16, 17, 100]) {
    const read = await commitOf(count);
    const all = read().versions;
    expect(all.map(({ id }) => id)).toEqual(Array.from({ length: count }, (_, at) => `N-${at}`));
    const single = read();
    for (const version of all) expect(single.versionOf(version.id)).toEqual({ ...version, commit: single });
    expect(single.versionOf("N-none")).toBeUndefined();
  }
});

test("of a short record one row is parsed, of a long one the head, once", async () => {
  const short = (await commitOf(10))();
  // The row, and the sizes of the bodies.
  expect(parsesOf(() => short.versionOf("N-7"))).toBe(2);
  expect(parsesOf(() => short.versionOf("N-7"))).toBe(0);
  const read = await commitOf(2000);
  const long = read();
  expect(parsesOf(() => long.ids.map((id) => long.versionOf(id)))).toBeLessThanOrEqual(2);
  expect(parsesOf(() => read().versions)).toBeLessThanOrEqual(2);
});
