import { expect, test } from "vitest";
import { ManualClock } from "./testing/manual-clock.ts";
import { memoryKnot, memoryStore, refusal, type MemoryKnot } from "./testing/memory-knot.ts";

const minute = 60_000;

/** Ada holds the claim of task "a"; Bo and Cy are about. */
async function workshop(): Promise<{
  readonly ada: MemoryKnot;
  readonly bo: MemoryKnot;
  readonly cy: MemoryKnot;
  readonly fence: number;
  readonly token: string;
}> {
  const shared = { store: memoryStore(), clock: new ManualClock() };
  const [ada, bo, cy] = [
    await memoryKnot({ ...shared, as: "ada" }),
    await memoryKnot({ ...shared, as: "bo" }),
    await memoryKnot({ ...shared, as: "cy" }),
  ];
  await ada.tasks.create({ title: "a", id: "a" });
  const { fence, token } = await ada.tasks.claim("a", { ttlMs: 10 * minute });
  return { ada, bo, cy, fence, token };
}

test("[D6] a handoff keeps all that the giver says", async () => {
  const { ada, fence } = await workshop();
  const message = {
    to: "bo",
    instructions: "Go on",
    done: ["keel"],
    remaining: ["ribs"],
    decisions: ["oak"],
    uncertain: ["length"],
    questions: ["how long?"],
    files: ["plan.md"],
    branch: "keel",
    context: { wood: "oak" },
    artifacts: ["plan.pdf"],
  };
  const handoff = await ada.handoffs.initiate("a", message, { fence });
  expect(handoff).toMatchObject({ ...message, from: "ada", task: "a", status: "initiated", fence: 1 });
  expect(await ada.handoffs.get(handoff.id)).toEqual(handoff);
  expect((await ada.handoffs.list({ to: "bo", status: "initiated" })).items).toEqual([handoff]);
  expect((await ada.handoffs.list({ to: "cy" })).items).toEqual([]);
});

test("giving a claimed task away needs its claim", async () => {
  const { ada, bo, fence } = await workshop();
  expect(await refusal(ada.handoffs.initiate("a", { to: "bo" }))).toBe("CLAIM_HELD");
  expect(await refusal(bo.handoffs.initiate("a", { to: "bo" }, { fence }))).toBe("CLAIM_HELD");
  expect(await refusal(ada.handoffs.initiate("a", { to: "bo" }, { fence: 7 }))).toBe("STALE_FENCE");
});

test("[D6] accepting moves the claim: the taker has a new fence and token, the giver's are over", async () => {
  const { ada, bo, fence, token } = await workshop();
  const { id } = await ada.handoffs.initiate("a", { to: "bo" }, { fence });
  const accepted = await bo.handoffs.accept(id, { ttlMs: minute });
  expect(accepted).toMatchObject({
    fence: 2,
    handoff: { status: "accepted", acceptedBy: "bo" },
    task: { status: "in_progress", startedBy: "bo" },
  });
  expect(accepted.token).not.toBe(token);
  expect(await refusal(ada.tasks.complete("a", { fence }))).toBe("STALE_FENCE");
  expect(await refusal(ada.tasks.heartbeat("a", { fence, token }))).toBe("STALE_FENCE");
  expect(await refusal(bo.handoffs.accept(id))).toBe("INVALID_TRANSITION");
  await bo.tasks.complete("a", { fence: accepted.fence });
  const completed = await bo.handoffs.complete(id, { result: { ribs: 12 }, artifacts: ["photo"] });
  expect(completed).toMatchObject({ status: "completed", result: { ribs: 12 }, artifacts: ["photo"] });
});

test("only the addressee accepts: by name, or by a role it registered with", async () => {
  const { ada, bo, cy, fence } = await workshop();
  const { id } = await ada.handoffs.initiate("a", { to: "carpenter" }, { fence });
  expect(await refusal(bo.handoffs.accept(id))).toBe("WRONG_AGENT");
  await cy.agents.register("cy", { roles: ["carpenter"] });
  await cy.handoffs.accept(id);
  expect(await refusal(bo.handoffs.complete(id))).toBe("WRONG_AGENT");
});

