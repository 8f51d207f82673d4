/** Tasks as a ticket store: each of its calls, and what becomes of one ticket under many callers at once. */
import { expect, test } from "vitest";
import { isDomainError } from "./domain-error.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { memoryKnot, type MemoryKnot, memoryStore, type MemoryStore, refusal } from "./testing/memory-knot.ts";
import { taskStatuses } from "./types/task.ts";

test("[C1] tasks are created, got, updated, deleted, listed, listed by status and moved; errors have types", async () => {
  const knot = await memoryKnot({ as: "ada" });
  const { tasks } = knot;
  const created = await tasks.create({ title: "Lay the keel", description: "oak" });
  expect(await tasks.get(created.id)).toEqual(created);
  expect(await tasks.update(created.id, { title: "Lay the new keel" })).toMatchObject({
    version: 2,
    description: "oak",
  });
  const other = await tasks.create({ title: "Caulk" });
  const idsOf = async (filter: Parameters<typeof tasks.list>[0]): Promise<string[]> =>
    (await tasks.list(filter)).items.map(({ id }) => id);
  expect(await idsOf({})).toEqual([created.id, other.id].toSorted());

  // Moved along every status; a list by status holds a task under the one it has, and under no other.
  const moves = [
    () => tasks.start(created.id),
    () => tasks.block(created.id, "no wood"),
    () => tasks.unblock(created.id),
    () => tasks.defer(created.id),
    () => tasks.reopen(created.id),
    () => tasks.complete(created.id),
    () => tasks.reopen(created.id),
    () => tasks.cancel(created.id),
  ];
  const seen = new Set<string>();
  for (const move of moves) {
    const { status: now } = await move();
    seen.add(now);
    for (const status of taskStatuses) expect((await idsOf({ status })).includes(created.id)).toBe(status === now);
  }
  expect([...seen].toSorted()).toEqual(taskStatuses.toSorted());

  expect((await tasks.delete(created.id)).task.id).toBe(created.id);
  expect(await tasks.get(created.id)).toBeUndefined();
  expect(await idsOf({})).toEqual([other.id]);

  const missing = [
    () => tasks.update(created.id, { title: "x" }),
    () => tasks.start(created.id),
    () => tasks.complete("T-0"),
    () => tasks.delete("T-0"),
    () => tasks.history("T-0"),
  ];
  for (const call of missing) await expect(call()).rejects.toSatisfy((error) => isDomainError(error, "NOT_FOUND"));
  const wrong = [
    () => tasks.create({ title: "" }),
    () => tasks.create({ title: "x", priority: "urgent" as never }),
    () => tasks.update(other.id, { title: "two\nlines" }),
    () => tasks.update(other.id, { estimateHours: -1 }),
    () => tasks.update(other.id, { status: "done" as never }),
  ];
  for (const call of wrong) expect(await refusal(call())).toBe("INVALID_VALUE");
  expect(await tasks.get(other.id)).toEqual(other);
  expect(await knot.graph.check()).toMatchObject({ ok: true });
});

test("[C5] 10 writers update one task 10 times each: each update is one version, the last one stands, the disk has 1 record", async () => {
  const store = memoryStore();
  const knot = await memoryKnot({ store });
  await knot.tasks.create({ title: "new", id: "a" });
  const acknowledged = await Promise.all(
    Array.from({ length: 10 }, async (_, writer) => {
      const titles: (readonly [version: number, title: string])[] = [];
      for (let round = 0; round < 10; round += 1) {
        const { version, title } = await knot.tasks.update("a", { title: `writer ${writer}, round ${round}` });
        titles.push([version, title]);
      }
      return titles;
    }),
  );
  const inOrder = acknowledged.flat().toSorted(([one], [other]) => one - other);
  expect(inOrder.map(([version]) => version)).toEqual(Array.from({ length: 100 }, (_, index) => index + 2));
  expect((await knot.tasks.get("a"))?.title).toBe(inOrder.at(-1)?.[1]);
  expect((await knot.graph.history("a")).map(({ props }) => props["title"])).toEqual([
    "new",
    ...inOrder.map(([, title]) => title),
  ]);
  expect((await knot.tasks.list()).items).toHaveLength(1);
  expect(await recordsOnDisk(knot, store, "a")).toBe(1);
  expect(await knot.graph.check()).toMatchObject({ ok: true });
});

