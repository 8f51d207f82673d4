import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import type { Engine } from "../engine.ts";
import { commit } from "../testing/conformance/subject.ts";
import { openLocalEngine } from "./open-local-engine.ts";

const SEGMENT = "/store/wal/0000000000000001.jsonl";

async function openOn(memory: MemoryDisk): Promise<Engine> {
  const machine = { disk: memory.process("a"), clock: new TestClock(), random: seededRandom(3) };
  return openLocalEngine({ dir: "/store", create: true, ...machine });
}

function isDurable(memory: MemoryDisk, id: string): boolean {
  return Buffer.from(memory.crash().files().get(SEGMENT) ?? []).includes(`"${id}"`);
}

test("at the exit of the process every store is synced, also those behind one whose sync fails; the failure is told", async () => {
  const known = process.listeners("exit");
  const disks = [new MemoryDisk(), new MemoryDisk(), new MemoryDisk()] as const;
  const engines = [await openOn(disks[0]), await openOn(disks[1]), await openOn(disks[2])];
  for (const engine of engines) await commit(engine, async (tx) => tx.put("n", {}));
  const [atExit] = process.listeners("exit").filter((listener) => !known.includes(listener));
  disks[1].failNextSync(SEGMENT, "EIO");
  expect(() => atExit?.call(process, 0)).toThrow(expect.objectContaining({ code: "OUTCOME_UNKNOWN" }));
  expect(disks.map((disk) => isDurable(disk, "n"))).toEqual([true, false, true]);
  expect(process.listeners("exit")).toEqual(known);
  for (const engine of engines) await engine.close();
});
