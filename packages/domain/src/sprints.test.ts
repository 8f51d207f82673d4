import { expect, test } from "vitest";
import { memoryKnot, memoryStore, refusal } from "./testing/memory-knot.ts";
import { ManualClock } from "./testing/manual-clock.ts";

const dayMs = 24 * 60 * 60_000;

test("[W20] a sprint number in use is refused, and the first sprint stays as it is", async () => {
  const knot = await memoryKnot();
  const first = await knot.sprints.create({ title: "Sprint five", number: 5 });
  expect(await refusal(knot.sprints.create({ title: "Another", number: 5 }))).toBe("ALREADY_EXISTS");
  expect((await knot.sprints.list()).items.map(({ title }) => title)).toEqual(["Sprint five"]);
  expect(await knot.sprints.get(first.id)).toMatchObject({ version: 1, number: 5 });
  expect((await knot.graph.check()).problems).toEqual([]);
});

test("[W20] two sprints created in one month are two, each with a number of its own", async () => {
  const knot = await memoryKnot();
  const [a, b] = [await knot.sprints.create({ title: "One" }), await knot.sprints.create({ title: "Two" })];
  expect([a.number, b.number]).toEqual([1, 2]);
  expect(a.id).not.toBe(b.id);
  expect(await knot.sprints.create({ title: "Later", number: 26 })).toMatchObject({ number: 26 });
  expect(await knot.sprints.create({ title: "Next" })).toMatchObject({ number: 27 });
});

test("[D7] of sprints created at once by several processes each gets another number", async () => {
  const store = memoryStore();
  const knots = await Promise.all(Array.from({ length: 6 }, () => memoryKnot({ store })));
  const sprints = await Promise.all(
    knots.flatMap((knot) => [knot.sprints.create({ title: "a" }), knot.sprints.create({ title: "b" })]),
  );
  expect(sprints.map(({ number }) => number).sort((a, b) => Number(a) - Number(b))).toEqual(
    Array.from({ length: 12 }, (_, index) => index + 1),
  );
  const same = await Promise.all(knots.map((knot) => refusal(knot.sprints.create({ title: "c", number: 50 }))));
  expect(same.filter((code) => code === "nothing was refused")).toHaveLength(1);
  expect(same.filter((code) => code === "ALREADY_EXISTS")).toHaveLength(5);
});

test("a sprint is found by its number, by its id and by the end of it", async () => {
  const knot = await memoryKnot();
  const { id } = await knot.sprints.create({ title: "One", number: 7 });
  for (const typed of ["7", id, id.slice(-8)]) expect(await knot.sprints.resolve(typed)).toBe(id);
  expect(await refusal(knot.sprints.resolve("8"))).toBe("NOT_FOUND");
});

test("[D7] goals are added, prioritised, moved on and completed", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const { id } = await knot.sprints.create({ title: "One", goals: [{ text: "Ship", priority: "high" }] });
  await knot.sprints.addGoal(id, { text: "Measure" });
  expect(await refusal(knot.sprints.addGoal(id, { text: "Ship" }))).toBe("ALREADY_EXISTS");
  await knot.sprints.updateGoal(id, 2, { progress: 50, priority: "low" });
  expect((await knot.sprints.get(id))?.progress.goals).toEqual({ total: 2, completed: 0, percent: 25 });
  const done = await knot.sprints.updateGoal(id, 1, { completed: true });
  expect(done.goals).toEqual([
    {
      text: "Ship",
      priority: "high",
      completed: true,
      progress: 100,
      completedAt: expect.any(String),
      completedBy: "ada",
    },
    { text: "Measure", completed: false, progress: 50, priority: "low" },
  ]);
  expect((await knot.sprints.get(id))?.progress.goals).toEqual({ total: 2, completed: 1, percent: 75 });
  expect((await knot.sprints.updateGoal(id, 1, { completed: false })).goals[0]).toEqual({
    text: "Ship",
    priority: "high",
    completed: false,
    progress: 0,
  });
  expect(await refusal(knot.sprints.updateGoal(id, 3, { progress: 1 }))).toBe("NOT_FOUND");
  expect(await refusal(knot.sprints.updateGoal(id, 2, { progress: 101 }))).toBe("INVALID_VALUE");
});

