/** Commits: what is there afterwards, once, and in which order. */
import { expect, test } from "vitest";
import type { AppliedChanges } from "../../engine.ts";
import { edgeId } from "../../index-keys.ts";
import { begin, commit, nextTxid, type Given } from "./subject.ts";

export function testCommits(given: Given): void {
  test("a commit makes all its writes visible with one seq, one time and its author", async () => {
    const seq = await commit(given.engine, async (tx) => {
      await tx.put("a", { n: 1 });
      await tx.put("b", { n: 2 });
    });
    const [a, b] = await given.engine.read(async (snapshot) => [await snapshot.get("a"), await snapshot.get("b")]);
    expect(a).toMatchObject({
      id: "a",
      type: "item",
      version: 1,
      seq,
      author: "tester",
      deleted: false,
      props: { n: 1 },
    });
    expect(b).toMatchObject({ version: 1, seq, props: { n: 2 } });
    expect(a?.createdAt).toBe(a?.updatedAt);
    expect(b?.updatedAt).toBe(a?.updatedAt);
    expect(await given.engine.head()).toBe(seq);
  });

  test("seqs increase and times never decrease", async () => {
    for (let i = 0; i < 5; i++) await commit(given.engine, (tx) => tx.put("a", { i }));
    const commits = await given.engine.commits({ limit: 10 });
    expect(commits).toHaveLength(5);
    for (const [i, { seq, time }] of commits.slice(1).entries()) {
      expect(seq).toBeGreaterThan(commits[i]?.seq ?? Infinity);
      expect(time >= (commits[i]?.time ?? "")).toBe(true);
    }
  });

  test("versions count on over a deletion, which is a version itself", async () => {
    await commit(given.engine, (tx) => tx.put("a", { n: 1 }));
    await commit(given.engine, (tx) => tx.put("a", { n: 2 }));
    await commit(given.engine, (tx) => tx.remove("a"));
    await commit(given.engine, (tx) => tx.put("a", { n: 4 }));
    const history = await given.engine.read((snapshot) => snapshot.history("a"));
    expect(history.map(({ version, deleted, props }) => [version, deleted, props])).toEqual([
      [1, false, { n: 1 }],
      [2, false, { n: 2 }],
      [3, true, {}],
      [4, false, { n: 4 }],
    ]);
    expect(history[1]?.createdAt).toBe(history[0]?.createdAt);
    expect(history[3]?.createdAt).toBe(history[3]?.updatedAt);
  });
}

export function testOnce(given: Given): void {
  test("a request sent again under its transaction id takes effect once", async () => {
    const tx = await begin(given.engine);
    await tx.put("a", { n: 1 });
    const request = tx.request();
    const first = await given.engine.commit(request);
    const second = await given.engine.commit({ ...request, resubmitted: true });
    expect(["committed", "duplicate"]).toContain(second.status);
    expect(second).toMatchObject({ seq: await given.engine.head(), time: "time" in first ? first.time : undefined });
    expect(await given.engine.read((snapshot) => snapshot.history("a"))).toHaveLength(1);
  });

  test("ENGINE I3: a known idempotency key gives the first result; of requests waiting with one key one commits", async () => {
    const send = async (id: string, result: number) => {
      const tx = await begin(given.engine);
      await tx.put(id);
      return await given.engine.commit(tx.request({ idempotency: { key: "k", fingerprint: "f", result } }));
    };
    const [first, mate] = await Promise.all([send("a", 1), send("b", 2)]);
    expect(first.status).toBe("committed");
    // An engine that cannot tell the result before the first is acknowledged lets the caller try again.
    expect(["duplicate", "conflict"]).toContain(mate.status);
    expect(await send("c", 3)).toMatchObject({ status: "duplicate", seq: await given.engine.head(), result: 1 });
    expect(await given.engine.findKey("k")).toMatchObject({ fingerprint: "f", result: 1 });
    expect(await given.engine.commits({ limit: 10 })).toMatchObject([{ key: "k" }]);
  });

  test("ENGINE I3: a known key with another fingerprint is an error, and nothing happens", async () => {
    const tx = await begin(given.engine);
    await tx.put("a");
    await given.engine.commit(tx.request({ idempotency: { key: "k", fingerprint: "f", result: null } }));
    const other = await begin(given.engine);
    await other.put("b");
    const reused = given.engine.commit(other.request({ idempotency: { key: "k", fingerprint: "g", result: null } }));
    await expect(reused).rejects.toMatchObject({ code: "KEY_REUSED" });
    expect(await given.engine.read((snapshot) => snapshot.get("b"))).toBeUndefined();
  });

  test("ENGINE I3: a request that conflicts leaves its key free", async () => {
    const tx = await begin(given.engine);
    await tx.put("a");
    await commit(given.engine, (other) => other.put("a"));
    const request = tx.request({ idempotency: { key: "k", fingerprint: "", result: 1 } });
    expect((await given.engine.commit(request)).status).toBe("conflict");
    expect(await given.engine.findKey("k")).toBeUndefined();
  });

  test("a request without writes commits nothing", async () => {
    await commit(given.engine, (tx) => tx.put("a"));
    const tx = await begin(given.engine);
    await tx.read("a");
    expect((await given.engine.commit(tx.request({ durability: "balanced" }))).status).toBe("committed");
    expect(await given.engine.commits({ limit: 10 })).toHaveLength(1);
  });
}

