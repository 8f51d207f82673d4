import { expect, test } from "vitest";
import { memoryKnot, memoryStore, refusal } from "./testing/memory-knot.ts";

test("a task is created with its defaults, by whom and when", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const task = await knot.tasks.create({ title: "Lay the keel" });
  expect(task).toMatchObject({
    title: "Lay the keel",
    status: "pending",
    priority: "medium",
    version: 1,
    createdBy: "ada",
    createdAt: "2026-01-01T00:00:00.000Z",
  });
  expect(task.id).toMatch(/^T-[0-9A-HJKMNP-TV-Z]{26}$/);
  expect(await knot.tasks.get(task.id)).toEqual(task);
});

test("[D1] a task keeps every field it was given", async () => {
  const knot = await memoryKnot();
  const fields = {
    title: "Caulk",
    description: "All seams",
    priority: "high",
    category: "hull",
    tags: ["oakum", "pitch"],
    estimateHours: 2.5,
    assignee: "bo",
    due: "2026-03-01",
  } as const;
  expect(await knot.tasks.create(fields)).toMatchObject(fields);
});

test("an unknown field, priority or date is refused and nothing is created", async () => {
  const knot = await memoryKnot();
  const wrong = [
    { colour: "red" },
    { priority: "urgent" },
    { due: "soon" },
    { due: "2026-02-31T99:00:00Z" },
    { estimateHours: -1 },
  ];
  for (const fields of wrong) {
    expect(await refusal(knot.tasks.create({ title: "x", ...fields } as never))).toBe("INVALID_VALUE");
  }
  expect((await knot.tasks.list()).items).toEqual([]);
});

test("titles that come from failed substitutions are refused", async () => {
  const knot = await memoryKnot();
  for (const title of ["", "  ", "null", "undefined", "a\nb", undefined]) {
    expect(await refusal(knot.tasks.create({ title } as never))).toBe("INVALID_VALUE");
  }
});

test("an id of one's own is taken once; ids of claims are reserved", async () => {
  const knot = await memoryKnot();
  expect((await knot.tasks.create({ title: "a", id: "PLAN-7" })).id).toBe("PLAN-7");
  expect(await refusal(knot.tasks.create({ title: "b", id: "PLAN-7" }))).toBe("ALREADY_EXISTS");
  expect(await refusal(knot.tasks.create({ title: "b", id: "claim.PLAN-7" }))).toBe("INVALID_VALUE");
  expect(await refusal(knot.tasks.create({ title: "b", id: "../../x" }))).toBe("INVALID_ID");
});

test("lists follow status, priority and age, filtered as asked", async () => {
  const knot = await memoryKnot();
  const { clock } = knot;
  const make = async (title: string, fields: object = {}): Promise<string> => {
    clock.advance(1000);
    return (await knot.tasks.create({ title, ...fields })).id;
  };
  const old = await make("old medium", { tags: ["hull"] });
  const low = await make("low", { priority: "low", assignee: "bo" });
  const critical = await make("critical", { priority: "critical", description: "the KEEL leaks" });
  const done = await make("done", { priority: "critical", category: "hull" });
  await knot.tasks.complete(done);
  const young = await make("young medium");
  const ids = async (filter: object): Promise<string[]> => (await knot.tasks.list(filter)).items.map((task) => task.id);
  expect(await ids({})).toEqual([critical, old, young, low, done]);
  expect(await ids({ status: "pending" })).toEqual([critical, old, young, low]);
  expect(await ids({ status: ["completed", "pending"], priority: "critical" })).toEqual([critical, done]);
  expect(await ids({ assignee: "bo" })).toEqual([low]);
  expect(await ids({ tag: "hull" })).toEqual([old]);
  expect(await ids({ category: "hull" })).toEqual([done]);
  expect(await ids({ text: "keel" })).toEqual([critical]);
});

