import { expect, test } from "vitest";
import { memoryKnot, refusal } from "./testing/memory-knot.ts";

test("[D5] a decision keeps what was weighed, and what it affects", async () => {
  const knot = await memoryKnot({ as: "ada" });
  await knot.tasks.create({ title: "a", id: "a" });
  const fields = {
    title: "Use oak",
    context: "The keel must last",
    rationale: "It does not rot",
    alternatives: ["pine", "steel"],
    consequences: ["heavy"],
    affects: ["a"],
  };
  const decision = await knot.decisions.log(fields);
  expect(decision).toMatchObject({ ...fields, status: "accepted", createdBy: "ada" });
  expect(await knot.decisions.get(decision.id)).toEqual(decision);
  expect((await knot.decisions.list({ status: "accepted" })).items).toEqual([decision]);
});

test("a decision about something that is not there is refused whole", async () => {
  const knot = await memoryKnot();
  await knot.tasks.create({ title: "a", id: "a" });
  expect(await refusal(knot.decisions.log({ title: "x", affects: ["a", "T-0"] }))).toBe("NOT_FOUND");
  expect((await knot.decisions.list()).items).toEqual([]);
});

test("[D5] a superseded decision stays, linked to the one that took its place and its effects", async () => {
  const knot = await memoryKnot();
  await knot.tasks.create({ title: "a", id: "a" });
  const old = await knot.decisions.log({ title: "Use oak", affects: ["a"] });
  const next = await knot.decisions.supersede(old.id, { title: "Use elm" });
  expect(next.affects).toEqual(["a"]);
  expect(await knot.decisions.get(old.id)).toMatchObject({ status: "superseded", supersededBy: next.id });
  expect(await knot.edges.get(next.id, "SUPERSEDES", old.id)).toBeDefined();
  await expect(knot.decisions.supersede(old.id, { title: "Use ash" })).rejects.toMatchObject({
    code: "INVALID_TRANSITION",
    hint: expect.stringContaining(next.id),
  });
});

test("[D5] proposed decisions are accepted, decisions are retired with a reason, once", async () => {
  const knot = await memoryKnot();
  const { id } = await knot.decisions.log({ title: "Paint it red", status: "proposed" });
  expect((await knot.decisions.accept(id)).status).toBe("accepted");
  expect(await refusal(knot.decisions.accept(id))).toBe("INVALID_TRANSITION");
  expect(await knot.decisions.retire(id, "no paint")).toMatchObject({ status: "retired", retiredReason: "no paint" });
  expect(await refusal(knot.decisions.retire(id, "again"))).toBe("INVALID_TRANSITION");
});

test("[D5] why answers with the decisions on the task, on what contains it, and with what superseded them", async () => {
  const knot = await memoryKnot();
  await knot.tasks.create({ title: "parent", id: "p" });
  await knot.tasks.create({ title: "child", id: "c", parent: "p" });
  await knot.graph.transact((tx) =>
    tx.create("epic", { title: "e", status: "active", filedAt: "2026-01-01T00:00:00Z" }, { id: "EPIC-1" }),
  );
  await knot.edges.add("p", "PART_OF", "EPIC-1");
  const direct = await knot.decisions.log({ title: "direct", affects: ["c"] });
  const above = await knot.decisions.log({ title: "above", affects: ["EPIC-1"] });
  const newer = await knot.decisions.supersede(above.id, { title: "newer", affects: [] });
  await knot.decisions.log({ title: "elsewhere" });
  const reasons = await knot.decisions.why("c");
  expect(reasons.map(({ decision, affects, supersedes }) => [decision.title, affects, supersedes])).toEqual([
    ["direct", "c", undefined],
    ["above", "EPIC-1", undefined],
    ["newer", "EPIC-1", above.id],
  ]);
  expect(reasons.map(({ decision }) => decision.id)).toEqual([direct.id, above.id, newer.id]);
  expect(await refusal(knot.decisions.why("T-0"))).toBe("NOT_FOUND");
});

test("[D5] why follows a chain of decisions back to its beginning, once round when it is a circle", async () => {
  const knot = await memoryKnot();
  await knot.tasks.create({ title: "a", id: "a" });
  await knot.decisions.log({ title: "Sail", id: "sail", affects: ["a"] });
  await knot.decisions.log({ title: "No engine", id: "no-engine", affects: ["sail"] });
  await knot.decisions.supersede("no-engine", { title: "No fuel", id: "no-fuel", affects: ["sail"] });
  await knot.decisions.log({ title: "Quiet", id: "quiet", affects: ["no-fuel"] });
  await knot.edges.add("sail", "JUSTIFIES", "quiet");
  expect((await knot.decisions.why("a")).map(({ decision, affects }) => [decision.id, affects])).toEqual([
    ["sail", "a"],
    ["no-engine", "sail"],
    ["no-fuel", "sail"],
    ["quiet", "no-fuel"],
  ]);
});