test("[D7] a sprint has one owner, of two that claim it at once one wins", async () => {
  const store = memoryStore();
  const [ada, bo] = [await memoryKnot({ store, as: "ada" }), await memoryKnot({ store, as: "bo" })];
  const { id } = await ada.sprints.create({ title: "One" });
  const codes = await Promise.all([ada, bo].map((knot) => refusal(knot.sprints.claim(id))));
  expect([...codes].sort()).toEqual(["CLAIM_HELD", "nothing was refused"]);
  const winner = codes[0] === "CLAIM_HELD" ? bo : ada;
  const loser = winner === ada ? bo : ada;
  expect((await ada.sprints.get(id))?.owner?.agent).toBe(winner.as);
  for (const call of [loser.sprints.start(id), loser.sprints.release(id), loser.sprints.complete(id)]) {
    expect(await refusal(call)).toBe("CLAIM_HELD");
  }
  const again = await winner.sprints.claim(id);
  expect((await winner.sprints.claim(id)).version).toBe(again.version);
  await winner.sprints.release(id);
  expect((await ada.sprints.get(id))?.owner).toBeUndefined();
  expect(await refusal(winner.sprints.release(id))).toBe("INVALID_TRANSITION");
  const nobody = await memoryKnot({ store });
  expect(await refusal(nobody.sprints.claim(id))).toBe("IDENTITY_REQUIRED");
});

test("an owner that named a session is met only in it, and a sprint is taken over only from its owner", async () => {
  const store = memoryStore();
  const ada = await memoryKnot({ store, as: "ada" });
  const { id } = await ada.sprints.create({ title: "One" });
  await ada.sprints.claim(id, { session: "s-1" });
  expect(await refusal(ada.sprints.start(id, { session: "s-2" }))).toBe("CLAIM_HELD");
  expect((await ada.sprints.start(id, { session: "s-1" })).status).toBe("in_progress");
  const [bo, cy] = [await memoryKnot({ store, as: "bo" }), await memoryKnot({ store, as: "cy" })];
  expect(await refusal(bo.sprints.claim(id, { from: "dan" }))).toBe("CLAIM_HELD");
  const codes = await Promise.all([bo, cy].map((knot) => refusal(knot.sprints.claim(id, { from: "ada" }))));
  expect([...codes].sort()).toEqual(["CLAIM_HELD", "nothing was refused"]);
});

test("[D7] tasks come into a sprint and go, and its progress follows them", async () => {
  const knot = await memoryKnot();
  const { id } = await knot.sprints.create({ title: "One" });
  for (const task of ["a", "b", "c", "d"]) await knot.tasks.create({ title: task, id: task });
  const added = await knot.sprints.addTasks(id, ["a", "b", "c", "d"]);
  expect(added).toEqual({ sprint: id, added: ["a", "b", "c", "d"], already: [], removed: [] });
  expect((await knot.sprints.addTasks(id, ["a"])).already).toEqual(["a"]);
  await knot.tasks.complete("a");
  await knot.tasks.start("b");
  await knot.tasks.cancel("d");
  expect((await knot.sprints.get(id))?.progress.tasks).toEqual({
    total: 4,
    byStatus: { pending: 1, in_progress: 1, blocked: 0, deferred: 0, completed: 1, cancelled: 1 },
    percent: 33,
  });
  expect((await knot.sprints.tasks(id)).map((task) => task.id)).toEqual(["b", "c", "a", "d"]);
  await knot.sprints.removeTasks(id, ["d"]);
  expect(await refusal(knot.sprints.removeTasks(id, ["c", "d"]))).toBe("NOT_FOUND");
  expect((await knot.sprints.tasks(id)).map((task) => task.id)).toEqual(["b", "c", "a"]);
  expect(await knot.tasks.get("d")).toBeDefined();
  expect(await refusal(knot.sprints.addTasks(id, ["d", "T-0"]))).toBe("NOT_FOUND");
  expect((await knot.graph.check()).problems).toEqual([]);
});

test("moving tasks into a sprint takes them out of the others, and a dry run only says so", async () => {
  const knot = await memoryKnot();
  const [one, two] = [await knot.sprints.create({ title: "One" }), await knot.sprints.create({ title: "Two" })];
  await knot.tasks.create({ title: "a", id: "a" });
  await knot.sprints.addTasks(one.id, ["a"]);
  const expected = { sprint: two.id, added: ["a"], already: [], removed: [{ sprint: one.id, task: "a" }] };
  expect(await knot.sprints.addTasks(two.id, ["a"], { move: true, dryRun: true })).toEqual(expected);
  expect(await knot.sprints.tasks(two.id)).toEqual([]);
  const key = { move: true, idempotencyKey: "k" };
  expect(await knot.sprints.addTasks(two.id, ["a"], key)).toEqual(expected);
  expect(await knot.sprints.addTasks(two.id, ["a"], key)).toEqual(expected);
  expect(await knot.sprints.tasks(one.id)).toEqual([]);
});