test("pages say truthfully whether there is more and go on where they stopped", async () => {
  const knot = await memoryKnot();
  for (let n = 0; n < 7; n += 1) await knot.tasks.create({ title: `task ${n}` });
  const first = await knot.tasks.list({ limit: 3 });
  const second = await knot.tasks.list({ limit: 3, after: first.next! });
  const third = await knot.tasks.list({ limit: 3, after: second.next! });
  expect([first.truncated, second.truncated, third.truncated]).toEqual([true, true, false]);
  expect(third.next).toBeUndefined();
  const all = [...first.items, ...second.items, ...third.items].map((task) => task.id);
  expect(new Set(all).size).toBe(7);
  expect((await knot.tasks.list({ limit: 7 })).truncated).toBe(false);
  expect(await refusal(knot.tasks.list({ limit: -1 }))).toBe("INVALID_VALUE");
});

test("an update sets and unsets fields; one that changes nothing writes nothing", async () => {
  const knot = await memoryKnot();
  const { id } = await knot.tasks.create({ title: "a", due: "2026-03-01" });
  const updated = await knot.tasks.update(id, { priority: "high" }, { unset: ["due"] });
  expect(updated).toMatchObject({ priority: "high", version: 2 });
  expect(updated).not.toHaveProperty("due");
  expect((await knot.tasks.update(id, { priority: "high" })).version).toBe(2);
});

test("an update for another version is refused", async () => {
  const knot = await memoryKnot();
  const { id } = await knot.tasks.create({ title: "a" });
  await knot.tasks.update(id, { title: "b" }, { ifVersion: 1 });
  expect(await refusal(knot.tasks.update(id, { title: "c" }, { ifVersion: 1 }))).toBe("CONFLICT");
  expect((await knot.tasks.get(id))?.title).toBe("b");
});

test("the same idempotency key changes nothing the second time; with other arguments it is refused", async () => {
  const knot = await memoryKnot();
  const first = await knot.tasks.create({ title: "once" }, { idempotencyKey: "k1" });
  const again = await knot.tasks.create({ title: "once" }, { idempotencyKey: "k1" });
  expect(again.id).toBe(first.id);
  expect((await knot.tasks.list()).items).toHaveLength(1);
  expect(await refusal(knot.tasks.create({ title: "other" }, { idempotencyKey: "k1" }))).toBe("KEY_REUSED");
});

test("[D4] what a task depends on must be finished before it starts", async () => {
  const knot = await memoryKnot();
  const blocker = await knot.tasks.create({ title: "first" });
  const task = await knot.tasks.create({ title: "second", dependsOn: [blocker.id] });
  expect(await knot.tasks.blockers(task.id)).toEqual([blocker.id]);
  expect(await refusal(knot.tasks.start(task.id))).toBe("NOT_READY");
  expect(await refusal(knot.tasks.complete(task.id))).toBe("NOT_READY");
  await knot.tasks.complete(blocker.id);
  expect((await knot.tasks.start(task.id)).status).toBe("in_progress");
});

test("[D2] [T8] a circle of dependencies is refused with its path", async () => {
  const knot = await memoryKnot();
  for (const id of ["a", "b", "c"]) await knot.tasks.create({ title: id, id });
  await knot.tasks.depends("a", "b");
  await knot.tasks.depends("b", "c");
  await expect(knot.tasks.depends("c", "a")).rejects.toMatchObject({
    code: "CYCLE",
    message: expect.stringContaining("c → a → b → c"),
    context: { path: "c → a → b → c" },
  });
  expect(await refusal(knot.tasks.depends("a", "a"))).toBe("CYCLE");
  expect(await knot.tasks.blockers("c")).toEqual([]);
});

test("[D2] a child cannot wait for its parent, which waits for it to close", async () => {
  const knot = await memoryKnot();
  await knot.tasks.create({ title: "parent", id: "p" });
  await knot.tasks.create({ title: "child", id: "c", parent: "p" });
  expect(await refusal(knot.tasks.depends("c", "p"))).toBe("CYCLE");
});