test("[C5] while one task is being changed others are, too; a change of the same one makes it begin again", async () => {
  const store = memoryStore();
  const [one, other] = [await memoryKnot({ store }), await memoryKnot({ store })];
  for (const id of ["a", "b"]) await one.tasks.create({ title: id, id });
  for (const [id, runsExpected] of [
    ["b", 1],
    ["a", 2],
  ] as const) {
    let runs = 0;
    await one.graph.transact(async (tx) => {
      runs += 1;
      const title = (await tx.get("a"))?.props["title"];
      // Answered while this one is open: nobody waits for it.
      if (runs === 1) await other.tasks.update(id, { title: `${id} by the other` });
      await tx.update("a", { description: `${JSON.stringify(title)}, after ${id}` });
    });
    expect([id, runs]).toEqual([id, runsExpected]);
  }
  expect(await one.tasks.get("a")).toMatchObject({ title: "a by the other", description: '"a by the other", after a' });
  expect(await one.tasks.get("b")).toMatchObject({ title: "b by the other" });
  expect(await one.graph.check()).toMatchObject({ ok: true });
});

test("[C7] after 100 changes of its title a task is 1 record, readable by its old id, with all that hangs on it", async () => {
  const store = memoryStore();
  const knot = await memoryKnot({ store, as: "ada" });
  const { id } = await knot.tasks.create({ title: "title 0" });
  const child = await knot.tasks.create({ title: "child", parent: id });
  const note = await knot.tasks.note(id, "about it");
  for (let change = 1; change <= 100; change += 1) await knot.tasks.update(id, { title: `title ${change}` });
  expect(await knot.tasks.get(id)).toMatchObject({ id, title: "title 100", version: 101 });
  expect((await knot.tasks.list()).items.map((task) => task.id).toSorted()).toEqual([id, child.id].toSorted());
  expect((await knot.search("title 100", { types: ["task"] })).items.map((hit) => hit.id)).toEqual([id]);
  expect((await knot.search('"title 99"', { types: ["task"] })).items).toEqual([]);
  expect(await knot.tasks.openChildren(id)).toEqual([child.id]);
  expect(await knot.tasks.notes(id)).toEqual([note]);
  expect(await recordsOnDisk(knot, store, id)).toBe(1);
  expect(await knot.tasks.get(id)).toMatchObject({ title: "title 100" });
  expect(await knot.checkGraphLaws()).toEqual([]);
  expect(await knot.graph.check()).toMatchObject({ ok: true });
});

test("[C8] a task is deleted while ten wait for the lock: who comes after it finds nothing, and nothing brings it back", async () => {
  const outcomes = { updated: 0, refused: 0 };
  for (let deletionAt = 0; deletionAt <= 10; deletionAt += 1) {
    const store = memoryStore();
    const clock = new PausingClock();
    const ada = await memoryKnot({ store, clock, as: "ada" });
    const waiting: MemoryKnot[] = [];
    for (let n = 0; n < 10; n += 1) waiting.push(await memoryKnot({ store, clock, as: `agent-${n}` }));
    await ada.tasks.create({ title: "new", id: "a" });
    const { token } = await ada.tasks.claim("a");
    // Five want to change it, five to have it.
    const calls = waiting.map(
      ({ tasks }, n) =>
        () =>
          refusal(n % 2 === 0 ? tasks.update("a", { title: `by ${n}` }) : tasks.claim("a")),
    );
    const codes = await whileAllWait(
      store,
      calls.toSpliced(deletionAt, 0, () => refusal(ada.tasks.delete("a", { token }))),
    );
    expect(codes.splice(deletionAt, 1)).toEqual([granted]);
    const updates = codes.filter((_, n) => n % 2 === 0);
    const updated = updates.filter((code) => code === granted).length;
    expect(updates.filter((code) => code === "NOT_FOUND")).toHaveLength(5 - updated);
    outcomes.updated += updated;
    outcomes.refused += 5 - updated;
    // Before the deletion it was Ada's, after it there is nothing to hold.
    for (const code of codes.filter((_, n) => n % 2 === 1)) expect(["CLAIM_HELD", "NOT_FOUND"]).toContain(code);
    for (const knot of [ada, ...waiting]) expect(await knot.tasks.get("a")).toBeUndefined();
    // Created, started by Ada's claim, each update once, deleted: nothing came after that.
    const deleted = (await ada.graph.history("a")).map((version) => version.deleted);
    expect(deleted).toEqual([...Array.from({ length: 2 + updated }, () => false), true]);
    expect(await ada.tasks.claims()).toEqual([]);
    expect(await ada.graph.check()).toMatchObject({ ok: true });
  }
  expect(Math.min(outcomes.updated, outcomes.refused)).toBeGreaterThan(5);
});

