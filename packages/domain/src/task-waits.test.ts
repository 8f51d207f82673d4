import { expect, test } from "vitest";
import { memoryKnot, refusal, type MemoryKnot } from "./testing/memory-knot.ts";

/** wall ← roof ← paint, wall ← door, door ← paint; the house is their parent. */
async function house(): Promise<MemoryKnot> {
  const knot = await memoryKnot({ as: "ada" });
  const task = async (id: string, estimateHours: number | undefined, dependsOn: readonly string[]): Promise<void> => {
    await knot.tasks.create({
      title: id,
      id,
      dependsOn,
      ...(id === "house" ? {} : { parent: "house" }),
      ...(estimateHours === undefined ? {} : { estimateHours }),
    });
    knot.clock.advance(1);
  };
  await task("house", 1, []);
  await task("wall", 8, []);
  await task("roof", 5, ["wall"]);
  await task("door", undefined, ["wall"]);
  await task("paint", 2, ["roof", "door"]);
  return knot;
}

test("[D2] blocked lists what cannot go on and what it waits for, page by page", async () => {
  const knot = await house();
  await knot.tasks.create({ title: "garden", id: "garden" });
  await knot.tasks.block("garden", "winter");
  const { items } = await knot.tasks.blocked();
  expect(items.map(({ task, blockers, children }) => [task.id, blockers, children])).toEqual([
    ["garden", [], []],
    ["house", [], ["door", "paint", "roof", "wall"]],
    ["roof", ["wall"], []],
    ["door", ["wall"], []],
    ["paint", ["door", "roof"], []],
  ]);
  expect(items[0]?.task.blockedReason).toBe("winter");
  const first = await knot.tasks.blocked({ limit: 2 });
  const rest = await knot.tasks.blocked({ after: first.next ?? "" });
  expect([...first.items, ...rest.items]).toEqual(items);
  expect(rest.truncated).toBe(false);
  expect(await refusal(knot.tasks.blocked({ after: "x" }))).toBe("INVALID_VALUE");
});

test("[D2] unblocks tells what finishing a task sets free, and who goes on waiting for what", async () => {
  const knot = await house();
  const wall = await knot.tasks.unblocks("wall");
  expect(wall.frees.map(({ id }) => id)).toEqual(["roof", "door"]);
  expect(wall.stillWaiting.map(({ task, waitsFor }) => [task.id, waitsFor])).toEqual([
    ["house", ["door", "paint", "roof"]],
  ]);
  expect(wall.downstream).toBe(4);
  await knot.tasks.complete("wall");
  expect((await knot.tasks.unblocks("roof")).stillWaiting).toMatchObject([
    { task: { id: "house" } },
    { task: { id: "paint" }, waitsFor: ["door"] },
  ]);
  await knot.tasks.complete("roof");
  await knot.tasks.complete("door");
  await knot.tasks.complete("paint");
  expect((await knot.tasks.ready()).items.map(({ id }) => id)).toEqual(["house"]);
});

test("[D2] the critical path is the longest chain by hours; finished tasks are no part of it", async () => {
  const knot = await house();
  const path = async (options = {}): Promise<unknown> => {
    const { steps, hours, guessed } = await knot.tasks.criticalPath(options);
    return [steps.map(({ task }) => task.id).join(" "), hours, guessed];
  };
  expect(await path()).toEqual(["wall roof paint house", 16, 0]);
  expect(await path({ hoursUnknown: 9 })).toEqual(["wall door paint house", 20, 1]);
  expect(await path({ to: "door" })).toEqual(["wall door", 9, 1]);
  await knot.tasks.complete("wall");
  expect(await path()).toEqual(["roof paint house", 8, 0]);
  expect(await refusal(knot.tasks.criticalPath({ to: "cellar" }))).toBe("NOT_FOUND");
  for (const id of ["roof", "door", "paint", "house"]) await knot.tasks.complete(id);
  expect(await path()).toEqual(["", 0, 0]);
});

test("[D3] work whose lease ran out comes back to all; a dry run only says so", async () => {
  const knot = await memoryKnot({ as: "ada" });
  for (const id of ["a", "b", "c"]) await knot.tasks.create({ title: id, id });
  const { fence, token } = await knot.tasks.claim("a", { ttlMs: 1000 });
  await knot.tasks.claim("b", { ttlMs: 60_000 });
  expect(await knot.tasks.reclaim()).toEqual([]);
  knot.clock.advance(2000);
  expect(await knot.tasks.reclaim({ dryRun: true })).toMatchObject([{ task: "a", agent: "ada", fence, expired: true }]);
  expect((await knot.tasks.get("a"))?.status).toBe("in_progress");
  expect(await knot.tasks.reclaim({ graceMs: 5000 })).toEqual([]);
  expect((await knot.tasks.reclaim()).map(({ task }) => task)).toEqual(["a"]);
  expect(await knot.tasks.get("a")).toMatchObject({ status: "pending" });
  expect((await knot.tasks.get("a"))?.startedBy).toBeUndefined();
  expect(await refusal(knot.tasks.heartbeat("a", { fence, token }))).toBe("STALE_FENCE");
  expect(await refusal(knot.tasks.complete("a", { fence }))).toBe("STALE_FENCE");
  expect((await knot.tasks.get("b"))?.status).toBe("in_progress");
  expect(await refusal(knot.tasks.reclaim({ graceMs: -1 }))).toBe("INVALID_VALUE");
  expect((await knot.checkGraphLaws()).filter(({ severity }) => severity === "error")).toEqual([]);
});
