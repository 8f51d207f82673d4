import { MemoryDisk } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import type { Graph } from "../graph.ts";
import { openGraph } from "../open-graph.ts";
import { anySchema } from "../testing/any-schema.ts";
import { MemoryEngine } from "../testing/memory-engine.ts";
import { defineType } from "../type-definition.ts";

const item = defineType("item", { fields: anySchema, indexes: [["n"]] });

/** Items n000 … in the order of their numbers, each leading to the next. */
async function openChain(count: number): Promise<Graph> {
  const graph = await openGraph({ engine: new MemoryEngine(), types: [item] });
  const ids = Array.from({ length: count }, (_, n) => `n${String(n).padStart(3, "0")}`);
  await graph.transact(async (tx) => {
    for (const [n, id] of ids.entries()) await tx.create("item", { n }, { id });
    for (const [n, id] of ids.slice(1).entries()) await tx.link(ids[n] ?? "", "NEXT", id);
  });
  return graph;
}

test("[Q1] an offset counts once: pages behind a cursor leave out no row", async () => {
  const graph = await openChain(23);
  for (const field of ["n", "other"]) {
    const query = graph.query("item").orderBy(field).offset(4).limit(5);
    const seen: string[] = [];
    let page = await query.page();
    for (; page.next !== undefined; page = await query.after(page.next).page()) seen.push(...page.items.map(idOf));
    expect([...seen, ...page.items.map(idOf)]).toEqual((await graph.query("item").orderBy(field).ids()).slice(4));
  }
});

test("[Q1] an order given behind a cursor is refused instead of giving other rows", async () => {
  const query = (await openChain(5)).query("item");
  const { next = "" } = await query.limit(2).page();
  expect(() => query.after(next).orderBy("n")).toThrow(TypeError);
  expect(await query.after(next).ids()).toEqual(["n002", "n003", "n004"]);
});

test("[Q1] a cursor that somebody made up is refused, or continues somewhere", async () => {
  const graph = await openChain(5);
  const cursor = (...sortValues: readonly unknown[]): string =>
    Buffer.from(JSON.stringify(["n asc", sortValues, "n002"])).toString("base64url");
  const query = graph.query("item").orderBy("n");
  for (const made of [cursor("\ud800"), cursor({}), cursor([]), cursor(), cursor(1, 2), "no cursor"])
    expect(() => query.after(made)).toThrow(expect.objectContaining({ code: "INVALID_CURSOR" }));
  for (const value of [null, true, -1, 1e308, "", "\0"])
    expect(await query.after(cursor(value)).ids()).toBeInstanceOf(Array);
});

test("[Q1] having refuses a column that is not there, however the condition is given", async () => {
  const groups = (await openChain(5)).query("item").groupBy("n");
  const data = { any: [{ field: "n", op: "=", value: 1 }, { not: { field: "hours", op: ">", value: 1 } }] } as const;
  expect(() => groups.having(data)).toThrow(TypeError);
  expect(() => groups.having("hours" as "n", ">", 1)).toThrow(TypeError);
  expect(await groups.having({ field: "n", op: ">", value: 3 }).all()).toEqual([{ n: 4 }]);
});

test("[Q4] inside a transaction a loop over a query gives the rows that were there when it began, whatever it writes", async () => {
  const graph = await openChain(250);
  const { value } = await graph.transact(async (tx) => {
    const seen: string[] = [];
    await tx.update("n249", { n: -1 });
    for await (const row of tx.query("item").orderBy("n")) {
      seen.push(row.id);
      // Each row goes behind the last one, where the loop would come by again.
      await tx.update(row.id, { n: Number(row.props["n"]) + 1000 });
      await tx.create("item", { n: 5000 + seen.length });
      if (seen.length > 500) break;
    }
    return { seen, after: await tx.query("item").orderBy("n").limit(2).ids() };
  });
  expect(value.seen).toHaveLength(250);
  expect(value.seen.slice(0, 3)).toEqual(["n249", "n000", "n001"]);
  expect(value.after).toEqual(["n249", "n000"]);
  expect((await graph.check()).ok).toBe(true);
});

test("[Q4] inside a transaction a loop over a walk or a pattern follows the edges that were there when it began", async () => {
  const graph = await openChain(6);
  await graph.transact(async (tx) => {
    const walked: string[] = [];
    for await (const { id } of tx.walk("n000").out("NEXT")) {
      walked.push(id);
      if (id === "n002") await tx.unlink("n003", "NEXT", "n004");
    }
    expect(walked).toEqual(["n001", "n002", "n003", "n004", "n005"]);
    const matched: string[] = [];
    for await (const { b } of tx.match("a").out("NEXT", { to: "b" })) {
      matched.push(b.id);
      for (const { id } of await tx.query("NEXT").all()) await tx.delete(id);
    }
    expect(matched.toSorted()).toEqual(["n001", "n002", "n003", "n005"]);
    expect(await tx.walk("n000").out("NEXT").ids()).toEqual([]);
  });
});

test("[Q4] what a loop inside a transaction reads is recorded: another commit to it makes the transaction run again", async () => {
  const graph = await openChain(5);
  let runs = 0;
  await graph.transact(async (tx) => {
    runs += 1;
    let sum = 0;
    for await (const { props } of tx.query("item").where("n", ">=", 3)) {
      if (runs === 1 && sum === 0) await graph.transact((other) => other.create("item", { n: 100 }));
      sum += Number(props["n"]);
    }
    await tx.create("item", { n: -1, sum }, { id: "sum" });
  });
  expect(runs).toBe(2);
  expect((await graph.get("sum"))?.props["sum"]).toBe(107);
});

test("[Q4] a loop that has begun and a snapshot answer of their state after the graph was closed", async () => {
  const memory = new MemoryDisk();
  const graph = await openGraph({ dir: "/s", disk: memory.process("one"), create: true, types: [item] });
  await graph.transact(async (tx) => {
    for (let n = 0; n < 250; n++) await tx.create("item", { n });
  });
  await graph.checkpoint();
  const snapshot = await graph.snapshot();
  let rows = 0;
  for await (const _ of graph.query("item").orderBy("n")) if ((rows += 1) === 10) await graph.close();
  expect(rows).toBe(250);
  expect(await snapshot.query("item").count()).toBe(250);
  snapshot.release();
  await expect(graph.query("item").ids()).rejects.toMatchObject({ code: "GRAPH_CLOSED" });
  await expect(snapshot.query("item").ids()).rejects.toThrow("released");
});

function idOf({ id }: { readonly id: string }): string {
  return id;
}
