import { expect, test } from "vitest";
import { memoryKnot, refusal } from "./testing/memory-knot.ts";

test("[D7] an epic has phases in an order, with a status and sprints of their own", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const epic = await knot.epics.create({ title: "Storage", priority: "high", phases: [{ name: "Format" }] });
  expect(epic).toMatchObject({ status: "active", createdBy: "ada" });
  expect(epic.phases).toEqual([{ name: "Format", status: "pending", order: 1, sprints: [] }]);
  const { id: sprint } = await knot.sprints.create({ title: "One" });
  await knot.epics.addPhase(epic.id, { name: "Recovery", description: "after crashes" });
  expect(await refusal(knot.epics.addPhase(epic.id, { name: "format" }))).toBe("ALREADY_EXISTS");
  await knot.epics.updatePhase(epic.id, "recovery", { order: 1, status: "in_progress", addSprints: [sprint] });
  const moved = await knot.epics.updatePhase(epic.id, "Format", { order: 2, status: "completed" });
  expect(moved.phases).toEqual([
    { name: "Recovery", status: "in_progress", order: 1, description: "after crashes", sprints: [sprint] },
    { name: "Format", status: "completed", order: 2, sprints: [] },
  ]);
  expect((await knot.epics.get(epic.id))?.progress).toMatchObject({
    sprints: { total: 1, completed: 0 },
    phases: { total: 2, completed: 1 },
  });
  expect(await refusal(knot.epics.updatePhase(epic.id, "none", { order: 1 }))).toBe("NOT_FOUND");
  await knot.epics.remove(epic.id, [sprint]);
  expect((await knot.epics.get(epic.id))?.phases[0]?.sprints).toEqual([]);
  expect((await knot.graph.check()).problems).toEqual([]);
});

test("[D7] the progress of an epic counts its tasks and those of its sprints, each once", async () => {
  const knot = await memoryKnot();
  const epic = await knot.epics.create({ title: "Storage" });
  const one = await knot.sprints.create({ title: "One", epic: epic.id });
  const two = await knot.sprints.create({ title: "Two" });
  for (const task of ["a", "b", "c"]) await knot.tasks.create({ title: task, id: task });
  await knot.epics.add(epic.id, ["a", two.id]);
  await knot.sprints.addTasks(one.id, ["a", "b"]);
  await knot.sprints.addTasks(two.id, ["b", "c"]);
  await knot.tasks.complete("b");
  await knot.sprints.complete(two.id, { leaveOpen: true });
  const overview = await knot.epics.get(epic.id);
  expect(overview?.progress.tasks).toMatchObject({ total: 3, percent: 33 });
  expect(overview?.progress.sprints).toEqual({ total: 2, completed: 1 });
  expect(overview?.sprints.map(({ number }) => number)).toEqual([1, 2]);
  expect(overview?.tasks.map(({ id }) => id)).toEqual(["a"]);
  expect((await knot.sprints.list({ epic: epic.id })).items.map(({ id }) => id)).toEqual([two.id, one.id]);
  expect((await knot.epics.list({ status: "active" })).items).toHaveLength(1);
});

test("an epic takes sprints and tasks, all or none, and nothing else", async () => {
  const knot = await memoryKnot();
  const epic = await knot.epics.create({ title: "Storage" });
  const other = await knot.epics.create({ title: "Other" });
  await knot.tasks.create({ title: "a", id: "a" });
  expect(await refusal(knot.epics.add(epic.id, ["a", other.id]))).toBe("INVALID_VALUE");
  expect(await refusal(knot.epics.add(epic.id, ["a", "T-0"]))).toBe("NOT_FOUND");
  expect((await knot.epics.get(epic.id))?.tasks).toEqual([]);
  expect(await refusal(knot.epics.remove(epic.id, ["a"]))).toBe("NOT_FOUND");
});

test("fields of an epic are changed, cleared, and kept from those who are late", async () => {
  const knot = await memoryKnot();
  const { id } = await knot.epics.create({ title: "Storage", description: "all of it", tags: ["wal"] });
  const edited = await knot.epics.update(id, { status: "on_hold", phase: 2 }, { unset: ["description"], ifVersion: 1 });
  expect(edited).toMatchObject({ status: "on_hold", phase: 2, version: 2 });
  expect(edited.description).toBeUndefined();
  expect(await refusal(knot.epics.update(id, { title: "x" }, { ifVersion: 1 }))).toBe("CONFLICT");
  expect((await knot.epics.update(id, { status: "on_hold" })).version).toBe(2);
});
