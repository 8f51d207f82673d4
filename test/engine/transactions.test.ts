/** Transactions as their callers see them ([W3], [W15], ENGINE I2). */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ConflictError, type Graph } from "@knotwork/graph";
import { put, refusal, World } from "./engine-world.ts";

test("[W3] a transaction reads its own writes, shows nothing before it commits, and leaves no trace when it fails or only reads", async () => {
  const world = new World();
  const [a, b] = [await world.graph("a"), await world.graph("b")];
  await put(a, "x", "1");
  const before = world.memory.files();
  await a.transact(async (tx) => (await tx.get("x"))?.props);
  const failed = a.transact(async (tx) => {
    await tx.update("x", { text: "2" });
    await tx.create("thing", { text: "new" }, { id: "y" });
    expect((await tx.getMany(["x", "y"])).map((entity) => entity?.props["text"])).toEqual(["2", "new"]);
    expect(await tx.query("thing").where("text", "=", "new").ids()).toEqual(["y"]);
    expect((await b.getMany(["x", "y"])).map((entity) => entity?.props["text"])).toEqual(["1", undefined]);
    throw new Error("changed my mind");
  });
  await expect(failed).rejects.toThrow("changed my mind");
  const logs = (files: ReadonlyMap<string, Uint8Array>): unknown =>
    [...files].filter(([name]) => name.endsWith(".jsonl"));
  expect(logs(world.memory.files())).toEqual(logs(before));
  let kept: { get(id: string): Promise<unknown> } | undefined;
  await a.transact((tx) => {
    kept = tx;
  });
  expect(await refusal(kept?.get("x") ?? Promise.resolve())).toBe("TRANSACTION_OVER");
  await Promise.all([a.close(), b.close()]);
});

test("[W3] random transactions of two handles leave what a map in one process would hold", async () => {
  const step = fc.record({
    handle: fc.nat(1),
    writes: fc.array(fc.tuple(fc.constantFrom("p", "q", "r"), fc.option(fc.nat(9), { nil: undefined })), {
      maxLength: 4,
    }),
    fails: fc.boolean(),
    checkpoint: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const world = new World();
      const graphs = [await world.graph("a"), await world.graph("b")];
      const model = new Map<string, number>();
      for (const { handle, writes, fails, checkpoint } of steps) {
        const graph = graphs[handle] ?? graphs[0]!;
        const next = new Map(model);
        const run = graph.transact(async (tx) => {
          for (const [id, value] of writes) {
            const there = (await tx.get(id)) !== undefined;
            expect(there).toBe(next.has(id));
            if (value === undefined && there) await tx.delete(id);
            else if (value !== undefined && there) await tx.update(id, { value });
            else if (value !== undefined) await tx.create("number", { value }, { id });
            if (value === undefined) next.delete(id);
            else next.set(id, value);
          }
          if (fails) throw new Error("rolled back");
        });
        await run.catch((error: unknown) => expect(String(error)).toContain("rolled back"));
        if (!fails) model.clear();
        for (const [id, value] of fails ? [] : next) model.set(id, value);
        if (checkpoint) await graph.checkpoint();
      }
      for (const graph of graphs) {
        const held = (await graph.query("number").orderBy("id").all()).map(({ id, props }) => [id, props["value"]]);
        expect(held).toEqual([...model].sort(([a], [b]) => (a < b ? -1 : 1)));
      }
      expect((await graphs[0]!.check()).problems).toEqual([]);
      for (const graph of graphs) await graph.close();
    }),
    { numRuns: 40 },
  );
});

test("[W15] 64 callers on one counter: the sum is exact", async () => {
  const world = new World();
  const graphs = await Promise.all(["a", "b", "c", "d"].map((name) => world.graph(name)));
  await graphs[0]!.transact((tx) => tx.create("counter", { count: 0 }, { id: "c" }).then(() => undefined));
  await Promise.all(
    Array.from({ length: 64 }, async (_, caller) =>
      graphs[caller % 4]!.transact(
        async (tx) => {
          const count = Number((await tx.get("c"))?.props["count"]);
          await tx.update("c", { count: count + 1 });
        },
        { retries: 200 },
      ),
    ),
  );
  expect((await graphs[0]!.get("c"))?.props).toEqual({ count: 64 });
  expect(await graphs[1]!.history("c")).toHaveLength(65);
  for (const graph of graphs) await graph.close();
});