test("[D4] a parent is closed after its children, and has no open child while it is closed", async () => {
  const knot = await memoryKnot();
  const parent = await knot.tasks.create({ title: "parent" });
  const child = await knot.tasks.create({ title: "child", parent: parent.id });
  expect(await knot.tasks.openChildren(parent.id)).toEqual([child.id]);
  expect(await refusal(knot.tasks.complete(parent.id))).toBe("CHILDREN_OPEN");
  expect(await refusal(knot.tasks.cancel(parent.id))).toBe("CHILDREN_OPEN");
  await knot.tasks.complete(child.id);
  await knot.tasks.complete(parent.id);
  expect(await refusal(knot.tasks.create({ title: "late", parent: parent.id }))).toBe("PARENT_CLOSED");
  expect(await refusal(knot.tasks.reopen(child.id))).toBe("PARENT_CLOSED");
});

test("[T8] moves that the lifecycle does not know are refused", async () => {
  const knot = await memoryKnot();
  const { id } = await knot.tasks.create({ title: "a" });
  await knot.tasks.block(id, "no wood");
  expect(await refusal(knot.tasks.start(id))).toBe("INVALID_TRANSITION");
  expect(await refusal(knot.tasks.complete(id))).toBe("INVALID_TRANSITION");
  expect(await refusal(knot.tasks.reopen(id))).toBe("INVALID_TRANSITION");
  expect((await knot.tasks.unblock(id)).status).toBe("pending");
  expect(await refusal(knot.tasks.unblock(id))).toBe("INVALID_TRANSITION");
  await knot.tasks.complete(id, { retrospective: "measure twice" });
  expect(await refusal(knot.tasks.complete(id))).toBe("INVALID_TRANSITION");
  const reopened = await knot.tasks.reopen(id);
  expect(reopened).toMatchObject({ status: "pending", retrospective: "measure twice" });
  expect(reopened).not.toHaveProperty("completedAt");
});

test("a status there is none of is refused by its name, wherever the task stands", async () => {
  const knot = await memoryKnot();
  const { id } = await knot.tasks.create({ title: "a" });
  const toDone = knot.tasks.update(id, { status: "done" as never });
  await expect(toDone).rejects.toMatchObject({ code: "INVALID_VALUE", hint: expect.stringContaining("completed") });
  expect((await knot.tasks.get(id))?.status).toBe("pending");
});

test("a field that cannot be stored is named", async () => {
  const created = (await memoryKnot()).tasks.create({ title: "a", due: "tomorrow", estimateHours: -1 });
  await expect(created).rejects.toThrow(/estimateHours: .*due: is no date such as 2026-03-01/);
});

test("[D1] who started and completed a task, and when, stays with it", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const { id } = await knot.tasks.create({ title: "a" });
  await knot.tasks.start(id);
  knot.clock.advance(60_000);
  expect(await knot.tasks.complete(id)).toMatchObject({
    startedAt: "2026-01-01T00:00:00.000Z",
    startedBy: "ada",
    completedAt: "2026-01-01T00:01:00.000Z",
    completedBy: "ada",
  });
});

test("blocking says why and by what", async () => {
  const knot = await memoryKnot();
  const wood = await knot.tasks.create({ title: "buy wood" });
  const task = await knot.tasks.create({ title: "build" });
  const blocked = await knot.tasks.block(task.id, "no wood", { by: wood.id });
  expect(blocked).toMatchObject({ status: "blocked", blockedReason: "no wood" });
  expect(await knot.tasks.blockers(task.id)).toEqual([wood.id]);
  expect(await knot.tasks.unblock(task.id)).not.toHaveProperty("blockedReason");
});

test("[D2] [T8] ready are the pending tasks whose blockers are finished, most urgent and oldest first", async () => {
  const knot = await memoryKnot();
  const make = async (id: string, fields: object = {}): Promise<void> => {
    knot.clock.advance(1000);
    await knot.tasks.create({ title: id, id, ...fields });
  };
  await make("m1");
  await make("h1", { priority: "high", tags: ["x"] });
  await make("c1", { priority: "critical", dependsOn: ["m1"] });
  await make("h2", { priority: "high" });
  await make("d1", { priority: "critical" });
  await knot.tasks.defer("d1");
  const ready = async (filter = {}): Promise<string[]> => (await knot.tasks.ready(filter)).items.map((task) => task.id);
  expect(await ready()).toEqual(["h1", "h2", "m1"]);
  expect(await ready({ tag: "x" })).toEqual(["h1"]);
  expect((await knot.tasks.next())?.id).toBe("h1");
  expect(await knot.tasks.ready({ limit: 2 })).toMatchObject({ truncated: true, next: expect.any(String) });
  await knot.tasks.complete("m1");
  expect(await ready()).toEqual(["c1", "h1", "h2"]);
});