test("[D7] a sprint is completed when it is said what becomes of its open tasks", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const [one, two] = [await knot.sprints.create({ title: "One" }), await knot.sprints.create({ title: "Two" })];
  for (const task of ["a", "b"]) await knot.tasks.create({ title: task, id: task, containedIn: one.id });
  await knot.sprints.claim(one.id);
  await knot.sprints.start(one.id);
  await knot.tasks.complete("a");
  expect(await refusal(knot.sprints.complete(one.id))).toBe("CHILDREN_OPEN");
  const options = { carryOver: two.id };
  expect(await knot.sprints.complete(one.id, { ...options, dryRun: true })).toMatchObject({
    sprint: { status: "in_progress" },
    unfinished: ["b"],
    carriedTo: two.id,
  });
  const { sprint, unfinished } = await knot.sprints.complete(one.id, options);
  expect(sprint).toMatchObject({ status: "completed", completedBy: "ada" });
  expect(sprint.owner).toBeUndefined();
  expect(unfinished).toEqual(["b"]);
  expect((await knot.sprints.tasks(two.id)).map((task) => task.id)).toEqual(["b"]);
  expect((await knot.sprints.tasks(one.id)).map((task) => task.id)).toEqual(["a"]);
  expect(await refusal(knot.sprints.start(one.id))).toBe("INVALID_TRANSITION");
  expect(await refusal(knot.sprints.addTasks(one.id, ["b"]))).toBe("PARENT_CLOSED");
  expect(await knot.sprints.complete(two.id, { leaveOpen: true })).toMatchObject({ unfinished: ["b"] });
  expect((await knot.sprints.reopen(one.id)).completedAt).toBeUndefined();
});

test("[D7] completing a sprint and putting an open task into it at the same moment: never both", async () => {
  const store = memoryStore();
  const [ada, bo] = [await memoryKnot({ store }), await memoryKnot({ store })];
  for (let round = 0; round < 20; round += 1) {
    const { id } = await ada.sprints.create({ title: `round ${round}` });
    const task = await ada.tasks.create({ title: "open" });
    const codes = await Promise.all([refusal(ada.sprints.complete(id)), refusal(bo.sprints.addTasks(id, [task.id]))]);
    const done = codes.filter((code) => code === "nothing was refused");
    expect([round, done.length, codes.find((code) => code === "CHILDREN_OPEN" || code === "PARENT_CLOSED")]).toEqual([
      round,
      1,
      expect.any(String),
    ]);
  }
});

test("[D7] a sprint is started, blocked with a reason, started again; the current one is the caller's own", async () => {
  const store = memoryStore();
  const clock = new ManualClock();
  const [ada, bo] = [await memoryKnot({ store, clock, as: "ada" }), await memoryKnot({ store, clock, as: "bo" })];
  const [one, two] = [await ada.sprints.create({ title: "One" }), await ada.sprints.create({ title: "Two" })];
  expect(await ada.sprints.current()).toBeUndefined();
  const started = await ada.sprints.start(one.id);
  clock.advance(1000);
  expect(await ada.sprints.block(one.id, "no host")).toMatchObject({ status: "blocked", blockedReason: "no host" });
  const again = await ada.sprints.start(one.id);
  expect(again).toMatchObject({ status: "in_progress", startedAt: started.startedAt });
  expect(again.blockedReason).toBeUndefined();
  await bo.sprints.start(two.id);
  expect((await ada.sprints.current())?.id).toBe(two.id);
  await ada.sprints.claim(one.id);
  expect((await ada.sprints.current())?.id).toBe(one.id);
  expect((await bo.sprints.current())?.id).toBe(two.id);
});

