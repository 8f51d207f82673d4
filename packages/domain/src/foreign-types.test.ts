import { defineType, openGraph } from "@knotwork/graph";
import { expect, test } from "vitest";
import { memoryKnot, memoryStore, type MemoryKnot } from "./testing/memory-knot.ts";

const itemType = defineType("item", {
  fields: {
    "~standard": { version: 1 as const, vendor: "test", validate: (value: unknown) => ({ value: value as object }) },
  },
});

/** A store that another program keeps its items in, one of them linked to a task. */
async function sharedStore(): Promise<MemoryKnot> {
  const store = memoryStore();
  const knot = await memoryKnot({ store, as: "ada" });
  await knot.tasks.create({ title: "a", id: "a" });
  const other = await openGraph({ dir: "/.knot", disk: store.process("other"), types: [itemType] });
  await other.transact(async (tx) => {
    for (const id of ["i1", "i2"]) await tx.create("item", { n: 1 }, { id });
    await tx.link("a", "RELATES_TO", "i1");
    await tx.link("i1", "RELATES_TO", "i2");
  });
  await other.close();
  return knot;
}

test("[D14] what belongs to another program is no damage, and is counted and named", async () => {
  const knot = await sharedStore();
  expect(await knot.checkGraphLaws()).toEqual([
    {
      severity: "warning",
      code: "TYPE_NOT_CHECKED",
      where: "RELATES_TO",
      message: '1 of type "RELATES_TO" belong to another program: the laws here do not cover them',
    },
    {
      severity: "warning",
      code: "TYPE_NOT_CHECKED",
      where: "item",
      message: '2 of type "item" belong to another program: the laws here do not cover them',
    },
  ]);
});

test("an export names what it leaves out", async () => {
  const knot = await sharedStore();
  const exported: string[] = [];
  let left: unknown;
  for await (const { id } of knot.export({ onLeftOut: (types) => (left = types) })) exported.push(id);
  expect(exported).toHaveLength(2);
  expect(left).toEqual([
    { type: "RELATES_TO", count: 1 },
    { type: "item", count: 2 },
  ]);
});
