import { expect, test } from "vitest";
import { memoryKnot, memoryStore, refusal } from "./testing/memory-knot.ts";

test("[D12] the status history of a session is on a record of its own: the task is not rewritten", async () => {
  const store = memoryStore();
  const ada = await memoryKnot({ store, as: "ada" });
  const bo = await memoryKnot({ store, as: "bo", clock: ada.clock });
  await ada.tasks.create({ title: "a", id: "a" });
  const { id } = await ada.workSessions.attach("a");
  expect((await ada.workSessions.attach("a")).id).toBe(id);
  for (let round = 0; round < 25; round += 1) {
    ada.clock.advance(1000);
    await ada.workSessions.report(id, "waiting", { message: `for host ${round}` });
    await ada.workSessions.report(id, "active");
  }
  expect((await ada.workSessions.report(id, "active")).version).toBe(51);
  expect(await ada.workSessions.report(id, "review", { message: "please look" })).toMatchObject({ status: "review" });
  const history = await ada.workSessions.history(id);
  expect(history).toHaveLength(52);
  expect(history.slice(0, 3).map(({ status, message }) => [status, message])).toEqual([
    ["active", undefined],
    ["waiting", "for host 0"],
    ["active", undefined],
  ]);
  expect((await ada.tasks.get("a"))?.version).toBe(1);
  expect(await ada.tasks.history("a")).toHaveLength(1);

  expect(await refusal(bo.workSessions.report(id, "idle"))).toBe("WRONG_AGENT");
  await bo.workSessions.attach("a");
  expect((await ada.workSessions.list({ task: "a" })).items.map(({ agent, status }) => [agent, status])).toEqual([
    ["bo", "active"],
    ["ada", "review"],
  ]);
  expect((await ada.workSessions.report(id, "ended", { message: "merged" })).message).toBe("merged");
  expect(await refusal(ada.workSessions.report(id, "active"))).toBe("INVALID_TRANSITION");
  expect((await ada.workSessions.attach("a")).id).not.toBe(id);
  expect(await refusal(ada.workSessions.attach("T-0"))).toBe("NOT_FOUND");
  const nobody = await memoryKnot({ store, clock: ada.clock });
  expect(await refusal(nobody.workSessions.attach("a"))).toBe("IDENTITY_REQUIRED");
  expect(await ada.graph.check()).toMatchObject({ ok: true });
});
