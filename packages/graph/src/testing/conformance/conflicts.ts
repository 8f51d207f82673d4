/** Conflicts: two transactions never both commit if one saw what the other changed. */
import { encodeKeyPart, encodeTextPrefix } from "@knotwork/indexer";
import { expect, test } from "vitest";
import type { Engine, IndexDefinition } from "../../engine.ts";
import { edgeInterval, prefixInterval, typeInterval } from "../../index-intervals.ts";
import { edgeId, indexName } from "../../index-keys.ts";
import { begin, commit, statusOf, type TestTransaction, type Given } from "./subject.ts";

const parts = [{ field: "status" }];
const byStatus: IndexDefinition = { name: indexName("item", parts), type: "item", parts };
const open = (status: string) => prefixInterval(byStatus.name, encodeKeyPart(status));

export function testEntityConflicts(given: Given): void {
  test("ENGINE I1: an entity that changed since it was read is a conflict that names its versions", async () => {
    await commit(given.engine, (tx) => tx.put("a", { n: 1 }));
    const tx = await begin(given.engine);
    await tx.put("a", { n: 2 });
    await commit(given.engine, (other) => other.put("a", { n: 3 }));
    expect(await given.engine.commit(tx.request())).toMatchObject({
      status: "conflict",
      conflicts: [{ id: "a", expectedVersion: 1, actualVersion: 2 }],
    });
    expect((await given.engine.read((snapshot) => snapshot.get("a")))?.props).toEqual({ n: 3 });
  });

  test("ENGINE I1: so is one that was absent and is there, one that was there and is deleted, one deleted and made anew", async () => {
    expect(
      await race(
        given.engine,
        (tx) => tx.read("a"),
        (tx) => tx.put("a"),
      ),
    ).toBe("conflict");
    expect(
      await race(
        given.engine,
        (tx) => tx.read("a"),
        (tx) => tx.remove("a"),
      ),
    ).toBe("conflict");
    expect(
      await race(
        given.engine,
        (tx) => tx.read("a"),
        (tx) => tx.put("a"),
      ),
    ).toBe("conflict");
  });

  test("ENGINE I1: what nobody read may change", async () => {
    await commit(given.engine, (tx) => tx.put("a"));
    expect(
      await race(
        given.engine,
        (tx) => tx.read("b"),
        (tx) => tx.put("a"),
      ),
    ).toBe("committed");
  });
}

export function testRangeConflicts(given: Given): void {
  test("ENGINE I1: a new entity in a range that was read is a conflict, one outside is not", async () => {
    await commit(given.engine, (tx) => tx.put("seed"));
    expect(
      await race(
        given.engine,
        (tx) => tx.readRange(typeInterval("item")),
        (tx) => tx.put("new"),
      ),
    ).toBe("conflict");
    expect(
      await race(
        given.engine,
        (tx) => tx.readRange(typeInterval("other")),
        (tx) => tx.put("newer"),
      ),
    ).toBe("committed");
  });
}

export function testFieldConflicts(given: Given): void {
  test("ENGINE I1: an entity that leaves a range by deletion or by a changed field is a conflict", async () => {
    await given.engine.define([byStatus]);
    await commit(given.engine, async (tx) => {
      await tx.put("a", { status: "open" });
      await tx.put("b", { status: "open" });
    });
    expect(
      await race(
        given.engine,
        (tx) => tx.readRange(open("open")),
        (tx) => tx.put("a", { status: "done" }),
      ),
    ).toBe("conflict");
    expect(
      await race(
        given.engine,
        (tx) => tx.readRange(open("open")),
        (tx) => tx.remove("b"),
      ),
    ).toBe("conflict");
  });

  test("ENGINE I1: an entity that enters a range by a changed field is a conflict; a change elsewhere is not", async () => {
    await given.engine.define([byStatus]);
    await commit(given.engine, async (tx) => {
      await tx.put("a", { status: "done" });
      await tx.put("b", { status: "done" });
    });
    expect(
      await race(
        given.engine,
        (tx) => tx.readRange(open("open")),
        (tx) => tx.put("a", { status: "open" }),
      ),
    ).toBe("conflict");
    expect(
      await race(
        given.engine,
        (tx) => tx.readRange(open("open")),
        (tx) => tx.put("b", { status: "late" }),
      ),
    ).toBe("committed");
  });

  test("ENGINE I1: a range of words conflicts with a text that comes to hold one of them, and with no other", async () => {
    const byWords: IndexDefinition = { name: "item/words", type: "item", parts: [{ field: "text" }], kind: "text" };
    await given.engine.define([byWords]);
    await commit(given.engine, (tx) => tx.put("a", { text: "a heron" }));
    const herons = (tx: TestTransaction) =>
      tx.readRange({ index: "item/words", lower: encodeTextPrefix("heron"), upper: encodeTextPrefix("heroo") });
    expect(await race(given.engine, herons, (tx) => tx.put("b", { text: "two Herons" }))).toBe("conflict");
    expect(await race(given.engine, herons, (tx) => tx.put("c", { text: "a stork" }))).toBe("committed");
    expect(await race(given.engine, herons, (tx) => tx.put("a", { text: "a hare" }))).toBe("conflict");
  });
}

