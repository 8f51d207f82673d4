import { expect, test } from "vitest";
import { openGraph } from "./open-graph.ts";
import { MemoryEngine } from "./testing/memory-engine.ts";

test("what a transaction creates, links and updates is there after the commit", async () => {
  const graph = await openGraph({ engine: new MemoryEngine(), author: "ada" });
  const { value, seq } = await graph.transact(async (tx) => {
    const a = await tx.create("task", { title: "a" });
    const b = await tx.create("task", { title: "b" }, { id: "b" });
    await tx.link(a.id, "DEPENDS_ON", "b", { weight: 1 });
    await tx.update("b", { done: true });
    expect((await tx.get("b"))?.props).toEqual({ title: "b", done: true });
    expect(await tx.query("task").ids()).toEqual([a.id, b.id].sort());
    return a.id;
  });
  expect(seq).toBe(1);
  expect(await graph.get(value)).toMatchObject({ id: value, type: "task", version: 1, seq: 1, author: "ada" });
  expect(await graph.get("b")).toMatchObject({ version: 1, props: { title: "b", done: true } });
  expect(await graph.walk(value).out("DEPENDS_ON").ids()).toEqual(["b"]);
  expect(await graph.path(value, "b")).toEqual([value, "b"]);
  expect(await graph.edges({ to: "b" })).toMatchObject([
    { from: value, type: "DEPENDS_ON", to: "b", props: { weight: 1 } },
  ]);
});
