import { expect, test } from "vitest";
import { memoryKnot, memoryStore, refusal } from "./testing/memory-knot.ts";

test("[W8] any entity has a history, and two of its versions can be compared", async () => {
  const knot = await memoryKnot({ as: "ada" });
  await knot.decisions.log({ title: "one", id: "d", rationale: "fast" });
  await knot.decisions.retire("d", "too fast");
  const edge = await knot.decisions.log({ title: "two", id: "e", affects: ["d"] });
  expect(edge.affects).toEqual(["d"]);
  const versions = await knot.history.of("d");
  expect(versions.map(({ version, by }) => [version, by])).toEqual([
    [1, "ada"],
    [2, "ada"],
  ]);
  expect(versions[1]?.changes).toEqual([
    { field: "status", from: "accepted", to: "retired" },
    { field: "retiredReason", to: "too fast" },
  ]);
  expect((await knot.history.diffVersions("d", 2, 1)).changes).toEqual([
    { field: "status", from: "retired", to: "accepted" },
    { field: "retiredReason", from: "too fast" },
  ]);
  expect(await refusal(knot.history.diffVersions("d", 1, 3))).toBe("INVALID_VALUE");
  expect(await refusal(knot.history.of("none"))).toBe("NOT_FOUND");
});

test("[W8] two commits are compared by their net difference", async () => {
  const knot = await memoryKnot({ as: "ada" });
  await knot.tasks.create({ title: "a", id: "a" });
  await knot.tasks.create({ title: "b", id: "b" });
  const from = (await knot.stats()).seq;
  await knot.tasks.update("a", { title: "other" });
  await knot.tasks.update("a", { title: "a" });
  await knot.tasks.create({ title: "c", id: "c", dependsOn: ["a"] });
  await knot.tasks.create({ title: "d", id: "d" });
  await knot.tasks.delete("d");
  await knot.tasks.update("b", { priority: "high" });
  await knot.tasks.delete("a");
  const to = (await knot.stats()).seq;
  const { items } = await knot.history.diffCommits(from, to);
  expect(items.map(({ id, did }) => [id, did])).toEqual([
    ["a", "deleted"],
    ["b", "changed"],
    ["c", "created"],
  ]);
  expect(items[1]?.changes).toEqual([{ field: "priority", from: "medium", to: "high" }]);
  const whole = await knot.history.diffCommits(0, to, { limit: 1 });
  expect(whole).toMatchObject({ items: [], truncated: true });
  expect((await knot.history.diffCommits(0, to, { after: whole.next ?? "" })).items.map(({ id }) => id)).toEqual([
    "b",
    "c",
  ]);
  expect(await refusal(knot.history.diffCommits(to, from))).toBe("INVALID_VALUE");
});

test("[W8] reverting makes a new version out of an old one", async () => {
  const knot = await memoryKnot({ as: "ada" });
  await knot.tasks.create({ title: "first", id: "a", tags: ["x"] });
  await knot.tasks.update("a", { title: "second", due: "2026-05-01" }, { unset: ["tags"] });
  const preview = await knot.history.revert("a", 1, { dryRun: true });
  expect(preview).toMatchObject({ version: 2, restored: false, kept: [] });
  expect((await knot.tasks.get("a"))?.version).toBe(2);
  const reverted = await knot.history.revert("a", 1);
  expect(reverted).toEqual({ ...preview, version: 3 });
  expect(await knot.tasks.get("a")).toMatchObject({ title: "first", tags: ["x"], version: 3 });
  expect((await knot.tasks.get("a"))?.due).toBeUndefined();
  expect(await knot.tasks.history("a")).toHaveLength(3);
  expect((await knot.history.revert("a", 1)).changes).toEqual([]);
  expect((await knot.history.revert("a", 2)).version).toBe(4);
  expect(await refusal(knot.history.revert("a", 9))).toBe("INVALID_VALUE");
  expect(await refusal(knot.history.revert("a", 1, { ifVersion: 1 }))).toBe("CONFLICT");
});

test("[W8] reverting a task moves it by the rules of its life, and never under somebody's claim", async () => {
  const store = memoryStore();
  const ada = await memoryKnot({ store, as: "ada" });
  const bo = await memoryKnot({ store, as: "bo", clock: ada.clock });
  await ada.tasks.create({ title: "p", id: "p" });
  await ada.tasks.complete("p");
  expect(await ada.history.revert("p", 1)).toMatchObject({ version: 3 });
  expect(await ada.tasks.get("p")).toMatchObject({ status: "pending" });
  await ada.tasks.create({ title: "child", id: "child", parent: "p" });
  expect(await refusal(ada.history.revert("p", 2))).toBe("CHILDREN_OPEN");
  const { fence } = await ada.tasks.claim("child");
  expect(await refusal(bo.history.revert("child", 1))).toBe("CLAIM_HELD");
  await ada.history.revert("child", 1, { fence });
  expect(await ada.tasks.claimOf("child")).toBeUndefined();
  expect((await ada.checkGraphLaws()).filter(({ severity }) => severity === "error")).toEqual([]);
});

test("[W8] a deleted task comes back open; what changes by rules of its own is not reverted", async () => {
  const knot = await memoryKnot({ as: "ada" });
  await knot.tasks.create({ title: "a", id: "a" });
  await knot.tasks.start("a");
  await knot.tasks.delete("a");
  expect(await knot.history.revert("a", 2)).toMatchObject({ restored: true, version: 4 });
  expect(await knot.tasks.get("a")).toMatchObject({ title: "a", status: "pending" });
  const { id } = await knot.notes.add("a", "hello");
  expect(await refusal(knot.history.revert(id, 1))).toBe("INVALID_VALUE");
  await knot.decisions.log({ title: "old", id: "d" });
  await knot.decisions.supersede("d", { title: "new" });
  expect(await knot.history.revert("d", 1)).toMatchObject({
    version: 2,
    changes: [],
    kept: ["status", "supersededBy"],
  });
});