test("[C8] of deleting a task and claiming it by ten who all wait, one happens, and one agent at most holds it", async () => {
  const won = { deletion: 0, claim: 0 };
  for (let deletionAt = 0; deletionAt <= 10; deletionAt += 1) {
    const store = memoryStore();
    const clock = new PausingClock();
    const keeper = await memoryKnot({ store, clock });
    const agents: MemoryKnot[] = [];
    for (let n = 0; n < 10; n += 1) agents.push(await memoryKnot({ store, clock, as: `agent-${n}` }));
    await keeper.tasks.create({ title: "new", id: "a" });
    const claims = agents.map((agent) => () => refusal(agent.tasks.claim("a")));
    const codes = await whileAllWait(
      store,
      claims.toSpliced(deletionAt, 0, () => refusal(keeper.tasks.delete("a"))),
    );
    const [deletion = ""] = codes.splice(deletionAt, 1);
    const holders = codes.filter((code) => code === granted).length;
    const isDeleted = deletion === granted;
    won[isDeleted ? "deletion" : "claim"] += 1;
    expect([deletion, holders]).toEqual(isDeleted ? [granted, 0] : ["CLAIM_HELD", 1]);
    expect(await keeper.tasks.claims()).toHaveLength(holders);
    expect((await keeper.tasks.get("a")) === undefined).toBe(isDeleted);
    expect(await keeper.graph.check()).toMatchObject({ ok: true });
  }
  expect(Math.min(won.deletion, won.claim)).toBeGreaterThan(0);
});

const granted = "nothing was refused";

/** How many times the disk tells of an entity when it is asked to keep one version of each. */
async function recordsOnDisk(knot: MemoryKnot, store: MemoryStore, id: string): Promise<number> {
  await knot.graph.compact({ keepVersions: 1 });
  const lines = [...store.files()]
    .filter(([path]) => path.startsWith("/.knot/") && path.endsWith(".jsonl"))
    .flatMap(([, bytes]) => Buffer.from(bytes).toString("utf8").split("\n"));
  // A line of history, or a record of the log, that puts or deletes it.
  return lines.filter((line) => line.includes(`"id":"${id}"`) || line.includes(`["put","${id}"`)).length;
}

/** Whoever tries for a lock gives up for a while at last. */
class PausingClock extends ManualClock {
  override pauseMs(ms: number): void {
    this.advance(Math.ceil(ms));
  }
}

/** Makes calls, one after the other, while another process holds the lock of the store; it lets go when all of them wait. */
async function whileAllWait(store: MemoryStore, calls: readonly (() => Promise<string>)[]): Promise<string[]> {
  const lock = store.process("holder").open("/.knot/wal/lock", "read-write");
  expect(lock.tryLock("exclusive")).toBe(true);
  const answers: Promise<string>[] = [];
  for (const call of calls) {
    answers.push(call());
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
  lock.close();
  return await Promise.all(answers);
}
