import { expect, test } from "vitest";
import { memoryKnot } from "./testing/memory-knot.ts";

test("[J4] what is read is a snapshot: changing it, or what was given in, changes nothing that is stored", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const given = { title: "Lay the keel", id: "a", tags: ["oak"] };
  const created = await knot.tasks.create(given);
  await knot.agents.register("bo", { roles: ["carpenter"] });
  const { id: decision } = await knot.decisions.log({ title: "Use oak", alternatives: ["elm"], affects: ["a"] });
  const { id: handoff } = await knot.handoffs.initiate("a", { to: "bo", context: { wood: "oak" }, files: ["plan.md"] });
  const reads: readonly (() => Promise<unknown>)[] = [
    () => knot.tasks.get("a"),
    async () => (await knot.tasks.list()).items[0],
    async () => (await knot.tasks.ready()).items[0],
    () => knot.agents.get("bo"),
    async () => (await knot.agents.list())[0],
    () => knot.decisions.get(decision),
    () => knot.handoffs.get(handoff),
    async () => (await knot.queries.find({ type: "task" })).items[0],
    () => knot.graph.get("a"),
    async () => (await knot.graph.query("task").all())[0],
    async () => (await knot.graph.history("a"))[0],
  ];

  given.tags.push("elm");
  given.title = "changed";
  expect(await knot.tasks.get("a")).toEqual(created);
  for (const read of reads) {
    const first = await read();
    const before = JSON.stringify(first);
    expect(spoil(first)).toBeGreaterThan(0);
    const again = JSON.stringify(await read());
    expect(again).toBe(before);
  }
  // A snapshot stays as it was read, whatever comes after it.
  await knot.tasks.update("a", { title: "Lay the second keel", tags: ["elm"] });
  expect(created).toMatchObject({ title: "Lay the keel", tags: ["oak"], version: 1 });
  expect(await knot.tasks.get("a")).toMatchObject({ title: "Lay the second keel", tags: ["elm"], version: 2 });
  expect(await knot.graph.check()).toMatchObject({ ok: true });
});

/** Tries to change every field of a value, however deep it lies; gives how many it tried. */
function spoil(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let tried = 0;
  for (const name of Object.keys(value)) {
    tried += spoil(Reflect.get(value, name)) + 1;
    Reflect.set(value, name, "spoilt");
  }
  if (Array.isArray(value)) {
    tried += 1;
    Reflect.set(value, value.length, "spoilt");
  }
  return tried;
}
