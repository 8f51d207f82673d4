import { expect, test } from "vitest";
import { ConflictError } from "./conflict-error.ts";
import type { Transaction } from "./transaction.ts";
import { openOne, openTwo } from "./testing/open-memory-graphs.ts";

test("[W3] a transaction reads its own writes, in scans and walks too, and nobody else does before the commit", async () => {
  const { one, two } = await openTwo();
  await one.transact((tx) => tx.create("item", { n: 1 }, { id: "old" }));
  await one.transact(async (tx) => {
    await tx.create("item", { n: 2 }, { id: "new" });
    await tx.update("old", { n: 3 });
    await tx.link("old", "TO", "new");
    expect((await tx.get("old"))?.props).toEqual({ n: 3 });
    expect(await tx.query("item").where("n", ">=", 2).ids()).toEqual(["new", "old"]);
    expect(await tx.walk("old").out().ids()).toEqual(["new"]);
    expect(await tx.edges({ to: "new" })).toHaveLength(1);
    await tx.delete("new");
    expect(await tx.query("item").ids()).toEqual(["old"]);
    expect(await tx.edges({ from: "old" })).toEqual([]);
    expect(await two.query("item").where("n", "=", 3).ids()).toEqual([]);
    expect((await two.get("old"))?.props).toEqual({ n: 1 });
  });
  expect(await two.history("new")).toEqual([]);
  expect((await two.get("old"))?.props).toEqual({ n: 3 });
});

test("[W3] a transaction that throws leaves no trace, and its error comes through", async () => {
  const graph = await openOne();
  const failure = new Error("no");
  const run = graph.transact(async (tx) => {
    await tx.create("item", {}, { id: "a" });
    throw failure;
  });
  await expect(run).rejects.toBe(failure);
  expect(await graph.get("a")).toBeUndefined();
  expect(await graph.head()).toBe(0);
});

test("[W3] a transaction cannot be used after its function returned", async () => {
  const graph = await openOne();
  let leaked: Transaction | undefined;
  await graph.transact((tx) => {
    leaked = tx;
  });
  const over = { code: "TRANSACTION_OVER" };
  await expect(leaked?.create("item", {})).rejects.toMatchObject(over);
  await expect(leaked?.update("a", {})).rejects.toMatchObject(over);
  await expect(leaked?.get("a")).rejects.toMatchObject(over);
  await expect(leaked?.query("item").all()).rejects.toMatchObject(over);
  await expect(leaked?.walk("a").out().ids()).rejects.toMatchObject(over);
  expect(await graph.head()).toBe(0);
});

test("calls that were not awaited are waited for, in their order", async () => {
  const graph = await openOne();
  await graph.transact((tx) => {
    void tx.create("item", { n: 0 }, { id: "a" });
    for (let n = 1; n <= 5; n++) void tx.update("a", { n });
  });
  expect(await graph.get("a")).toMatchObject({ version: 1, props: { n: 5 } });
});

test("a failed call that was not awaited fails the transaction", async () => {
  const graph = await openOne();
  const run = graph.transact((tx) => {
    void tx.create("item", {}, { id: "a" });
    void tx.update("missing", {});
  });
  await expect(run).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await graph.get("a")).toBeUndefined();
});

test("what a transaction wrote has no seq and no times before the commit", async () => {
  const graph = await openOne();
  await graph.transact(async (tx) => {
    expect(await tx.create("item", {}, { id: "a" })).toMatchObject({
      version: 1,
      seq: 0,
      createdAt: "",
      updatedAt: "",
    });
  });
  const before = await graph.get("a");
  await graph.transact(async (tx) => {
    expect(await tx.update("a", { n: 1 })).toMatchObject({
      version: 2,
      seq: 0,
      createdAt: before?.createdAt,
      updatedAt: "",
    });
  });
  expect(await graph.get("a")).toMatchObject({ version: 2, seq: 2, createdAt: before?.createdAt });
});

test("update merges, stores null, removes what is unset, and writes no version when nothing changes", async () => {
  const graph = await openOne();
  await graph.transact((tx) => tx.create("item", { a: 1, b: 2, c: { d: 1 } }, { id: "x" }));
  const update = await graph.transact((tx) => tx.update("x", { b: null, e: [] }, { unset: ["c"] }));
  expect(update.value.props).toEqual({ a: 1, b: null, e: [] });
  const same = await graph.transact((tx) => tx.update("x", { a: 1 }, { unset: ["c"] }));
  expect(same).toMatchObject({ value: { version: 2 }, seq: 2, time: undefined });
  expect(await graph.history("x")).toHaveLength(2);
});

