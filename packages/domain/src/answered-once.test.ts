/** What may be answered once is answered once, however many answer it at the same time. */
import { expect, test } from "vitest";
import { ManualClock } from "./testing/manual-clock.ts";
import { memoryKnot, type MemoryKnot, memoryStore, refusal } from "./testing/memory-knot.ts";

const granted = "nothing was refused";
const answers = ["accept", "reject"] as const;

test("[J7] of two who answer a question at once, and of two who review a proposal, one wins, and the other is told", async () => {
  for (const [firstAnswer, secondAnswer] of answers.flatMap((one) => answers.map((other) => [one, other] as const))) {
    const { ada, bo, cy } = await workshop();
    const { id: task } = await ada.tasks.create({ title: "a" });
    const offer = await ada.handoffs.initiate(task, { to: "carpenter" });
    const answer = (knot: MemoryKnot, what: "accept" | "reject"): Promise<string> =>
      refusal(what === "accept" ? knot.handoffs.accept(offer.id) : knot.handoffs.reject(offer.id, "no time"));
    const codes = await Promise.all([answer(bo, firstAnswer), answer(cy, secondAnswer)]);
    expect(codes.toSorted()).toEqual(["INVALID_TRANSITION", granted].toSorted());
    const isBos = codes[0] === granted;
    const [winner, given] = isBos ? ["bo", firstAnswer] : ["cy", secondAnswer];
    expect(await ada.handoffs.get(offer.id)).toMatchObject(
      given === "accept" ? { status: "accepted", acceptedBy: winner } : { status: "rejected", rejectedBy: winner },
    );
    expect((await ada.tasks.claimOf(task))?.agent).toBe(given === "accept" ? winner : undefined);
    expect(await ada.graph.history(offer.id)).toHaveLength(2);
    expect(await ada.graph.check()).toMatchObject({ ok: true });
  }

  const { ada, bo, cy } = await workshop();
  for (let round = 0; round < 10; round += 1) {
    const { id } = await ada.decisions.log({ title: `Use oak ${round}`, status: "proposed" });
    const reviewers = round % 2 === 0 ? [bo, cy] : [cy, bo];
    const codes = await Promise.all(reviewers.map((reviewer) => refusal(reviewer.decisions.accept(id))));
    expect(codes.toSorted()).toEqual(["INVALID_TRANSITION", granted].toSorted());
    const winner = reviewers[codes.indexOf(granted)]?.as;
    expect(await ada.decisions.get(id)).toMatchObject({ status: "accepted", version: 2, updatedBy: winner });
  }
  expect(await ada.graph.check()).toMatchObject({ ok: true });
});

/** Ada asks; Bo and Cy, both carpenters, answer. */
async function workshop(): Promise<Readonly<Record<"ada" | "bo" | "cy", MemoryKnot>>> {
  const shared = { store: memoryStore(), clock: new ManualClock() };
  const ada = await memoryKnot({ ...shared, as: "ada" });
  const bo = await memoryKnot({ ...shared, as: "bo" });
  const cy = await memoryKnot({ ...shared, as: "cy" });
  for (const knot of [bo, cy]) await knot.agents.register(knot.as ?? "", { roles: ["carpenter"] });
  return { ada, bo, cy };
}
