import { expect, test } from "vitest";
import { memoryKnot, memoryStore, refusal } from "./testing/memory-knot.ts";
import { noteKinds } from "./types/note.ts";

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

test("[D12] [C3] notes have kinds and are only added: of ten at once each is there, and none is changed or taken back", async () => {
  const store = memoryStore();
  const [ada, bob] = [await memoryKnot({ as: "ada", store }), await memoryKnot({ as: "bob", store })];
  const { id } = await ada.tasks.create({ title: "a" });
  const added = Array.from({ length: 10 }, (_, index) => ({
    text: `note ${index}`,
    kind: noteKinds[index % noteKinds.length] ?? "comment",
  }));
  const answers = await Promise.all(added.map((note, index) => (index % 2 === 0 ? ada : bob).tasks.note(id, note)));
  const found = await bob.tasks.notes(id);
  expect(found).toHaveLength(10);
  expect(found.map(({ text, kind }) => ({ text, kind })).toSorted((a, b) => (a.text < b.text ? -1 : 1))).toEqual(added);
  expect(found.toSorted((a, b) => (a.text < b.text ? -1 : 1))).toEqual(answers);
  expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(noteKinds));
  expect(await refusal(ada.tasks.note(id, { text: "x", kind: "song" } as never))).toBe("INVALID_VALUE");
  for (const note of answers) expect(await refusal(ada.history.revert(note.id, 1))).toBe("INVALID_VALUE");
  expect(await ada.tasks.notes(id)).toEqual(found);
  expect(await ada.graph.check()).toMatchObject({ ok: true });
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