test("ifVersion refuses another version, without repeating", async () => {
  const graph = await openOne();
  await graph.transact((tx) => tx.create("item", {}, { id: "x" }));
  let runs = 0;
  const run = graph.transact((tx) => {
    runs++;
    return tx.update("x", { n: 1 }, { ifVersion: 7 });
  });
  await expect(run).rejects.toMatchObject({
    code: "CONFLICT",
    id: "x",
    expectedVersion: 7,
    actualVersion: 1,
    retryable: false,
  });
  await expect(graph.transact((tx) => tx.delete("x", { ifVersion: 2 }))).rejects.toBeInstanceOf(ConflictError);
  expect(runs).toBe(1);
});

test("what cannot be done says why: existing id, missing entity, missing end, wrong kind", async () => {
  const graph = await openOne();
  await graph.transact(async (tx) => {
    await tx.create("item", {}, { id: "a" });
    await tx.create("item", {}, { id: "b" });
    await tx.link("a", "TO", "b");
  });
  const code = async (run: (tx: Transaction) => Promise<unknown>) =>
    await graph.transact(run).then(
      () => "none",
      (error: { code: string }) => error.code,
    );
  expect(await code((tx) => tx.create("item", {}, { id: "a" }))).toBe("ALREADY_EXISTS");
  expect(await code((tx) => tx.create("item", {}, { id: "../x" }))).toBe("INVALID_ID");
  expect(await code((tx) => tx.create("no type", {}))).toBe("UNKNOWN_TYPE");
  expect(await code((tx) => tx.update("c", {}))).toBe("NOT_FOUND");
  expect(await code((tx) => tx.delete("c"))).toBe("NOT_FOUND");
  expect(await code((tx) => tx.link("a", "TO", "c"))).toBe("DANGLING_EDGE");
  const edge = await graph.getEdge("a", "TO", "b");
  expect(await code((tx) => tx.link("a", "TO", edge?.id ?? ""))).toBe("DANGLING_EDGE");
  expect(await code((tx) => tx.create("item", { n: Number.NaN }))).toBe("INVALID_VALUE");
});

test("an edge exists once: linking again gives it back, with props they are merged", async () => {
  const graph = await openOne();
  await graph.transact(async (tx) => {
    await tx.create("item", {}, { id: "a" });
    await tx.create("item", {}, { id: "b" });
    await tx.link("a", "TO", "b", { weight: 1, why: "x" });
  });
  await graph.transact((tx) => tx.link("a", "TO", "b"));
  expect((await graph.getEdge("a", "TO", "b"))?.version).toBe(1);
  await graph.transact((tx) => tx.link("a", "TO", "b", { weight: 2 }));
  expect(await graph.getEdge("a", "TO", "b")).toMatchObject({
    version: 2,
    props: { weight: 2, why: "x" },
    from: "a",
    to: "b",
  });
  const unlinked = await graph.transact((tx) => tx.unlink("a", "TO", "b"));
  expect(unlinked.value).toMatchObject({ version: 2 });
  expect(await graph.getEdge("a", "TO", "b")).toBeUndefined();
  expect((await graph.transact((tx) => tx.unlink("a", "TO", "b"))).value).toBeUndefined();
});

test("deleting a node deletes its edges, those made in the same transaction too, and tells which", async () => {
  const graph = await openOne();
  await graph.transact(async (tx) => {
    for (const id of ["a", "b", "c"]) await tx.create("item", {}, { id });
    await tx.link("a", "TO", "b");
    await tx.link("c", "TO", "a");
    await tx.link("a", "TO", "a");
  });
  const { value } = await graph.transact(async (tx) => {
    await tx.link("b", "NEW", "a");
    return await tx.delete("a");
  });
  expect(value.edges.map(({ from, type, to }) => `${from} ${type} ${to}`).sort()).toEqual([
    "a TO a",
    "a TO b",
    "b NEW a",
    "c TO a",
  ]);
  expect(await graph.query("TO").ids()).toEqual([]);
  expect(await graph.query("NEW").ids()).toEqual([]);
  expect(await graph.check()).toMatchObject({ ok: true });
});

