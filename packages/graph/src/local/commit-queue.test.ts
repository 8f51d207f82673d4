import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import type { CommitOutcome, Durability, Engine } from "../engine.ts";
import { begin } from "../testing/conformance/subject.ts";
import { openLocalEngine } from "./open-local-engine.ts";

test("ENGINE D3: a key that is found under the lock is answered only when the commit it names is durable", async () => {
  const memory = new MemoryDisk();
  const [ours, theirs] = [await openOn(memory, "ours"), await openOn(memory, "theirs")];
  expect(await putUnderKey(theirs, "relaxed")).toMatchObject({ status: "committed", seq: 1 });
  expect(await keyAfterPowerCut(memory)).toBeUndefined();
  // Asked for without a look at the key first: the queue finds it where it would append.
  expect(await putUnderKey(ours, "balanced")).toMatchObject({ status: "duplicate", seq: 1 });
  expect(await keyAfterPowerCut(memory)).toMatchObject({ seq: 1 });
  await Promise.all([ours.close(), theirs.close()]);
});

async function openOn(memory: MemoryDisk, process: string): Promise<Engine> {
  return openLocalEngine({
    dir: "/store",
    disk: memory.process(process),
    clock: new TestClock(),
    random: seededRandom(process.length),
    create: true,
  });
}

async function putUnderKey(engine: Engine, durability: Durability): Promise<CommitOutcome> {
  const tx = await begin(engine);
  await tx.put("x", { n: 1 });
  return engine.commit(tx.request({ durability, idempotency: { key: "key", fingerprint: "put x", result: null } }));
}

async function keyAfterPowerCut(memory: MemoryDisk): Promise<unknown> {
  const engine = await openOn(memory.crash(), "after");
  const found = await engine.findKey("key");
  await engine.close();
  return found;
}
