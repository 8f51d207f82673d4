import { expect, test } from "vitest";
import { memoryKnot, memoryStore, refusal } from "./testing/memory-knot.ts";

test("[D12] notes about a task are kept in order, with kind and author", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const { id } = await knot.tasks.create({ title: "a" });
  const first = await knot.tasks.note(id, { text: "I would use oak", kind: "thought" });
  knot.clock.advance(1);
  const second = await knot.tasks.note(id, "It is heavy");
  expect(first).toMatchObject({ about: id, kind: "thought", text: "I would use oak", createdBy: "ada" });
  expect(second.kind).toBe("comment");
  expect(await knot.tasks.notes(id)).toEqual([first, second]);
  expect((await knot.tasks.get(id))?.version).toBe(1);
});

test("[D12] notes are only added: of ten at once each is there, and none is changed or taken back", async () => {
  const store = memoryStore();
  const [ada, bob] = [await memoryKnot({ as: "ada", store }), await memoryKnot({ as: "bob", store })];
  const { id } = await ada.tasks.create({ title: "a" });
  const texts = Array.from({ length: 10 }, (_, index) => `note ${index}`);
  const [first] = await Promise.all(texts.map((text, index) => (index % 2 === 0 ? ada : bob).tasks.note(id, { text })));
  expect((await bob.tasks.notes(id)).map(({ text }) => text).sort()).toEqual(texts);
  expect(await refusal(ada.history.revert(first?.id ?? "", 1))).toBe("INVALID_VALUE");
});

test("[D12] a note under a claim carries its fence", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const { id } = await knot.tasks.create({ title: "a" });
  const { fence } = await knot.tasks.claim(id);
  expect((await knot.tasks.note(id, "working", { fence })).fence).toBe(fence);
  expect(await refusal(knot.tasks.note(id, "working", { fence: fence + 1 }))).toBe("STALE_FENCE");
});

test("decisions and other entities take notes, too; empty ones and unknown kinds are refused", async () => {
  const knot = await memoryKnot();
  const decision = await knot.decisions.log({ title: "Use oak" });
  expect((await knot.notes.add(decision.id, { text: "sure?", kind: "question" })).about).toBe(decision.id);
  expect(await refusal(knot.notes.add(decision.id, "  "))).toBe("INVALID_VALUE");
  expect(await refusal(knot.notes.add(decision.id, { text: "x", kind: "song" } as never))).toBe("INVALID_VALUE");
  expect(await refusal(knot.notes.add("T-0", "x"))).toBe("NOT_FOUND");
});
