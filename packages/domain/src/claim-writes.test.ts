import { expect, test } from "vitest";
import { memoryKnot, memoryStore, refusal } from "./testing/memory-knot.ts";

test("[D3] under a live claim only its holder moves or assigns the task; anybody may say more about it", async () => {
  const store = memoryStore();
  const ada = await memoryKnot({ store, as: "ada" });
  const bo = await memoryKnot({ store, as: "bo", clock: ada.clock });
  await ada.tasks.create({ title: "a", id: "a" });
  const { fence } = await ada.tasks.claim("a");
  expect(await refusal(bo.tasks.update("a", { assignee: "bo" }))).toBe("CLAIM_HELD");
  expect(await refusal(bo.tasks.update("a", {}, { unset: ["assignee"] }))).toBe("CLAIM_HELD");
  expect(await refusal(bo.tasks.update("a", { status: "cancelled" }))).toBe("CLAIM_HELD");
  expect(await refusal(bo.tasks.update("a", { assignee: "bo" }, { fence }))).toBe("CLAIM_HELD");
  expect(await refusal(ada.tasks.update("a", { assignee: "ada" }))).toBe("CLAIM_HELD");
  expect(await refusal(ada.tasks.update("a", { assignee: "ada" }, { fence: fence - 1 }))).toBe("STALE_FENCE");
  expect(await ada.tasks.get("a")).toMatchObject({ version: 2, status: "in_progress" });
  expect((await ada.tasks.update("a", { assignee: "ada" }, { fence })).assignee).toBe("ada");
  expect((await bo.tasks.update("a", { description: "mind the paint" })).description).toBe("mind the paint");
});

test("[D4] a refusal for open blockers names what was asked", async () => {
  const knot = await memoryKnot({ as: "ada" });
  await knot.tasks.create({ title: "a", id: "a" });
  await knot.tasks.create({ title: "b", id: "b", dependsOn: ["a"] });
  await expect(knot.tasks.start("b")).rejects.toThrow('Cannot start task "b": it depends on unfinished "a"');
  await expect(knot.tasks.complete("b")).rejects.toThrow('Cannot complete task "b": it depends on unfinished "a"');
});
