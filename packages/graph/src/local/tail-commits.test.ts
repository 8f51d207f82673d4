import { randomToken } from "@knotwork/disk";
import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import { commit } from "../testing/conformance/subject.ts";
import { HashChains } from "./hash-chains.ts";
import { openLocalEngine } from "./open-local-engine.ts";

const NAMES = 300_000;

/** Two ids that stand in one chain, one behind the other. */
function twins(): readonly [string, string] {
  const random = seededRandom(2);
  const names = Array.from({ length: NAMES }, () => randomToken(random, 12));
  const chains = new HashChains();
  for (const [n, name] of names.entries()) {
    const entry = chains.first(name);
    if (entry !== undefined) return [names[chains.valueAt(entry)] ?? "", name];
    chains.add(name, n);
  }
  throw new Error(`no two of ${NAMES} names have one hash`);
}

test("of two entities of one commit whose ids have one hash, each has its own versions, each once, in a tail of places alone", async () => {
  const [one, other] = twins();
  const machine = { disk: new MemoryDisk().process("p"), clock: new TestClock(), random: seededRandom(1) };
  const engine = await openLocalEngine({ dir: "/store", create: true, tailBytesMax: 0, ...machine });
  for (const n of [1, 2])
    await commit(engine, async (tx) => {
      await tx.put(one, { of: "one", n });
      await tx.put(other, { of: "other", n });
    });
  await engine.read(async (snapshot) => {
    for (const [id, of] of [
      [one, "one"],
      [other, "other"],
    ] as const) {
      expect((await snapshot.get(id))?.props).toEqual({ of, n: 2 });
      expect((await snapshot.history(id)).map(({ version, props }) => [version, props])).toEqual([
        [1, { of, n: 1 }],
        [2, { of, n: 2 }],
      ]);
    }
  });
  expect(await engine.check()).toMatchObject({ ok: true, problems: [] });
  await engine.close();
});
