/** Reads: scans in order, snapshots that never change, the past, new indexes, other engines over the same store. */
import { encodeKeyPart } from "@knotwork/indexer";
import { expect, test } from "vitest";
import type { IndexDefinition } from "../../engine.ts";
import { edgeInterval, prefixInterval, typeInterval } from "../../index-intervals.ts";
import { edgeId, indexName } from "../../index-keys.ts";
import { begin, commit, scanIds, statusOf, type Given } from "./subject.ts";

const order = ["high", "low"];
const parts = [{ field: "priority", order }, { field: "tags" }];
const byPriority: IndexDefinition = { name: indexName("item", parts), type: "item", parts };
const wholeIndex = prefixInterval(byPriority.name, "");

export function testScans(given: Given): void {
  test("an id that never was has no version, no history and no place in a scan", async () => {
    const snapshot = await given.engine.pin();
    expect(await snapshot.get("a")).toBeUndefined();
    expect(await snapshot.history("a")).toEqual([]);
    expect(await scanIds(snapshot, typeInterval("item"))).toEqual([]);
    snapshot.release();
  });

  test("a scan gives each live entity once, in key order, backward in reverse, page by page", async () => {
    const ids = Array.from({ length: 30 }, (_, i) => `n${String(i).padStart(2, "0")}`);
    for (let i = 0; i < 30; i += 10) {
      await commit(given.engine, async (tx) => {
        for (const id of ids.slice(i, i + 10)) await tx.put(id);
      });
    }
    await commit(given.engine, (tx) => tx.remove("n07"));
    const expected = ids.filter((id) => id !== "n07");
    const snapshot = await given.engine.pin();
    for (const limit of [1, 7, 1000]) {
      expect(await scanIds(snapshot, typeInterval("item"), { limit })).toEqual(expected);
      expect(await scanIds(snapshot, typeInterval("item"), { limit, reverse: true })).toEqual(expected.toReversed());
    }
    snapshot.release();
  });

  test("edges are found from both ends, by type and without", async () => {
    await commit(given.engine, async (tx) => {
      for (const id of ["a", "b", "c"]) await tx.put(id);
      await tx.link("a", "TO", "b");
      await tx.link("a", "TO", "c");
      await tx.link("a", "OTHER", "c");
    });
    const snapshot = await given.engine.pin();
    const [ab, ac, other] = [edgeId("a", "TO", "b"), edgeId("a", "TO", "c"), edgeId("a", "OTHER", "c")];
    expect(await scanIds(snapshot, edgeInterval("out", "a"))).toEqual([other, ab, ac]);
    expect(await scanIds(snapshot, edgeInterval("out", "a", "TO"))).toEqual([ab, ac]);
    expect(await scanIds(snapshot, edgeInterval("in", "c"))).toEqual([other, ac]);
    expect(await scanIds(snapshot, typeInterval("TO"))).toEqual([ab, ac].sort());
    expect(await snapshot.get(ab)).toMatchObject({ type: "TO", from: "a", to: "b" });
    snapshot.release();
  });
}

export function testSnapshots(given: Given): void {
  test("a pinned snapshot answers the same whatever commits later, in the middle of a scan too", async () => {
    await given.engine.define([byPriority]);
    await commit(given.engine, async (tx) => {
      await tx.put("a", { priority: "low", tags: ["x", "y"] });
      await tx.put("b", { priority: "high" });
    });
    const snapshot = await given.engine.pin();
    const first = await snapshot.scan({ ...wholeIndex, limit: 1 });
    const last = first.hits.at(-1)?.key ?? "";
    await commit(given.engine, (tx) => tx.put("a", { priority: "high", tags: ["z"] }));
    await commit(given.engine, (tx) => tx.remove("b"));
    await commit(given.engine, (tx) => tx.put("c", { priority: "low", tags: ["x"] }));
    expect(first.hits.map(({ id }) => id)).toEqual(["b"]);
    expect(await scanIds(snapshot, { ...wholeIndex, lower: `${last}\0` })).toEqual(["a", "a"]);
    expect(await scanIds(snapshot, wholeIndex)).toEqual(["b", "a", "a"]);
    expect(await scanIds(snapshot, wholeIndex, { reverse: true, limit: 1 })).toEqual(["a", "a", "b"]);
    expect(await snapshot.get("a")).toMatchObject({ version: 1, props: { priority: "low" } });
    expect(await snapshot.get("c")).toBeUndefined();
    expect(await snapshot.history("b")).toHaveLength(1);
    snapshot.release();
    const now = await given.engine.pin();
    expect(await scanIds(now, wholeIndex)).toEqual(["a", "c"]);
    expect(await now.get("b")).toMatchObject({ version: 2, deleted: true, props: {} });
    now.release();
  });

  test("asOf gives the state at a seq or at a time; the future is refused", async () => {
    const seqs: number[] = [];
    for (let i = 0; i < 4; i++) seqs.push(await commit(given.engine, (tx) => tx.put("a", { i })));
    for (const [i, seq] of seqs.entries()) {
      const snapshot = await given.engine.asOf(seq);
      expect(snapshot.seq).toBe(seq);
      expect(await snapshot.get("a")).toMatchObject({ version: i + 1, props: { i } });
      snapshot.release();
    }
    const [first] = await given.engine.commits({ limit: 1 });
    const before = await given.engine.asOf(new Date(Date.parse(first?.time ?? "") - 1));
    expect(await before.get("a")).toBeUndefined();
    before.release();
    const now = await given.engine.asOf(new Date(Date.parse(first?.time ?? "") + 3_600_000));
    expect(await now.get("a")).toMatchObject({ version: 4 });
    now.release();
    await expect((async () => await given.engine.asOf((seqs.at(-1) ?? 0) + 1))()).rejects.toThrow(RangeError);
  });
}

