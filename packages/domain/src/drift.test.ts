import { expect, test } from "vitest";
import { memoryKnot, refusal, type MemoryKnot } from "./testing/memory-knot.ts";

async function linkedTasks(): Promise<MemoryKnot> {
  const knot = await memoryKnot({ as: "ada" });
  for (const id of ["a", "b", "c"]) await knot.tasks.create({ title: `Task ${id}`, id });
  await knot.edges.add("a", "DEPENDS_ON", "b");
  await knot.edges.add("c", "RELATES_TO", "b");
  return knot;
}

const report = async (knot: MemoryKnot): Promise<unknown> =>
  (await knot.drift.report()).items.map(({ id, edges }) => [
    id,
    ...edges.map(({ edge }) => `${edge.from} ${edge.type}`),
  ]);

test("an edge drifts when its end means something else, not when that end is worked on", async () => {
  const knot = await linkedTasks();
  await knot.tasks.update("b", { priority: "high", tags: ["x"], category: "feature" });
  await knot.tasks.complete("b", { retrospective: "done well" });
  expect(await report(knot)).toEqual([]);
  await knot.tasks.update("b", { title: "Another task altogether" });
  expect(await report(knot)).toEqual([["b", "a DEPENDS_ON", "c RELATES_TO"]]);
  expect(await knot.drift.of("a")).toMatchObject([
    {
      edge: { from: "a", to: "b" },
      end: "to",
      heldAt: 3,
      changes: [{ field: "title", from: "Task b", to: "Another task altogether" }],
    },
  ]);
  await knot.tasks.update("b", { title: "Task b" });
  expect(await report(knot)).toEqual([]);
});

test("whoever finds that the edges still hold says so, and they drift only with the next change", async () => {
  const knot = await linkedTasks();
  await knot.tasks.update("b", { description: "in blue" });
  expect((await knot.drift.acknowledge("b", { dryRun: true })).edges).toHaveLength(2);
  expect(await report(knot)).toEqual([["b", "a DEPENDS_ON", "c RELATES_TO"]]);
  expect((await knot.drift.acknowledge("b")).edges.map(({ version }) => version)).toEqual([2, 2]);
  expect(await report(knot)).toEqual([]);
  expect((await knot.drift.acknowledge("b")).edges).toEqual([]);
  await knot.edges.add("c", "RELATES_TO", "b", { weight: 2 });
  await knot.tasks.update("b", { description: "in red" });
  expect(await report(knot)).toEqual([["b", "a DEPENDS_ON", "c RELATES_TO"]]);
  expect(await refusal(knot.drift.acknowledge("T-0"))).toBe("NOT_FOUND");
});

test("the report has pages, and an imported edge is judged by what there was when it was written", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const line = (id: string, title: string, on?: string): string =>
    JSON.stringify({
      id,
      title,
      status: "open",
      priority: 2,
      issue_type: "task",
      created_at: "2026-01-01T00:00:00Z",
      updated_at: "2026-01-01T00:00:00Z",
      ...(on === undefined ? {} : { dependencies: [{ issue_id: id, depends_on_id: on, type: "blocks" }] }),
    });
  await knot.imports.beads([line("x-1", "one"), line("x-2", "two", "x-1"), line("x-3", "three", "x-2")].join("\n"));
  expect(await report(knot)).toEqual([]);
  for (const id of ["x-1", "x-2"]) await knot.tasks.update(id, { title: `new ${id}` });
  const first = await knot.drift.report({ limit: 1 });
  expect(first).toMatchObject({ items: [{ id: "x-1", edges: [{ heldAt: 1 }] }], truncated: true });
  expect(await knot.drift.report({ after: first.next ?? "" })).toMatchObject({
    items: [{ id: "x-2" }],
    truncated: false,
  });
  await knot.drift.acknowledge("x-1");
  expect(await report(knot)).toEqual([["x-2", "x-2 DEPENDS_ON", "x-3 DEPENDS_ON"]]);
});