test("[D2] a parent is ready only after its children: they are the work", async () => {
  const knot = await memoryKnot();
  await knot.tasks.create({ title: "parent", id: "p", priority: "critical" });
  await knot.tasks.create({ title: "child", id: "c", parent: "p" });
  expect((await knot.tasks.next())?.id).toBe("c");
  await knot.tasks.complete("c");
  expect((await knot.tasks.next())?.id).toBe("p");
});

test("[D8] deleting a task reports the edges and notes that go with it; a dry run keeps them", async () => {
  const knot = await memoryKnot();
  await knot.tasks.create({ title: "a", id: "a" });
  await knot.tasks.create({ title: "b", id: "b", dependsOn: ["a"] });
  const note = await knot.tasks.note("a", "about a");
  const dry = await knot.tasks.delete("a", { dryRun: true });
  expect(dry.notes).toEqual([note.id]);
  expect(dry.edges.map(({ from, type, to }) => [from, type, to])).toContainEqual(["b", "DEPENDS_ON", "a"]);
  expect(await knot.tasks.get("a")).toBeDefined();
  expect((await knot.tasks.delete("a")).edges).toHaveLength(dry.edges.length);
  expect(await knot.tasks.get("a")).toBeUndefined();
  expect(await knot.notes.get(note.id)).toBeUndefined();
  expect(await knot.tasks.blockers("b")).toEqual([]);
  expect(await refusal(knot.tasks.delete("a"))).toBe("NOT_FOUND");
  expect((await knot.tasks.history("a")).at(-1)).toMatchObject({ deleted: true, version: 2 });
});

test("the history says what each version changed", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const { id } = await knot.tasks.create({ title: "a" });
  await knot.tasks.update(id, { title: "b" });
  const [first, second] = await knot.tasks.history(id);
  expect(first).toMatchObject({ version: 1, by: "ada", deleted: false });
  expect(second?.changes).toEqual([{ field: "title", from: "a", to: "b" }]);
  expect(await refusal(knot.tasks.history("nothing"))).toBe("NOT_FOUND");
});

test("every command on a task that is not there finds nothing", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const { tasks } = knot;
  const calls = [
    tasks.update("T-0", { title: "x" }),
    tasks.start("T-0"),
    tasks.complete("T-0"),
    tasks.block("T-0", "x"),
    tasks.depends("T-0", "T-1"),
    tasks.claim("T-0"),
    tasks.release("T-0", { token: "x" }),
    tasks.note("T-0", "x"),
  ];
  expect(await Promise.all(calls.map(refusal))).toEqual(Array.from({ length: calls.length }, () => "NOT_FOUND"));
});

test("[D4] of closing a parent and creating its child at the same time one is refused", async () => {
  for (let round = 0; round < 10; round += 1) {
    const store = memoryStore();
    const [one, other] = [await memoryKnot({ store }), await memoryKnot({ store })];
    await one.tasks.create({ title: "parent", id: "p" });
    const results = await Promise.allSettled([
      one.tasks.complete("p"),
      other.tasks.create({ title: "child", id: "c", parent: "p" }),
    ]);
    const refused = results.filter((result) => result.status === "rejected");
    expect(refused).toHaveLength(1);
    expect(await one.checkGraphLaws()).toEqual([]);
  }
});

test("[D2] of two halves of a circle added at the same time one is refused", async () => {
  for (let round = 0; round < 10; round += 1) {
    const store = memoryStore();
    const [one, other] = [await memoryKnot({ store }), await memoryKnot({ store })];
    for (const id of ["a", "b"]) await one.tasks.create({ title: id, id });
    const results = await Promise.allSettled([one.tasks.depends("a", "b"), other.tasks.depends("b", "a")]);
    expect(results.filter((result) => result.status === "rejected")).toHaveLength(1);
    expect(await one.checkGraphLaws()).toEqual([]);
  }
});