test("what was created and deleted in one transaction is not written at all; a deleted id goes on counting", async () => {
  const graph = await openOne();
  const nothing = await graph.transact(async (tx) => {
    await tx.create("item", {}, { id: "a" });
    await tx.delete("a");
  });
  expect(nothing).toMatchObject({ seq: 0, time: undefined });
  await graph.transact((tx) => tx.create("item", { n: 1 }, { id: "a" }));
  await graph.transact(async (tx) => {
    await tx.delete("a");
    await tx.create("other", { n: 2 }, { id: "a" });
    await tx.update("a", { m: 3 });
  });
  const entity = await graph.get("a");
  expect(entity).toMatchObject({ type: "other", version: 2, props: { n: 2, m: 3 } });
  expect(entity?.createdAt).toBe(entity?.updatedAt);
  await graph.transact((tx) => tx.delete("a"));
  await graph.transact((tx) => tx.create("item", {}, { id: "a" }));
  expect((await graph.get("a"))?.version).toBe(4);
});

test("ENGINE I2: writes read what they change, links both ends, deletions the edge ranges", async () => {
  const { one, requests } = await openTwo();
  await one.transact(async (tx) => {
    await tx.create("item", {}, { id: "a" });
    await tx.create("item", {}, { id: "b" });
  });
  expect([...(requests[0]?.reads ?? [])]).toEqual([
    ["a", { version: 0, seq: 0 }],
    ["b", { version: 0, seq: 0 }],
  ]);
  await one.transact((tx) => tx.update("a", { n: 1 }));
  expect([...(requests[1]?.reads ?? [])]).toEqual([["a", { version: 1, seq: 1 }]]);
  await one.transact((tx) => tx.link("a", "TO", "b"));
  expect([...(requests[2]?.reads.keys() ?? [])].slice(0, 2)).toEqual(["a", "b"]);
  await one.transact((tx) => tx.delete("a"));
  expect(requests[3]?.ranges.map(({ index, ids }) => [index, ids.size])).toEqual([
    ["out", 1],
    ["in", 0],
  ]);
  expect(requests[3]?.writes.map(({ op, version }) => [op, version])).toEqual([
    ["delete", 2],
    ["delete", 3],
  ]);
});

test("ENGINE I2: a query is recorded up to the key where its limit stopped, an unlimited one whole", async () => {
  const { one, two, requests } = await openTwo();
  await one.transact(async (tx) => {
    for (const id of ["b", "d", "f"]) await tx.create("item", {}, { id });
  });
  const limited = async (id: string) => {
    let runs = 0;
    await one.transact(async (tx) => {
      expect(await tx.query("item").limit(2).ids()).toHaveLength(2);
      await tx.create("log", {});
      if (runs++ === 0) await two.transact((other) => other.create("item", {}, { id }));
    });
    return runs;
  };
  expect(await limited("e")).toBe(1);
  expect(await limited("c")).toBe(2);
  expect([...(requests.at(-1)?.ranges[0]?.ids ?? [])]).toEqual(["b", "c"]);
  let runs = 0;
  await one.transact(async (tx) => {
    const count = await tx.query("item").where("n", "isNull").count();
    await tx.create("log", { count });
    if (runs++ === 0) await two.transact((other) => other.create("item", { n: 1 }, { id: "z" }));
  });
  expect(runs).toBe(2);
});

test("no edge dangles: of a link and a deletion of its end at the same time one is repeated", async () => {
  const { one, two } = await openTwo();
  await one.transact(async (tx) => {
    for (const id of ["a", "b"]) await tx.create("item", {}, { id });
  });
  let interfere = true;
  const linking = one.transact(async (tx) => {
    await tx.link("a", "TO", "b");
    if (interfere) await two.transact((other) => other.delete("b"));
    interfere = false;
  });
  await expect(linking).rejects.toMatchObject({ code: "DANGLING_EDGE" });
  interfere = true;
  await one.transact((tx) => tx.create("item", {}, { id: "b" }));
  const deletion = await one.transact(async (tx) => {
    const deleted = await tx.delete("b");
    if (interfere) await two.transact((other) => other.link("a", "TO", "b"));
    interfere = false;
    return deleted;
  });
  expect(deletion.value.edges).toHaveLength(1);
  expect(await one.query("TO").count()).toBe(0);
});
