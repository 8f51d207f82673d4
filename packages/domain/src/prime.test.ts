import { expect, test } from "vitest";
import { fitSections } from "./prime-budget.ts";
import { memoryKnot, memoryStore, refusal } from "./testing/memory-knot.ts";

test("an agent learns what it holds, what it was offered, what is ready, blocked, decided and changed", async () => {
  const store = memoryStore();
  const ada = await memoryKnot({ as: "ada", store });
  const bob = await memoryKnot({ as: "bob", store });
  await ada.tasks.create({ title: "mine", id: "mine" });
  await ada.tasks.create({ title: "free", id: "free" });
  await ada.tasks.create({ title: "stuck", id: "stuck" });
  await ada.tasks.create({ title: "given", id: "given" });
  await ada.tasks.block("stuck", "no key");
  await ada.agents.register("bob", { roles: ["reviewer"] });
  const { fence } = await bob.tasks.claim("mine");
  const decision = await ada.decisions.log({ title: "Use oak", affects: ["free"] });
  const { cursor } = await bob.prime();
  const offer = await ada.handoffs.initiate("given", { to: "reviewer", instructions: "look" });

  const head = await ada.graph.head();
  const prime = await bob.prime({ since: cursor });
  expect(prime).toEqual({
    me: { name: "bob", roles: ["reviewer"] },
    cursor: String(head),
    claims: [{ id: "mine", title: "mine", priority: "medium", fence, expiresAt: expect.any(String) }],
    handoffs: [{ id: offer.id, task: "given", from: "ada", to: "reviewer", instructions: "look" }],
    ready: [
      { id: "free", title: "free", priority: "medium" },
      { id: "given", title: "given", priority: "medium" },
    ],
    blocked: [{ id: "stuck", title: "stuck", priority: "medium", reason: "no key" }],
    decisions: [{ id: decision.id, title: "Use oak", affects: ["free"] }],
    changes: [{ id: offer.id, type: "handoff", by: "ada", seq: head }],
    cut: [],
  });
  expect(await ada.graph.head()).toBe(head);
  expect(await bob.prime({ since: prime.cursor })).toMatchObject({ changes: [] });
  expect(await refusal(bob.prime({ since: "999999" }))).toBe("INVALID_VALUE");
  expect(await refusal(bob.prime({ since: "yesterday" }))).toBe("INVALID_VALUE");
});

test("the answer fits its budget at every size, and says what was cut", async () => {
  const knot = await memoryKnot({ as: "ada" });
  await knot.graph.transact(async (tx) => {
    for (let i = 0; i < 300; i += 1) {
      const props = { title: `Täsk ${i} 漢字 ${"long ".repeat(i % 60)}`, status: "pending", priority: "high" } as const;
      await tx.create("task", { ...props, filedAt: new Date(i).toISOString() });
    }
  });
  for (const tokens of [200, 300, 500, 1_000, 2_000, 20_000]) {
    const prime = await knot.prime({ tokens });
    expect(Buffer.byteLength(JSON.stringify(prime))).toBeLessThanOrEqual(tokens * 4);
    expect(prime.cut).toEqual([{ section: "ready", shown: prime.ready.length, more: null }]);
    if (tokens >= 500) expect(prime.ready.length).toBeGreaterThan(0);
  }
  await knot.settings.set("prime.tokens", "300");
  expect(JSON.stringify(await knot.prime()).length).toBeLessThanOrEqual(1_200);
  expect(await refusal(knot.prime({ tokens: 10 }))).toBe("INVALID_VALUE");
});

test("nobody's prime has no claims and no offers", async () => {
  expect(await (await memoryKnot()).prime()).toMatchObject({ me: null, claims: [], handoffs: [], changes: [] });
});

test("every section gets a share, and what is left goes to the first ones", () => {
  const items = Array.from({ length: 50 }, (_, i) => ({ i: i % 10 }));
  const sections = (["a", "b", "c"] as const).map((name) => ({ name, items: name === "b" ? [] : items, more: 0 }));
  const { kept, cut } = fitSections(sections, { frame: {}, bytesMax: 500 });
  expect(kept.a.length).toBeGreaterThan(kept.c.length);
  expect(kept.c.length).toBeGreaterThan(5);
  expect(cut.map(({ section }) => section)).toEqual(["a", "c"]);
  expect(cut.every(({ shown, more }) => shown + (more ?? 0) === 50)).toBe(true);
});