export function testLimitConflicts(given: Given): void {
  test("ENGINE I1: the end of an interval that a limit stopped at is part of it, what comes after is not", async () => {
    await commit(given.engine, async (tx) => {
      for (const id of ["a", "c", "e"]) await tx.put(id);
    });
    const upTo = (id: string) => {
      const { index, lower } = typeInterval("item");
      return { index, lower, upper: `${encodeKeyPart("item")}${encodeKeyPart(id)}\0` };
    };
    expect(
      await race(
        given.engine,
        (tx) => tx.readRange(upTo("c")),
        (tx) => tx.put("d"),
      ),
    ).toBe("committed");
    expect(
      await race(
        given.engine,
        (tx) => tx.readRange(upTo("c")),
        (tx) => tx.put("b"),
      ),
    ).toBe("conflict");
    expect(
      await race(
        given.engine,
        (tx) => tx.readRange(upTo("c")),
        (tx) => tx.remove("c"),
      ),
    ).toBe("conflict");
  });
}

export function testEdgeConflicts(given: Given): void {
  test("ENGINE I1: ranges of edges conflict from both ends", async () => {
    await commit(given.engine, async (tx) => {
      for (const id of ["a", "b", "c"]) await tx.put(id);
    });
    const out = (tx: TestTransaction) => tx.readRange(edgeInterval("out", "a", "TO"));
    const into = (tx: TestTransaction) => tx.readRange(edgeInterval("in", "c"));
    expect(await race(given.engine, out, (tx) => tx.link("a", "TO", "b"))).toBe("conflict");
    expect(await race(given.engine, out, (tx) => tx.link("a", "OTHER", "b"))).toBe("committed");
    expect(await race(given.engine, into, (tx) => tx.link("b", "TO", "c"))).toBe("conflict");
    expect(await race(given.engine, into, (tx) => tx.link("c", "TO", "b"))).toBe("committed");
    expect(await race(given.engine, into, (tx) => tx.remove(edgeId("b", "TO", "c")))).toBe("conflict");
  });
}

export function testBatchConflicts(given: Given): void {
  test("ENGINE I1: of two requests sent at once that see each other's writes one commits", async () => {
    await commit(given.engine, (tx) => tx.put("counter", { n: 0 }));
    const mates = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const tx = await begin(given.engine);
        await tx.put("counter");
        return tx.request();
      }),
    );
    const outcomes = await Promise.all(mates.map((request) => statusOf(given.engine.commit(request))));
    expect(outcomes.filter((status) => status === "committed")).toHaveLength(1);
    expect(outcomes.filter((status) => status === "conflict")).toHaveLength(7);
  });

  test("ENGINE I1: of two requests sent at once that read each other's ranges one commits (write skew)", async () => {
    const [a, b] = [await begin(given.engine), await begin(given.engine)];
    for (const tx of [a, b]) await tx.readRange(typeInterval("item"));
    await a.put("a");
    await b.put("b");
    const outcomes = await Promise.all([a, b].map((tx) => statusOf(given.engine.commit(tx.request()))));
    expect(outcomes.sort()).toEqual(["committed", "conflict"]);
  });

  test("requests sent at once that have nothing to do with each other all commit", async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const tx = await begin(given.engine);
        await tx.put(`n${i}`);
        return await statusOf(given.engine.commit(tx.request()));
      }),
    );
    expect(new Set(outcomes)).toEqual(new Set(["committed"]));
  });
}

/** What becomes of a transaction that reads, when another one commits before it. */
async function race(
  engine: Engine,
  read: (tx: TestTransaction) => Promise<unknown>,
  change: (tx: TestTransaction) => Promise<unknown>,
): Promise<string> {
  const tx = await begin(engine);
  await read(tx);
  await tx.put("mine");
  await commit(engine, change);
  return await statusOf(engine.commit(tx.request()));
}
