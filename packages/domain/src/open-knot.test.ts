import { expect, test } from "vitest";
import { memoryKnot } from "./testing/memory-knot.ts";

test("the log lists commits newest first with what they did, page by page", async () => {
  const knot = await memoryKnot({ as: "ada" });
  await knot.tasks.create({ title: "a", id: "a" });
  await knot.tasks.create({ title: "b", id: "b", dependsOn: ["a"] });
  const { items } = await knot.log();
  expect(items.slice(0, 2).map(({ summary, author }) => [summary, author])).toEqual([
    ["task b v1, b DEPENDS_ON a v1", "ada"],
    ["task a v1", "ada"],
  ]);
  const first = await knot.log({ limit: 1 });
  expect(first.truncated).toBe(true);
  const rest = await knot.log({ limit: 1000, before: Number(first.next) });
  expect(rest.truncated).toBe(false);
  expect([...first.items, ...rest.items]).toEqual(items);
});

test("stats count by type and status", async () => {
  const knot = await memoryKnot({ as: "ada" });
  for (const id of ["a", "b", "c"]) await knot.tasks.create({ title: id, id });
  await knot.tasks.complete("a");
  await knot.tasks.claim("b", { ttlMs: 1000 });
  await knot.decisions.log({ title: "x" });
  const stats = await knot.stats();
  expect(stats).toMatchObject({
    byType: { task: 3, decision: 1, claim: 1, handoff: 0 },
    byStatus: { task: { pending: 1, in_progress: 1, completed: 1, blocked: 0 }, decision: { accepted: 1 } },
    ready: 1,
    claims: { live: 1, expired: 0 },
  });
  knot.clock.advance(1000);
  expect(await knot.stats()).toMatchObject({ ready: 2, claims: { live: 0, expired: 1 } });
});

test("an export holds every live node and edge once, in an order that does not depend on when they came", async () => {
  const names = ["a", "b", "c"];
  const exported = async (order: readonly string[]): Promise<unknown[]> => {
    const knot = await memoryKnot();
    for (const id of order) await knot.tasks.create({ title: id, id });
    for (const id of order) if (id !== "a") await knot.edges.add(id, "RELATES_TO", "a");
    await knot.tasks.create({ title: "gone", id: "gone" });
    await knot.tasks.delete("gone");
    const lines: unknown[] = [];
    for await (const { kind, id, type, from, to, props } of knot.export())
      lines.push({ kind, id, type, from, to, props });
    return lines;
  };
  const forwards = await exported(names);
  expect(forwards).toHaveLength(5);
  expect(await exported(names.toReversed())).toEqual(forwards);
});

test("[D14] [T8] broken laws of the graph are found", async () => {
  const knot = await memoryKnot({ as: "ada" });
  for (const id of ["a", "b", "p", "c", "x"]) await knot.tasks.create({ title: id, id });
  await knot.tasks.claim("x");
  expect(await knot.checkGraphLaws()).toEqual([]);
  // Past the domain, which would refuse each of these.
  await knot.graph.transact(async (tx) => {
    await tx.link("a", "DEPENDS_ON", "b");
    await tx.link("b", "DEPENDS_ON", "a");
    await tx.link("c", "CHILD_OF", "p");
    await tx.link("p", "PARENT_OF", "c");
    await tx.update("p", { status: "completed" });
    await tx.update("x", { status: "pending" });
  });
  const found = (await knot.checkGraphLaws()).map(({ severity, code }) => `${severity} ${code}`).sort();
  expect(found).toEqual([
    "error CLAIM_AGAINST_STATUS",
    "error DEPENDENCY_CYCLE",
    "error INVERSE_EDGE",
    "warning STATUS_AGAINST_EDGES",
  ]);
});

test("a commit belongs to the session it was made in", async () => {
  const knot = await memoryKnot({ as: "ada" });
  await knot.tasks.create({ title: "a" }, { session: "S-42" });
  expect((await knot.log()).items[0]).toMatchObject({ session: "S-42", author: "ada" });
});
