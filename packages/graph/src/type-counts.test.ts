import { expect, test } from "vitest";
import type { JsonObject } from "./json.ts";
import { openGraph } from "./open-graph.ts";
import { anySchema } from "./testing/any-schema.ts";
import { MemoryEngine } from "./testing/memory-engine.ts";
import { defineType } from "./type-definition.ts";

const enums = { status: ["open", "closed"] };
const indexed = defineType("item", { fields: anySchema, enums, indexes: [["status", "n"], ["tags"]] });
const plain = defineType("item", { fields: anySchema, enums });
const other = defineType("other", { fields: anySchema, enums, indexes: [["status"]] });

const rows: readonly JsonObject[] = [
  { status: "open", tags: ["a", "b", "a"] },
  { status: "closed", tags: [] },
  { status: "open" },
  { status: "lost", tags: ["b", 7] },
  { status: null, tags: "b" },
  { tags: { a: 1 } },
];

test.for([
  ["an index", indexed],
  ["the entities", plain],
] as const)("values are counted as indexes see them, from %s", async ([, type]) => {
  const graph = await openGraph({ engine: new MemoryEngine(), types: [type, other] });
  await graph.transact(async (tx) => {
    for (const [i, props] of rows.entries()) await tx.create("item", props, { id: `i${i}` });
    await tx.create("other", { status: "open" });
    await tx.create("item", { status: "open" }, { id: "gone" });
  });
  await graph.transact((tx) => tx.delete("gone"));
  const sorted = (counts: ReadonlyMap<unknown, number>): unknown => [...counts].sort();
  expect(sorted(await graph.countValues("item", "status"))).toEqual(
    sorted(
      new Map<string | null, number>([
        ["open", 2],
        ["closed", 1],
        ["lost", 1],
        [null, 2],
      ]),
    ),
  );
  expect(sorted(await graph.countValues("item", "tags"))).toEqual(
    sorted(
      new Map<string | number | null, number>([
        ["a", 1],
        ["b", 3],
        [7, 1],
        [null, 3],
      ]),
    ),
  );
  await expect(graph.countValues("nothing", "status")).rejects.toMatchObject({ code: "UNKNOWN_TYPE" });
  await graph.close();
});

test("a transaction that counted values conflicts with one that changes how many there are", async () => {
  const graph = await openGraph({ engine: new MemoryEngine(), types: [indexed] });
  let runs = 0;
  await graph.transact(async (tx) => {
    runs += 1;
    const open = (await tx.countValues("item", "status")).get("open") ?? 0;
    if (runs === 1) await graph.transact((elsewhere) => elsewhere.create("item", { status: "open" }));
    await tx.create("item", { status: "closed", n: open });
  });
  expect(runs).toBe(2);
  expect((await graph.countValues("item", "status")).get("open")).toBe(1);
  await graph.close();
});
