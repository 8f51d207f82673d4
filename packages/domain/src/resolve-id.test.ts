import { expect, test } from "vitest";
import { memoryKnot, refusal } from "./testing/memory-knot.ts";

test("an id, or six and more characters of its end in any case, name an entity", async () => {
  const knot = await memoryKnot();
  const { id } = await knot.tasks.create({ title: "a" });
  expect(await knot.resolveId(id)).toBe(id);
  expect(await knot.resolveId(id.slice(-6).toLowerCase())).toBe(id);
  expect(await knot.resolveId(id.slice(-8), "task")).toBe(id);
  expect(await refusal(knot.resolveId(id.slice(-5)))).toBe("NOT_FOUND");
  expect(await refusal(knot.resolveId(id, "decision"))).toBe("NOT_FOUND");
  expect(await refusal(knot.resolveId("../../x"))).toBe("NOT_FOUND");
});

test("an end that several ids share is refused with the candidates", async () => {
  const knot = await memoryKnot();
  for (const id of ["one-suffix", "two-suffix"]) await knot.tasks.create({ title: id, id });
  await expect(knot.resolveId("suffix")).rejects.toMatchObject({
    code: "AMBIGUOUS_ID",
    context: { candidates: ["one-suffix", "two-suffix"], count: 2 },
  });
  expect(await knot.resolveId("e-suffix")).toBe("one-suffix");
});