test("[D7] suggestions are open tasks in no open sprint, each with the reasons that gave its points", async () => {
  const knot = await memoryKnot();
  const epic = await knot.epics.create({ title: "Storage" });
  const { id } = await knot.sprints.create({ title: "Faster recovery", epic: epic.id });
  const other = await knot.sprints.create({ title: "Other" });
  const make = (name: string, fields: object = {}) => knot.tasks.create({ title: name, id: name, ...fields });
  await make("inside", { containedIn: id, category: "wal" });
  await make("elsewhere", { containedIn: other.id, priority: "critical" });
  await make("related", { containedIn: epic.id });
  await make("urgent", { priority: "critical" });
  await make("stuck", { dependsOn: ["elsewhere"] });
  await make("recovery of tails", { id: "alike", category: "wal" });
  await make("small", { estimateHours: 1 });
  const suggested = await knot.sprints.suggest(id);
  expect(suggested.map(({ task }) => task.id)).toEqual(["related", "urgent", "alike", "small"]);
  expect(suggested[0]).toMatchObject({
    task: { id: "related" },
    reasons: [
      { kind: "epic", points: 30 },
      { kind: "priority", points: 10 },
      { kind: "ready", points: 10 },
    ],
  });
  for (const { score, reasons } of suggested) expect(reasons.reduce((sum, { points }) => sum + points, 0)).toBe(score);
  const quick = await knot.sprints.suggest(id, { strategy: "quick-wins", limit: 1 });
  expect(quick.map(({ task }) => task.id)).toEqual(["small"]);
  const impact = await knot.sprints.suggest(id, { strategy: "impact", limit: 1 });
  expect(impact.map(({ task }) => task.id)).toEqual(["urgent"]);
  await knot.tasks.depends("inside", "stuck");
  const helping = (await knot.sprints.suggest(id)).find(({ task }) => task.id === "stuck");
  expect(helping?.reasons.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(["dependency", "waiting", "unblocks"]),
  );
});

test("what belongs to a sprint is suggested however many other tasks are more urgent", async () => {
  const knot = await memoryKnot();
  const plan = Array.from({ length: 520 }, (_, index) =>
    JSON.stringify({ id: `P-${index}`, type: "task", title: "urgent", status: "pending", priority: "critical" }),
  );
  await knot.imports.plan(plan);
  const epic = await knot.epics.create({ title: "Storage" });
  const { id } = await knot.sprints.create({ title: "One", epic: epic.id });
  await knot.tasks.create({ title: "inside", id: "inside", containedIn: id });
  await knot.tasks.create({ title: "related", id: "related", priority: "low", containedIn: epic.id });
  await knot.tasks.create({ title: "needed", id: "needed", priority: "low", blocks: ["inside"] });
  const suggested = await knot.sprints.suggest(id, { limit: 1000 });
  expect(suggested).toHaveLength(502);
  expect(suggested.map(({ task }) => task.id)).toEqual(expect.arrayContaining(["related", "needed"]));
});

test("[D7] the burndown counts what is left at the end of each day", async () => {
  const knot = await memoryKnot();
  const { id } = await knot.sprints.create({ title: "One" });
  for (const task of ["a", "b", "c"]) await knot.tasks.create({ title: task, id: task, containedIn: id });
  await knot.sprints.start(id);
  await knot.tasks.complete("a");
  knot.clock.advance(dayMs);
  await knot.tasks.create({ title: "d", id: "d", containedIn: id });
  knot.clock.advance(dayMs);
  await knot.tasks.complete("b");
  await knot.tasks.cancel("c");
  expect(await knot.sprints.burndown(id)).toEqual({
    sprint: id,
    from: "2026-01-01",
    to: "2026-01-03",
    days: [
      { day: "2026-01-01", scope: 2, completed: 1, remaining: 1 },
      { day: "2026-01-02", scope: 3, completed: 1, remaining: 2 },
      { day: "2026-01-03", scope: 3, completed: 2, remaining: 1 },
    ],
    undated: 0,
  });
});

test("fields of a sprint are changed unless somebody was there before", async () => {
  const knot = await memoryKnot();
  const { id } = await knot.sprints.create({ title: "One", isolation: ["src/a"] });
  await knot.sprints.create({ title: "Two" });
  expect(await refusal(knot.sprints.update(id, { number: 2 }))).toBe("ALREADY_EXISTS");
  const edited = await knot.sprints.update(id, { title: "First", number: 9 }, { unset: ["isolation"], ifVersion: 1 });
  expect(edited).toMatchObject({ title: "First", number: 9, version: 2 });
  expect(edited.isolation).toBeUndefined();
  expect(await refusal(knot.sprints.update(id, { title: "x" }, { ifVersion: 1 }))).toBe("CONFLICT");
  expect((await knot.sprints.note(id, "went well")).notes).toEqual(["went well"]);
  expect(await refusal(knot.sprints.note(id, " "))).toBe("INVALID_VALUE");
});
