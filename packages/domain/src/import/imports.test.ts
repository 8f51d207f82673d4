import { expect, test } from "vitest";
import { memoryKnot, memoryStore } from "../testing/memory-knot.ts";
import type { GitCommit } from "./parse-git-log.ts";

const item = (fields: object): string =>
  JSON.stringify({
    id: "P-1",
    type: "task",
    title: "one",
    status: "pending",
    priority: "high",
    dependsOn: [],
    ...fields,
  });

test("a plan becomes epics and tasks with their dependencies", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const plan = [
    item({ id: "P-1", type: "epic", title: "Foundations", estimateHours: 9 }),
    item({ id: "P-2", epic: "P-1", tags: ["x"], estimateHours: 3 }),
    item({ id: "P-3", epic: "P-1", dependsOn: ["P-2", "P-9"] }),
    item({ id: "P-3", title: "again" }),
    JSON.stringify({ id: "P-4", type: "song", title: "x" }),
  ];
  const report = await knot.imports.plan(plan);
  expect(report).toMatchObject({
    system: "plan",
    read: 5,
    nodes: { epic: { created: 1 }, task: { created: 2 } },
    edges: { CONTAINS: { created: 2 }, DEPENDS_ON: { created: 1 } },
    kept: [{ what: "epic.estimateHours", count: 1 }],
  });
  expect(report.refused.map(({ code }) => code)).toEqual(["REPEATED_ID", "NOT_A_RECORD", "DANGLING_EDGE"]);
  expect((await knot.tasks.ready()).items.map((task) => task.id)).toEqual(["P-2"]);
  expect(await knot.tasks.get("P-2")).toMatchObject({
    estimateHours: 3,
    tags: ["x"],
    source: { system: "plan", id: "P-2" },
  });
});

test("what was changed or deleted here stays so when the same is imported again", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const plan = [item({ id: "P-1" }), item({ id: "P-2", dependsOn: ["P-1", "P-3"] }), item({ id: "P-3" })];
  await knot.imports.plan(plan);
  await knot.tasks.complete("P-1");
  await knot.edges.remove("P-2", "DEPENDS_ON", "P-1");
  await knot.tasks.delete("P-3");
  const report = await knot.imports.plan(plan);
  expect(report.nodes).toEqual({ task: { created: 0, updated: 0, unchanged: 2 } });
  expect(report.edges).toEqual({});
  expect(report.notImported).toEqual([
    { what: "edge DEPENDS_ON of a record that was deleted here", count: 1 },
    { what: "edge DEPENDS_ON that was removed here", count: 1 },
    { what: "task that was deleted here", count: 1 },
  ]);
  expect((await knot.tasks.get("P-1"))?.status).toBe("completed");
});

test("a source that changed updates what was not changed here", async () => {
  const knot = await memoryKnot({ as: "ada" });
  await knot.imports.plan([item({ description: "old", category: "hull" })]);
  await knot.tasks.update("P-1", { title: "mine", category: "mast" });
  const report = await knot.imports.plan([
    item({ title: "theirs", description: "new", priority: "low", category: "hull" }),
  ]);
  expect(report.nodes["task"]).toEqual({ created: 0, updated: 1, unchanged: 0 });
  expect(report.repaired).toEqual([{ what: "task.title changed on both sides: kept as here", count: 1 }]);
  expect(await knot.tasks.get("P-1")).toMatchObject({
    title: "mine",
    description: "new",
    priority: "low",
    category: "mast",
  });
});

test("records whose id cannot be kept, or is taken, get a new one and are still found again", async () => {
  const knot = await memoryKnot({ as: "ada" });
  await knot.tasks.create({ title: "mine", id: "P-1" });
  const plan = [item({ id: "P-1" }), item({ id: "with space" }), item({ id: "P-3", dependsOn: ["P-1", "with space"] })];
  const first = await knot.imports.plan(plan);
  expect(first.nodes["task"]?.created).toBe(3);
  expect((await knot.tasks.get("P-1"))?.title).toBe("mine");
  const blockers = await knot.tasks.blockers("P-3");
  expect(blockers).toHaveLength(2);
  for (const id of blockers) expect(id).toMatch(/^T-[0-9A-Z]{26}$/);
  expect((await knot.imports.plan(plan)).nodes["task"]).toEqual({ created: 0, updated: 0, unchanged: 3 });
});

test("one record that cannot be stored is refused, the others are imported", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const plan = Array.from({ length: 10 }, (_, n) => item({ id: `P-${n}`, title: n === 4 ? "x".repeat(501) : "fine" }));
  const report = await knot.imports.plan(plan);
  expect(report.nodes["task"]?.created).toBe(9);
  expect(report.refused).toMatchObject([{ item: "task P-4", code: "INVALID_VALUE" }]);
});

test("a git history becomes commits, authors and files", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const commit = (hash: string, files: readonly string[]): GitCommit => ({
    hash,
    authorName: "Ada",
    authorEmail: "ada@example.org",
    authoredAt: "2026-01-02T03:04:05+01:00",
    subject: "Add",
    files,
  });
  const history = [commit("abc1234", ["a.ts", "dir/b.ts"]), commit("def5678", ["a.ts"])];
  const report = await knot.imports.git(history);
  expect(report.nodes).toEqual({
    commit: { created: 2, updated: 0, unchanged: 0 },
    author: { created: 1, updated: 0, unchanged: 0 },
    file: { created: 2, updated: 0, unchanged: 0 },
  });
  expect(report.edges).toMatchObject({ AUTHORED_BY: { created: 2 }, TOUCHES: { created: 3 } });
  const more = await knot.imports.git([commit("0123456", ["a.ts"]), ...history]);
  expect(more.nodes["commit"]).toEqual({ created: 1, updated: 0, unchanged: 2 });
  expect(more.nodes["file"]).toEqual({ created: 0, updated: 0, unchanged: 2 });
});

test("two imports of the same at the same time make each record once", async () => {
  const store = memoryStore();
  const [one, other] = [await memoryKnot({ store, as: "ada" }), await memoryKnot({ store, as: "bo" })];
  const plan = Array.from({ length: 20 }, (_, n) => item({ id: `with space ${n}` }));
  const reports = await Promise.all([one.imports.plan(plan), other.imports.plan(plan)]);
  expect(reports.map((report) => report.nodes["task"]?.created).sort()).toEqual([0, 20]);
  expect((await one.tasks.list()).items).toHaveLength(20);
});

test("progress goes up to the whole", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const seen: number[] = [];
  const plan = Array.from({ length: 450 }, (_, n) => item({ id: `P-${n}` }));
  await knot.imports.plan(plan, { onProgress: ({ done, total }) => seen.push(done / total) });
  expect(seen.at(-1)).toBe(1);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
});