export function testListing(given: Given): void {
  test("commits are listed with what changed, forward and backward, after and before a seq", async () => {
    await commit(given.engine, (tx) => tx.put("a"));
    await commit(given.engine, (tx) => tx.put("b"));
    await commit(given.engine, (tx) => tx.link("a", "TO", "b"));
    const tx = await begin(given.engine);
    await tx.remove("a");
    await given.engine.commit(tx.request({ author: "bob", session: "s1", txid: nextTxid() }));
    const all = await given.engine.commits({ limit: 10 });
    const seqs = all.map(({ seq }) => seq);
    expect(all.map(({ changes }) => changes.map(({ op, id, version }) => [op, id, version]))).toEqual([
      [["put", "a", 1]],
      [["put", "b", 1]],
      [["put", edgeId("a", "TO", "b"), 1]],
      [["delete", "a", 2]],
    ]);
    expect(all[2]?.changes[0]).toMatchObject({ type: "TO", from: "a", to: "b" });
    expect(all[3]).toMatchObject({ author: "bob", session: "s1" });
    const list = async (options: object) =>
      (await given.engine.commits({ limit: 10, ...options })).map(({ seq }) => seq);
    expect(await list({ limit: 2 })).toEqual(seqs.slice(0, 2));
    expect(await list({ reverse: true, limit: 2 })).toEqual(seqs.slice(2).reverse());
    expect(await list({ after: seqs[1] })).toEqual(seqs.slice(2));
    expect(await list({ before: seqs[2] })).toEqual(seqs.slice(0, 2));
    expect(await list({ after: seqs[0], before: seqs[3], reverse: true })).toEqual([seqs[2], seqs[1]]);
  });
}

/** What is told to those who listen, and what a check says. */
export function testListeners(given: Given): void {
  test("listeners hear of every commit in order, no later than its acknowledgement", async () => {
    const heard: AppliedChanges[] = [];
    const stop = given.engine.onApplied((changes) => heard.push(changes));
    const first = await commit(given.engine, (tx) => tx.put("a"));
    expect(heard.at(-1)?.seq).toBe(first);
    const second = await commit(given.engine, async (tx) => {
      await tx.put("b");
      await tx.remove("a");
    });
    expect(heard.map(({ seq }) => seq)).toEqual([first, second]);
    expect(new Set(heard[1]?.ids)).toEqual(new Set(["a", "b"]));
    stop();
    await commit(given.engine, (tx) => tx.put("c"));
    expect(heard).toHaveLength(2);
  });

  test("listeners hear which edges came and went, with their ends", async () => {
    const heard: AppliedChanges[] = [];
    await commit(given.engine, async (tx) => {
      await tx.put("a");
      await tx.put("b");
    });
    const stop = given.engine.onApplied((changes) => heard.push(changes));
    await commit(given.engine, (tx) => tx.link("a", "TO", "b"));
    await commit(given.engine, (tx) => tx.remove(edgeId("a", "TO", "b")));
    stop();
    const edges = heard.flatMap((changes) => (changes.ids === "everything" ? [] : changes.changes));
    const edge = { id: edgeId("a", "TO", "b"), type: "TO", from: "a", to: "b" };
    expect(edges).toMatchObject([
      { op: "put", ...edge },
      { op: "delete", ...edge },
    ]);
  });

  test("a store without damage passes its check", async () => {
    await commit(given.engine, async (tx) => {
      await tx.put("a");
      await tx.put("b");
    });
    await commit(given.engine, (tx) => tx.link("a", "TO", "b"));
    expect(await given.engine.check()).toMatchObject({ ok: true, problems: [] });
  });
}