test("[D6] a handoff is rejected with a reason by its addressee, or withdrawn by its giver", async () => {
  const { ada, bo, cy, fence } = await workshop();
  const first = await ada.handoffs.initiate("a", { to: "bo" }, { fence });
  expect(await refusal(cy.handoffs.reject(first.id, "no"))).toBe("WRONG_AGENT");
  expect(await bo.handoffs.reject(first.id, "no time")).toMatchObject({
    status: "rejected",
    rejectedBy: "bo",
    rejectReason: "no time",
  });
  expect(await refusal(bo.handoffs.accept(first.id))).toBe("INVALID_TRANSITION");
  expect(await refusal(bo.handoffs.complete(first.id))).toBe("INVALID_TRANSITION");
  const second = await ada.handoffs.initiate("a", { to: "bo" }, { fence });
  expect((await ada.handoffs.reject(second.id, "changed my mind")).rejectedBy).toBe("ada");
  expect((await ada.tasks.complete("a", { fence })).status).toBe("completed");
});

test("[D6] a later handoff of the task folds the earlier offer away", async () => {
  const { ada, bo, cy, fence } = await workshop();
  const first = await ada.handoffs.initiate("a", { to: "bo" }, { fence });
  const second = await ada.handoffs.initiate("a", { to: "cy" }, { fence });
  expect(await ada.handoffs.get(first.id)).toMatchObject({ status: "superseded", supersededBy: second.id });
  expect(await refusal(bo.handoffs.accept(first.id))).toBe("INVALID_TRANSITION");
  expect((await cy.handoffs.accept(second.id)).fence).toBe(2);
});

test("an offer is not accepted once somebody else has taken the task", async () => {
  const { ada, bo, cy, fence } = await workshop();
  const { id } = await ada.handoffs.initiate("a", { to: "bo" }, { fence });
  ada.clock.advance(10 * minute);
  await cy.tasks.claimNext();
  expect(await refusal(bo.handoffs.accept(id))).toBe("CLAIM_HELD");
});

test("a task nobody holds is handed over, too; a finished one is not", async () => {
  const { ada, bo } = await workshop();
  await ada.tasks.create({ title: "b", id: "b" });
  const { id } = await ada.handoffs.initiate("b", { to: "bo" });
  expect(await bo.handoffs.accept(id)).toMatchObject({ fence: 1, task: { status: "in_progress" } });
  await ada.tasks.create({ title: "c", id: "c" });
  await ada.tasks.complete("c");
  expect(await refusal(ada.handoffs.initiate("c", { to: "bo" }))).toBe("INVALID_TRANSITION");
});

test("of accepting a handoff and the giver completing the task at the same time one happens", async () => {
  for (let round = 0; round < 10; round += 1) {
    const { ada, bo, fence } = await workshop();
    const { id } = await ada.handoffs.initiate("a", { to: "bo" }, { fence });
    const results = await Promise.allSettled([bo.handoffs.accept(id), ada.tasks.complete("a", { fence })]);
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
  }
});

test("[D6] an offer ends with its task, and a later acceptance takes the place of an earlier one", async () => {
  const { ada, bo, cy, fence } = await workshop();
  const first = await ada.handoffs.initiate("a", { to: "bo" }, { fence });
  const taken = await bo.handoffs.accept(first.id);
  const second = await bo.handoffs.initiate("a", { to: "cy" }, { fence: taken.fence });
  const { fence: last } = await cy.handoffs.accept(second.id);
  expect(await ada.handoffs.get(first.id)).toMatchObject({ status: "superseded", supersededBy: second.id });
  expect(await refusal(bo.handoffs.complete(first.id))).toBe("INVALID_TRANSITION");
  const third = await cy.handoffs.initiate("a", { to: "ada" }, { fence: last });
  await cy.tasks.complete("a", { fence: last });
  expect(await ada.handoffs.get(third.id)).toMatchObject({
    status: "rejected",
    rejectedBy: "cy",
    rejectReason: "the task was completed",
  });
  expect((await ada.handoffs.list()).items.map(({ id }) => id)).toEqual([second.id, third.id]);
  expect((await ada.handoffs.list({ all: true })).items).toHaveLength(3);
  expect((await ada.handoffs.list({ status: "superseded" })).items.map(({ id }) => id)).toEqual([first.id]);
});