test("[J5] 10 callers count 50 times each: 500 numbers, none twice, and after a restart the count goes on", async () => {
  const world = new World();
  const graphs = await Promise.all(["a", "b"].map((name) => world.graph(name)));
  await put(graphs[0]!, "c", "0");
  const next = async (graph: Graph): Promise<number> => {
    const { value } = await graph.transact(
      async (tx) => {
        const count = Number((await tx.get("c"))?.props["text"]) + 1;
        await tx.update("c", { text: String(count) });
        return count;
      },
      { retries: 1000 },
    );
    return value;
  };
  const numbers = await Promise.all(
    Array.from({ length: 10 }, async (_, caller) => {
      const own: number[] = [];
      for (let time = 0; time < 50; time += 1) own.push(await next(graphs[caller % 2]!));
      return own;
    }),
  );
  const all = numbers.flat().toSorted((one, other) => one - other);
  expect(all).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
  for (const own of numbers) expect(own).toEqual(own.toSorted((one, other) => one - other));
  for (const graph of graphs) await graph.close();

  // Nobody has the store open; the machine itself starts again, too.
  const restarted = new World(world.memory.crash(), 8);
  const graph = await restarted.graph("after");
  expect(await next(graph)).toBe(501);
  expect((await graph.check()).problems).toEqual([]);
  await graph.close();
});

test("[W15] a conflict that is not retried names the entity, the expected and the actual version", async () => {
  const world = new World();
  const [a, b] = [await world.graph("a"), await world.graph("b")];
  await put(a, "x", "1");
  const lost = a.transact(
    async (tx) => {
      await tx.update("x", { text: "mine" });
      await put(b, "x", "theirs");
    },
    { retries: 0 },
  );
  const error = await lost.catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(ConflictError);
  expect(error).toMatchObject({ code: "CONFLICT", id: "x", expectedVersion: 1, actualVersion: 2, retryable: true });
  await Promise.all([a.close(), b.close()]);
});

/** Runs `read` in a transaction that then writes elsewhere, lets `disturb` commit in between, and tells whether it had to run again. */
async function mustRunAgain(
  read: (tx: Parameters<Parameters<Awaited<ReturnType<World["graph"]>>["transact"]>[0]>[0]) => Promise<unknown>,
  disturb: (b: Awaited<ReturnType<World["graph"]>>) => Promise<unknown>,
): Promise<boolean> {
  const world = new World();
  const [a, b] = [await world.graph("a"), await world.graph("b")];
  for (const id of ["n1", "n2", "n3"]) await put(a, id, id);
  await a.transact((tx) => tx.link("n1", "KNOWS", "n2").then(() => undefined));
  let runs = 0;
  await a.transact(async (tx) => {
    runs += 1;
    await read(tx);
    await tx.create("note", { run: runs }, { id: `note-${runs}` });
    if (runs === 1) await disturb(b);
  });
  await Promise.all([a.close(), b.close()]);
  return runs > 1;
}

test("ENGINE I2: update, delete, create and link count as reads of what they rest on", async () => {
  expect(
    await mustRunAgain(
      (tx) => tx.update("n3", { text: "blind" }),
      (b) => put(b, "n3", "theirs"),
    ),
  ).toBe(true);
  expect(
    await mustRunAgain(
      (tx) => tx.link("n1", "KNOWS", "n3"),
      (b) => b.transact((tx) => tx.delete("n3").then(() => undefined)),
    ).catch((error: { code: string }) => error.code),
  ).toBe("DANGLING_EDGE");
  expect(
    await mustRunAgain(
      (tx) => tx.create("thing", {}, { id: "n4" }),
      (b) => put(b, "n4", "first"),
    ).catch((error: { code: string }) => error.code),
  ).toBe("ALREADY_EXISTS");
  expect(
    await mustRunAgain(
      (tx) => tx.delete("n2"),
      (b) => b.transact((tx) => tx.link("n3", "KNOWS", "n2").then(() => undefined)),
    ),
  ).toBe(true);
});

test("ENGINE I2: a query counts as a read of what it visited, up to where its limit stopped, and of nothing else", async () => {
  const first = (tx: {
    query(type: string): { orderBy(field: string): { limit(count: number): { ids(): Promise<unknown> } } };
  }): Promise<unknown> => tx.query("thing").orderBy("id").limit(1).ids();
  expect(
    await mustRunAgain(
      (tx) => tx.query("thing").ids(),
      (b) => put(b, "n9", "phantom"),
    ),
  ).toBe(true);
  expect(
    await mustRunAgain(
      (tx) => first(tx),
      (b) => put(b, "n0", "phantom before"),
    ),
  ).toBe(true);
  expect(
    await mustRunAgain(
      (tx) => first(tx),
      (b) => put(b, "n9", "behind the limit"),
    ),
  ).toBe(false);
  expect(
    await mustRunAgain(
      (tx) => tx.edges({ from: "n1" }),
      (b) => b.transact((tx) => tx.link("n1", "KNOWS", "n3").then(() => undefined)),
    ),
  ).toBe(true);
  expect(
    await mustRunAgain(
      (tx) => tx.edges({ from: "n1" }),
      (b) => b.transact((tx) => tx.link("n2", "KNOWS", "n3").then(() => undefined)),
    ),
  ).toBe(false);
});
