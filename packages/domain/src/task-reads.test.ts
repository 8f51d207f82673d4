import { expect, test } from "vitest";
import { memoryKnot, refusal, type MemoryKnot } from "./testing/memory-knot.ts";

async function sixTasks(): Promise<MemoryKnot> {
  const knot = await memoryKnot({ as: "ada" });
  for (const id of ["a", "b", "c", "d", "e", "f"]) {
    await knot.tasks.create({ title: `Task ${id}`, id });
    knot.clock.advance(1);
  }
  return knot;
}

const idsOf = (page: { readonly items: readonly { readonly id: string }[] }): string[] =>
  page.items.map(({ id }) => id);

test("a list goes on where it stopped, though the row it stopped at has moved away", async () => {
  const knot = await sixTasks();
  const first = await knot.tasks.list({ limit: 2 });
  expect(idsOf(first)).toEqual(["a", "b"]);
  await knot.tasks.complete("b");
  const second = await knot.tasks.list({ limit: 3, after: first.next ?? "" });
  expect(idsOf(second)).toEqual(["c", "d", "e"]);
  await knot.tasks.delete("e");
  expect(idsOf(await knot.tasks.list({ after: second.next ?? "" }))).toEqual(["f", "b"]);
  expect(await refusal(knot.tasks.list({ after: "no cursor" }))).toBe("INVALID_CURSOR");
});

test("a list with words to look for has pages, too", async () => {
  const knot = await sixTasks();
  for (const id of ["b", "d", "f"]) await knot.tasks.update(id, { description: "wet paint" });
  const first = await knot.tasks.list({ text: "PAINT", limit: 2 });
  expect(idsOf(first)).toEqual(["b", "d"]);
  const rest = await knot.tasks.list({ text: "PAINT", limit: 2, after: first.next ?? "" });
  expect([idsOf(rest), rest.truncated, rest.next]).toEqual([["f"], false, undefined]);
});

test("ready tasks have pages: what becomes ready before the place reached is not shown, nothing after it is skipped", async () => {
  const knot = await sixTasks();
  const first = await knot.tasks.ready({ limit: 2 });
  expect([idsOf(first), first.truncated]).toEqual([["a", "b"], true]);
  await knot.tasks.claim("b");
  await knot.tasks.create({ title: "urgent", priority: "critical", id: "u" });
  await knot.tasks.update("e", { priority: "low" });
  const second = await knot.tasks.ready({ limit: 2, after: first.next ?? "" });
  expect(idsOf(second)).toEqual(["c", "d"]);
  expect(idsOf(await knot.tasks.ready({ after: second.next ?? "" }))).toEqual(["f", "e"]);
  expect(await refusal(knot.tasks.ready({ after: "nonsense" }))).toBe("INVALID_VALUE");
});