export function testDefinitions(given: Given): void {
  test("an index defined over data that is there already answers rightly or says it cannot", async () => {
    await commit(given.engine, async (tx) => {
      await tx.put("a", { priority: "low" });
      await tx.put("b", { priority: "high", tags: ["x", "y"] });
      await tx.put("c");
    });
    await commit(given.engine, (tx) => tx.remove("a"));
    await given.engine.define([byPriority]);
    await commit(given.engine, (tx) => tx.put("d", { priority: "high", tags: ["w"] }));
    for (const settle of [async () => {}, async () => await given.engine.checkpoint()]) {
      await settle();
      const snapshot = await given.engine.pin();
      if (snapshot.hasIndex(byPriority.name)) {
        expect(await scanIds(snapshot, wholeIndex)).toEqual(["c", "d", "b", "b"]);
      }
      snapshot.release();
    }
    expect(await given.engine.check()).toMatchObject({ ok: true, problems: [] });
  });

  test("an index defined before its data is there from the first entity on", async () => {
    await given.engine.define([byPriority]);
    await given.engine.define([byPriority]);
    await commit(given.engine, (tx) => tx.put("a", { priority: "low" }));
    const snapshot = await given.engine.pin();
    expect(snapshot.hasIndex(byPriority.name)).toBe(true);
    expect(snapshot.hasIndex("item/unknown")).toBe(false);
    expect(await scanIds(snapshot, prefixInterval(byPriority.name, encodeKeyPart(1)))).toEqual(["a"]);
    snapshot.release();
  });
}

export function testSharing(given: Given): void {
  test("another engine over the same store sees every acknowledged commit, and conflicts with it", async () => {
    const second = await given.subject.second?.();
    if (second === undefined) return;
    for (let i = 1; i <= 5; i++) {
      const [writer, reader] = i % 2 === 0 ? [given.engine, second] : [second, given.engine];
      const seq = await commit(writer, (tx) => tx.put("a", { i }));
      expect(await reader.head()).toBe(seq);
      expect(await reader.read((snapshot) => snapshot.get("a"))).toMatchObject({ version: i, props: { i } });
    }
    const tx = await begin(given.engine);
    await tx.put("a");
    await commit(second, (other) => other.put("a"));
    expect(await statusOf(given.engine.commit(tx.request()))).toBe("conflict");
    const keyed = await begin(given.engine);
    await keyed.put("b");
    await given.engine.commit(keyed.request({ idempotency: { key: "k", fingerprint: "", result: 7 } }));
    expect(await second.findKey("k")).toMatchObject({ result: 7 });
    await second.close();
  });

  test("everything is there after the store is opened again", async () => {
    await given.engine.define([byPriority]);
    const keyed = await begin(given.engine);
    await keyed.put("a", { priority: "low", tags: ["x"] });
    await given.engine.commit(keyed.request({ idempotency: { key: "k", fingerprint: "f", result: { n: 1 } } }));
    await commit(given.engine, (tx) => tx.put("b", { priority: "high" }));
    await commit(given.engine, (tx) => tx.remove("b"));
    const before = await given.engine.commits({ limit: 10 });
    const engine = await given.subject.reopen?.();
    if (engine === undefined) return;
    expect(await engine.commits({ limit: 10 })).toEqual(before);
    expect(await engine.findKey("k")).toMatchObject({ fingerprint: "f", result: { n: 1 } });
    expect(await engine.read((snapshot) => snapshot.history("b"))).toMatchObject([{ version: 1 }, { deleted: true }]);
    expect(await engine.read((snapshot) => scanIds(snapshot, wholeIndex))).toEqual(["a"]);
    expect(await commit(engine, (tx) => tx.put("b"))).toBe((before.at(-1)?.seq ?? 0) + 1);
    expect(await engine.check()).toMatchObject({ ok: true, problems: [] });
  });
}
