import type { CommitRequest, ReadStamp, StoredVersion } from "@knotwork/graph";
import { expect, test } from "vitest";
import { storeDir } from "./crash-workload.ts";
import { createdWorld } from "./created-world.ts";
import { expectNothingElse, readPairs } from "./pair-commits.ts";

const CHECKPOINTS = 10;

test("ENGINE K4: a snapshot held over ten checkpoints of another process gives the same answers, and is collected only after", async () => {
  const world = await createdWorld();
  const reader = await world.open("reader");
  const a = await world.open("a");
  const held = [
    { names: ["first", "second"], snapshot: await reader.pin() },
    { names: ["first"], snapshot: await reader.asOf(2) },
  ];
  const manifests = (): readonly string[] =>
    [...world.memory.files().keys()].filter((path) => path.startsWith(`${storeDir}/manifest/`));
  const [heldManifest = ""] = manifests();
  const names = ["first", "second"];
  for (let count = 0; count < CHECKPOINTS; count += 1) {
    await world.commit(a, `commit ${count}`);
    names.push(`commit ${count}`);
    await a.checkpoint();
    if (count === 4) held.push({ names: [...names], snapshot: await reader.pin() });
    for (const { names: expected, snapshot } of held) {
      await expectNothingElse(snapshot, expected);
      expect(await snapshot.history("sum")).toHaveLength(expected.length);
      expect(await snapshot.get(`left-commit ${count}`)).toEqual(
        expected.includes(`commit ${count}`) ? expect.objectContaining({ version: 1 }) : undefined,
      );
    }
    expect(manifests()).toContain(heldManifest);
  }
  for (const { snapshot } of held) snapshot.release();
  expect((await readPairs(reader)).map(({ name }) => name)).toEqual(names);
  await world.commit(a, "last");
  await a.checkpoint();
  expect(manifests()).not.toContain(heldManifest);
  expect(manifests()).toHaveLength(1);
  expect((await readPairs(reader)).map(({ name }) => name)).toEqual([...names, "last"]);
  for (const engine of [reader, a]) await engine.close();
});

for (const readOnly of [false, true]) {
  test(`ENGINE K4: a process ${readOnly ? "that only reads and " : ""}was idle over ten checkpoints sees everything at its next call`, async () => {
    const world = await createdWorld();
    const idle = await world.open("idle", { readOnly });
    const forgotten: (number | "everything")[] = [];
    idle.onApplied(({ ids }) => forgotten.push(ids === "everything" ? ids : ids.length));
    const a = await world.open("a");
    for (let count = 0; count < CHECKPOINTS; count += 1) {
      await world.commit(a, `commit ${count}`);
      await a.checkpoint();
    }
    expect(await idle.head()).toBe(await a.head());
    // It skipped records that are only in history by now: whoever caches must not trust what it kept.
    expect(forgotten).toContain("everything");
    expect(await readPairs(idle)).toEqual(await readPairs(a));
    if (!readOnly) await world.commit(idle, "by the idle one");
    expect(await readPairs(a)).toEqual(await readPairs(idle));
    expect(await idle.check()).toMatchObject({ ok: true, problems: [] });
    for (const engine of [idle, a]) await engine.close();
  });
}

test("ENGINE K4: a transaction begun before ten checkpoints of another process does not commit over what they changed", async () => {
  const world = await createdWorld();
  const reader = await world.open("reader");
  const a = await world.open("a");
  const begun = await reader.pin();
  const stale = stampOf(await begun.get("sum"));
  for (let count = 0; count < CHECKPOINTS; count += 1) {
    await world.commit(a, `commit ${count}`);
    await a.checkpoint();
  }
  const request = (snapshotSeq: number, sum: ReadStamp): CommitRequest => ({
    txid: "04000000000000000000000001",
    author: "reader",
    snapshotSeq,
    reads: new Map([
      ["late", { version: 0, seq: 0 }],
      ["sum", sum],
    ]),
    ranges: [],
    writes: [{ op: "put", id: "late", type: "item", version: 1, props: {} }],
    durability: "balanced",
  });
  expect(await reader.commit(request(begun.seq, stale))).toMatchObject({ status: "conflict" });
  expect(await a.read((snapshot) => snapshot.get("late"))).toBeUndefined();
  begun.release();
  const now = await reader.pin();
  const outcome = await reader.commit(request(now.seq, stampOf(await now.get("sum"))));
  expect(outcome).toMatchObject({ status: "committed", seq: now.seq + 1 });
  now.release();
  expect(await a.read((snapshot) => snapshot.get("late"))).toMatchObject({ version: 1 });
  for (const engine of [reader, a]) await engine.close();
});

function stampOf(version: StoredVersion | undefined): ReadStamp {
  return { version: version?.version ?? 0, seq: version?.seq ?? 0 };
}
