import { expect, test } from "vitest";
import { memoryKnot } from "./testing/memory-knot.ts";

test("a batch happens in one commit, and later items name what earlier ones made", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const before = await knot.graph.head();
  const { results } = await knot.batch([
    { op: "task create", ref: "parser", title: "Write the parser", priority: "high" },
    { op: "task create", ref: "tests", title: "Test it", dependsOn: ["$parser"] },
    { op: "decision log", title: "By hand", affects: ["$parser", "$tests"] },
    { op: "task claim", id: "$parser", ttlMs: 60_000 },
    { op: "note", about: "$parser", text: "begun" },
  ]);
  const [parser, tests, decision, claim] = results.map(({ id }) => id);
  expect(await knot.graph.commits({ after: before })).toHaveLength(1);
  expect(claim).toBe(parser);
  expect(results[3]).toMatchObject({ fence: expect.any(Number), token: expect.stringMatching(/.{20}/) });
  expect(await knot.tasks.blockers(tests ?? "")).toEqual([parser]);
  expect(await knot.decisions.get(decision ?? "")).toMatchObject({ affects: [parser, tests].sort() });
  expect(await knot.tasks.claimOf(parser ?? "")).toMatchObject({ agent: "ada" });
  expect(await knot.tasks.notes(parser ?? "")).toMatchObject([{ text: "begun" }]);
  expect(await knot.graph.check()).toMatchObject({ ok: true });
});

test("one failed item keeps the others from happening, and every failed one is named with its code", async () => {
  const knot = await memoryKnot({ as: "ada" });
  await knot.tasks.create({ title: "there", id: "there-1" });
  const before = await knot.graph.head();
  const run = knot.batch([
    { op: "task create", title: "fine" },
    { op: "task update", id: "nowhere", title: "x" },
    { op: "task create", ref: "bad", title: "x", colour: "red" },
    { op: "task complete", id: "$bad" },
    { op: "task update", id: "there-1", title: "y", ifVersion: 9 },
    { op: "task frobnicate" },
    { op: "task create", title: "null" },
    { op: "task depends", id: "there-1", on: ["there-1"] },
  ]);
  const error = (await run.catch((thrown: unknown) => thrown)) as { code: string; context: { failures: object[] } };
  expect(error.code).toBe("BATCH_FAILED");
  expect(error.context.failures).toMatchObject([
    { item: 2, op: "task update", code: "NOT_FOUND" },
    { item: 3, op: "task create", ref: "bad", code: "UNKNOWN_FIELD" },
    { item: 4, op: "task complete", code: "INVALID_VALUE" },
    { item: 5, op: "task update", code: "CONFLICT" },
    { item: 6, op: "task frobnicate", code: "INVALID_VALUE" },
    { item: 7, op: "task create", code: "INVALID_VALUE" },
    { item: 8, op: "task depends", code: "CYCLE" },
  ]);
  expect(await knot.graph.head()).toBe(before);
  expect((await knot.tasks.list()).items).toHaveLength(1);
});

test("under one key a batch happens once, and no token is kept with the key", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const items = [
    { op: "task create", ref: "a", title: "a" },
    { op: "task claim", id: "$a" },
  ];
  const first = await knot.batch(items, { idempotencyKey: "k" });
  const again = await knot.batch(items, { idempotencyKey: "k" });
  expect(again.results.map(({ id }) => id)).toEqual(first.results.map(({ id }) => id));
  expect(first.results[1]?.token).toBeDefined();
  expect(again.results[1]?.token).toBeUndefined();
  expect((await knot.tasks.list()).items).toHaveLength(1);
  await expect(knot.batch(items.slice(1), { idempotencyKey: "k" })).rejects.toMatchObject({ code: "KEY_REUSED" });
});

test("a dry run checks everything and changes nothing", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const before = await knot.graph.head();
  expect(await knot.batch([{ op: "task create", title: "a" }], { dryRun: true })).toMatchObject({ dryRun: true });
  await expect(knot.batch([{ op: "task start", id: "nowhere" }], { dryRun: true })).rejects.toMatchObject({
    code: "BATCH_FAILED",
  });
  expect(await knot.graph.head()).toBe(before);
});

test("a dry run looks at what is now, also under a key that a batch was done under", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const items = [{ op: "task create", id: "part-1", title: "Part" }];
  await knot.batch(items, { idempotencyKey: "plan" });
  const again = knot.batch(items, { idempotencyKey: "plan", dryRun: true });
  await expect(again).rejects.toMatchObject({ code: "BATCH_FAILED" });
});

test("what a batch of the greatest size answered has room beside its key", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const items = Array.from({ length: 1_000 }, (_, index) => ({
    op: "task create",
    title: `Part ${index}`,
    ref: `r${index}`,
  }));
  const first = await knot.batch(items, { idempotencyKey: "plan" });
  expect(await knot.batch(items, { idempotencyKey: "plan" })).toEqual(first);
  expect(first.results[999]).toEqual({ op: "task create", ref: "r999", id: expect.stringMatching(/^T-/), version: 1 });
});
