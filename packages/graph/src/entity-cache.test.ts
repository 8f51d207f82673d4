import { expect, test } from "vitest";
import type { Clock } from "@knotwork/disk";
import type { AppliedChanges, Awaitable, EngineSnapshot } from "./engine.ts";
import { EntityCache } from "./entity-cache.ts";
import type { StoredVersion } from "./entity.ts";
import type { Graph } from "./graph.ts";
import { openGraph } from "./open-graph.ts";
import { MemoryEngine } from "./testing/memory-engine.ts";
import { MemoryStore } from "./testing/memory-store.ts";

/** An engine in memory that counts the versions it is asked for, and gives them only when told to. */
class SlowEngine extends MemoryEngine {
  gets = 0;
  asynchronous = false;
  /** While set, every read of a version waits for it after the version was looked up. */
  gate: Promise<void> | undefined;
  readonly #listeners = new Set<(changes: AppliedChanges) => void>();

  override async read<T>(read: (snapshot: EngineSnapshot) => T | Promise<T>): Promise<T> {
    return await super.read((snapshot) => read(this.#slow(snapshot)));
  }

  override onApplied(listener: (changes: AppliedChanges) => void): () => void {
    this.#listeners.add(listener);
    return super.onApplied(listener);
  }

  /** What an engine says that moved on without knowing every change. */
  forgetEverything(): void {
    this.tell({ seq: this.head(), ids: "everything" });
  }

  tell(changes: AppliedChanges): void {
    for (const listener of this.#listeners) listener(changes);
  }

  #slow(snapshot: EngineSnapshot): EngineSnapshot {
    return {
      seq: snapshot.seq,
      scan: (request) => snapshot.scan(request),
      history: (id) => snapshot.history(id),
      hasIndex: (index) => snapshot.hasIndex(index),
      get: (id): Awaitable<StoredVersion | undefined> => {
        this.gets++;
        const found = snapshot.get(id);
        const { gate } = this;
        return gate === undefined ? found : gate.then(() => found);
      },
    };
  }
}

interface World {
  readonly engine: SlowEngine;
  readonly graph: Graph;
  /** Another process over the same store. */
  readonly other: Graph;
}

async function openWorld(): Promise<World> {
  const store = new MemoryStore();
  const engine = new SlowEngine({ store });
  const graph = await openGraph({ engine });
  const other = await openGraph({ engine: new MemoryEngine({ store }) });
  await other.transact((tx) => tx.create("item", { n: 1, list: [1] }, { id: "a" }));
  return { engine, graph, other };
}

function gate(): { readonly promise: Promise<void>; readonly open: () => void } {
  let open: () => void = () => {};
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

test("[W12] 100 concurrent reads of one cold key are one read of the engine", async () => {
  const { engine, graph } = await openWorld();
  const { promise, open } = gate();
  engine.gate = promise;
  const reads = Array.from({ length: 100 }, () => graph.get("a"));
  open();
  const entities = await Promise.all(reads);
  expect(engine.gets).toBe(1);
  expect(new Set(entities).size).toBe(1);
  expect(entities[0]).toMatchObject({ id: "a", props: { n: 1 } });
});

test("a hit gives the very same promise and asks the engine for no version", async () => {
  const { engine, graph } = await openWorld();
  await graph.get("a");
  const hit = graph.get("a");
  expect(graph.get("a")).toBe(hit);
  expect(engine.gets).toBe(1);
  expect(graph.cache.stats()).toMatchObject({ hits: 2, entries: 1 });
});

test("what a transaction looks for in vain takes no place in the cache, and is looked for once", async () => {
  const { graph, other } = await openWorld();
  await other.transact((tx) => tx.delete("a"));
  const asked: object[] = [];
  await graph.transact(async (tx) => {
    expect(await tx.get("b")).toBeUndefined();
    expect(await tx.get("b")).toBeUndefined();
    asked.push(graph.cache.stats());
    await tx.create("item", { n: 1 }, { id: "b" });
    asked.push(graph.cache.stats());
    // One that was there once counts on.
    expect(await tx.create("item", { n: 2 }, { id: "a" })).toMatchObject({ version: 3 });
  });
  expect(asked).toMatchObject([
    { misses: 1, entries: 0 },
    { misses: 1, entries: 0 },
  ]);
  // It keeps what existed before, "a" alone.
  expect(graph.cache.stats().entries).toBe(1);
  const { hits } = graph.cache.stats();
  // Who asks outside of one may well ask again.
  expect(await graph.get("nowhere")).toBeUndefined();
  expect(await graph.get("nowhere")).toBeUndefined();
  expect(graph.cache.stats()).toMatchObject({ entries: 2, hits: hits + 1 });
});

test("[W11] the commit of another process is seen by the next read", async () => {
  const { graph, other } = await openWorld();
  expect((await graph.get("a"))?.props["n"]).toBe(1);
  await other.transact((tx) => tx.update("a", { n: 2 }));
  expect((await graph.get("a"))?.props["n"]).toBe(2);
  await other.transact((tx) => tx.delete("a"));
  expect(await graph.get("a")).toBeUndefined();
  await other.transact((tx) => tx.create("item", { n: 4 }, { id: "a" }));
  expect(await graph.get("a")).toMatchObject({ version: 4, props: { n: 4 } });
});

test("[W11] ENGINE V3: a fill that was overtaken by a commit is not kept, and later reads see that commit", async () => {
  const { engine, graph, other } = await openWorld();
  const { promise, open } = gate();
  engine.gate = promise;
  const slow = graph.get("a");
  await new Promise((resolve) => setImmediate(resolve));
  await other.transact((tx) => tx.update("a", { n: 2 }));
  const fast = graph.get("a");
  engine.gate = undefined;
  open();
  expect((await slow)?.props["n"]).toBe(1);
  expect((await fast)?.props["n"]).toBe(2);
  expect((await graph.get("a"))?.props["n"]).toBe(2);
  expect(graph.cache.stats().discardedFills).toBe(1);
});

test("ENGINE V3: a snapshot older than an entry passes it by, and what it reads does not become current", async () => {
  const { graph, other } = await openWorld();
  const snapshot = await graph.snapshot();
  const untouched = await graph.snapshot();
  await other.transact((tx) => tx.update("a", { n: 2 }));
  expect((await snapshot.get("a"))?.props["n"]).toBe(1);
  expect((await graph.get("a"))?.props["n"]).toBe(2);
  expect((await snapshot.get("a"))?.props["n"]).toBe(1);
  expect((await untouched.query("item").first())?.props["n"]).toBe(1);
  expect((await graph.get("a"))?.props["n"]).toBe(2);
  expect((await graph.asOf(1).get("a"))?.props["n"]).toBe(1);
  expect((await graph.get("a"))?.props["n"]).toBe(2);
  snapshot.release();
  untouched.release();
});

test("ENGINE V3: an engine that skipped changes empties the cache", async () => {
  const { engine, graph } = await openWorld();
  await graph.get("a");
  engine.forgetEverything();
  expect(graph.cache.stats().entries).toBe(0);
  await graph.get("a");
  expect(engine.gets).toBe(2);
});

test("ENGINE V2: one query sees one state, though entries of the cache are newer than its snapshot", async () => {
  const { engine, graph, other } = await openWorld();
  await other.transact((tx) => tx.create("item", { n: 1 }, { id: "b" }));
  const { promise, open } = gate();
  engine.gate = promise;
  const query = graph.query("item").all();
  await new Promise((resolve) => setImmediate(resolve));
  engine.gate = undefined;
  await other.transact(async (tx) => {
    await tx.update("a", { n: 2 });
    await tx.update("b", { n: 2 });
  });
  await graph.getMany(["a", "b"]);
  open();
  expect((await query).map(({ props }) => props["n"])).toEqual([1, 1]);
});

test("[W11] what leaves the cache cannot be changed", async () => {
  const { graph } = await openWorld();
  const entity = await graph.get("a");
  const list = entity?.props["list"] as number[];
  expect(() => list.push(2)).toThrow(TypeError);
  expect(() => Object.assign(entity?.props ?? {}, { n: 9 })).toThrow(TypeError);
  expect(() => Object.assign(entity ?? {}, { version: 9 })).toThrow(TypeError);
  expect((await graph.get("a"))?.props).toEqual({ n: 1, list: [1] });
});

test("[W11] the cache stays within its bytes, can be cleared and set anew, and tells what it did", async () => {
  const { engine, graph, other } = await openWorld();
  const text = "x".repeat(1_000);
  await other.load(Array.from({ length: 50 }, (_, i) => ({ id: `n${i}`, type: "item", props: { text } })));
  graph.cache.configure({ bytesMax: 20_000 });
  for (let i = 0; i < 50; i++) await graph.get(`n${i}`);
  const { bytes, entries, misses } = graph.cache.stats();
  expect(bytes).toBeLessThanOrEqual(20_000);
  expect(entries).toBeGreaterThan(3);
  expect(entries).toBeLessThan(20);
  expect(misses).toBe(50);
  graph.cache.clear();
  expect(graph.cache.stats()).toMatchObject({ entries: 0, bytes: 0 });
  graph.cache.configure({ bytesMax: 0 });
  engine.gets = 0;
  for (let i = 0; i < 3; i++) expect((await graph.get("a"))?.id).toBe("a");
  expect(engine.gets).toBe(3);
  expect(() => graph.cache.configure({ bytesMax: -1 })).toThrow(RangeError);
});

test("what a batch of commits left behind is kept, unless it was changed again or nobody knows", () => {
  const engine = new SlowEngine({ store: new MemoryStore() });
  const clock = { monotonicMs: () => 0 } as Clock;
  const cache = new EntityCache(engine, clock, { bytesMax: 1_000_000 });
  const time = "2026-01-01T00:00:00.000Z";
  const keep = (id: string, seq: number): boolean => {
    const { entries } = cache.stats();
    const stored = {
      id,
      type: "item",
      version: 2,
      seq,
      createdAt: time,
      updatedAt: time,
      author: "me",
      deleted: false,
    };
    cache.keepCommitted(seq, [{ ...stored, props: {} }]);
    return cache.stats().entries > entries;
  };
  const change = (seq: number, ...ids: readonly string[]): void => engine.tell({ seq, ids, changes: [] });
  change(1, "a", "b");
  change(2, "c");
  change(3, "b");
  expect([keep("a", 1), keep("b", 1), keep("c", 2), keep("b", 3)]).toEqual([true, false, true, true]);
  change(4, "d");
  engine.forgetEverything();
  expect(keep("d", 4)).toBe(false);
  change(5, "e");
  for (let seq = 6; seq < 2_000; seq += 1) change(seq, `other${seq}`);
  expect(keep("e", 5)).toBe(false);
  cache.close();
});

test("absence is cached, too, until the entity comes into being", async () => {
  const { engine, graph, other } = await openWorld();
  expect(await graph.get("zzz")).toBeUndefined();
  expect(await graph.get("zzz")).toBeUndefined();
  expect(engine.gets).toBe(1);
  await other.transact((tx) => tx.create("item", {}, { id: "zzz" }));
  expect((await graph.get("zzz"))?.version).toBe(1);
});

test("[W11] entries leave after their time to live", async () => {
  const { engine } = await openWorld();
  let nowMs = 1_000;
  const clock: Clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    bootId: () => "boot",
    sleepMs: async () => {},
    pauseMs: () => {},
  };
  const cache = new EntityCache(engine, clock, { bytesMax: 1_000_000, ttlMs: 500 });
  await cache.get("a");
  nowMs += 400;
  await cache.get("a");
  expect(engine.gets).toBe(1);
  nowMs += 200;
  await cache.get("a");
  expect(engine.gets).toBe(2);
});

test("what a commit changed is kept, unless something newer was reported before its outcome was told", async () => {
  const { engine, graph, other } = await openWorld();
  await graph.transact((tx) => tx.update("a", { n: 2 }));
  const before = engine.gets;
  expect((await graph.get("a"))?.props).toMatchObject({ n: 2, list: [1] });
  expect(engine.gets).toBe(before);

  // Another process commits right behind it, and is heard of before the outcome is told.
  const commit = engine.commit.bind(engine);
  engine.commit = async (request) => {
    const outcome = await commit(request);
    engine.commit = commit;
    await other.transact((tx) => tx.update("a", { n: 4 }));
    engine.head();
    return outcome;
  };
  await graph.transact((tx) => tx.update("a", { n: 3 }));
  expect((await graph.get("a"))?.props).toMatchObject({ n: 4 });
  expect((await graph.get("a"))?.version).toBe(4);
});
