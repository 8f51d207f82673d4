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

test("[C4] a session is attached, asks for a review, is ended with its history kept, and takes nothing any more", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const { id: task } = await knot.tasks.create({ title: "a" });
  const { workSessions } = knot;
  const { id, status } = await workSessions.attach(task);
  const activeOnes = async (): Promise<string[]> =>
    (await workSessions.list({ task })).items
      .filter((session) => session.status !== "ended")
      .map((session) => session.id);
  expect([status, await activeOnes()]).toEqual(["active", [id]]);
  const asked = await workSessions.report(id, "review", { message: "look at the keel" });
  expect(asked).toMatchObject({ status: "review", message: "look at the keel" });
  expect((await workSessions.list({ status: "review" })).items).toEqual([asked]);
  await workSessions.report(id, "active");
  const ended = await workSessions.report(id, "ended", { message: "merged" });
  expect(await activeOnes()).toEqual([]);

  // Typed, and nothing is written: not to what has ended, nor a status that there is none of.
  for (const next of ["review", "active", "waiting", "idle"] as const) {
    expect(await refusal(workSessions.report(id, next, { message: "once more" }))).toBe("INVALID_TRANSITION");
  }
  const other = await workSessions.attach(task);
  expect(await refusal(workSessions.report(other.id, "asleep" as never))).toBe("INVALID_VALUE");
  expect(await refusal(workSessions.report("W-0", "review"))).toBe("NOT_FOUND");
  expect(await workSessions.get(id)).toEqual(ended);
  expect((await workSessions.history(id)).map((was) => [was.status, was.message])).toEqual([
    ["active", undefined],
    ["review", "look at the keel"],
    ["active", undefined],
    ["ended", "merged"],
  ]);
  expect(await activeOnes()).toEqual([other.id]);
  expect(await knot.graph.check()).toMatchObject({ ok: true });
});
