import { expect, test } from "vitest";
import { ManualClock } from "./testing/manual-clock.ts";
import { memoryKnot, memoryStore, refusal, type MemoryKnot } from "./testing/memory-knot.ts";

const minute = 60_000;

async function twoAgents(names: readonly [string, string] = ["ada", "bo"]): Promise<readonly [MemoryKnot, MemoryKnot]> {
  const shared = { store: memoryStore(), clock: new ManualClock() };
  return [await memoryKnot({ ...shared, as: names[0] }), await memoryKnot({ ...shared, as: names[1] })];
}

test("a claim gives the task in progress, a fence, a token and its end", async () => {
  const [ada] = await twoAgents();
  await ada.tasks.create({ title: "a", id: "a" });
  const claimed = await ada.tasks.claim("a", { ttlMs: 10 * minute });
  expect(claimed).toMatchObject({ fence: 1, expiresAt: "2026-01-01T00:10:00.000Z" });
  expect(claimed.task).toMatchObject({ id: "a", status: "in_progress", startedBy: "ada" });
  expect(claimed.token.length).toBeGreaterThanOrEqual(22);
  expect(await ada.tasks.claimOf("a")).toMatchObject({ agent: "ada", fence: 1, expired: false });
});

test("the token is nowhere in the store", async () => {
  const [ada] = await twoAgents();
  await ada.tasks.create({ title: "a", id: "a" });
  const { token, fence } = await ada.tasks.claim("a");
  await ada.tasks.heartbeat("a", { token, fence, ttlMs: 5 * minute });
  const everything = JSON.stringify([await ada.graph.history("claim.a"), await ada.graph.history("a")]);
  expect(everything).toContain("tokenHash");
  expect(everything).not.toContain(token);
});

test("[D17] work is taken and given up under a name only", async () => {
  const knot = await memoryKnot();
  await knot.tasks.create({ title: "a", id: "a" });
  const calls = [
    knot.tasks.claim("a"),
    knot.tasks.claimNext(),
    knot.tasks.heartbeat("a", { token: "x" }),
    knot.tasks.release("a", { token: "x" }),
    knot.handoffs.initiate("a", { to: "bo" }),
    knot.handoffs.accept("H-1"),
  ];
  expect(new Set(await Promise.all(calls.map(refusal)))).toEqual(new Set(["IDENTITY_REQUIRED"]));
  for (const as of ["", "null", "a\nb", " ada"]) expect(await refusal(memoryKnot({ as }))).toBe("INVALID_VALUE");
});

test("[D3] a claimed task is nobody else's until its lease runs out", async () => {
  const [ada, bo] = await twoAgents();
  await ada.tasks.create({ title: "a", id: "a" });
  await ada.tasks.claim("a", { ttlMs: minute });
  const calls = [
    () => bo.tasks.claim("a"),
    () => bo.tasks.complete("a"),
    () => bo.tasks.start("a"),
    () => bo.tasks.block("a", "mine"),
    () => bo.tasks.cancel("a"),
    () => bo.tasks.update("a", { status: "completed" }),
    () => bo.tasks.delete("a"),
    () => bo.tasks.release("a", { token: "guess" }),
    () => bo.tasks.complete("a", { fence: 1 }),
  ];
  for (const call of calls) expect(await refusal(call())).toBe("CLAIM_HELD");
  ada.clock.advance(minute);
  expect((await bo.tasks.claim("a")).fence).toBe(2);
});

test("[D17] a second process under the same name does not own the claim", async () => {
  const [first, second] = await twoAgents(["ada", "ada"]);
  await first.tasks.create({ title: "a", id: "a" });
  const { fence, token } = await first.tasks.claim("a");
  expect(await refusal(second.tasks.claim("a"))).toBe("CLAIM_HELD");
  expect(await refusal(second.tasks.heartbeat("a", { fence }))).toBe("CLAIM_HELD");
  expect(await refusal(second.tasks.heartbeat("a", { token: "guess" }))).toBe("CLAIM_HELD");
  expect(await refusal(second.tasks.release("a", { fence }))).toBe("CLAIM_HELD");
  expect(await refusal(second.tasks.complete("a"))).toBe("CLAIM_HELD");
  expect((await second.tasks.heartbeat("a", { token })).fence).toBe(fence);
});

test("completing needs the fence or the token, and ends the claim", async () => {
  const [ada] = await twoAgents();
  for (const id of ["a", "b"]) await ada.tasks.create({ title: id, id });
  const { fence } = await ada.tasks.claim("a");
  expect(await refusal(ada.tasks.complete("a"))).toBe("CLAIM_HELD");
  expect((await ada.tasks.complete("a", { fence })).status).toBe("completed");
  expect(await ada.tasks.claimOf("a")).toBeUndefined();
  const { token } = await ada.tasks.claim("b");
  expect((await ada.tasks.complete("b", { token })).completedBy).toBe("ada");
});

test("[D3] after a takeover every write of the old holder is refused as stale", async () => {
  const [ada, bo] = await twoAgents();
  await ada.tasks.create({ title: "a", id: "a" });
  const old = await ada.tasks.claim("a", { ttlMs: minute });
  ada.clock.advance(minute);
  const taken = await bo.tasks.claimNext({ ttlMs: minute });
  expect(taken).toMatchObject({ fence: 2, task: { id: "a", startedBy: "bo" } });
  const proof = { fence: old.fence, token: old.token };
  const calls = [
    () => ada.tasks.complete("a", { fence: old.fence }),
    () => ada.tasks.update("a", { title: "x" }, { fence: old.fence }),
    () => ada.tasks.note("a", "late", { fence: old.fence }),
    () => ada.tasks.heartbeat("a", proof),
    () => ada.tasks.release("a", proof),
    () => ada.handoffs.initiate("a", { to: "cy" }, { fence: old.fence }),
  ];
  for (const call of calls) expect(await refusal(call())).toBe("STALE_FENCE");
  expect((await bo.tasks.complete("a", { fence: taken!.fence })).completedBy).toBe("bo");
});

test("a claim whose lease ran out is still its holder's while nobody took it", async () => {
  const [ada, bo] = await twoAgents();
  await ada.tasks.create({ title: "a", id: "a" });
  const { fence, token } = await ada.tasks.claim("a", { ttlMs: minute });
  ada.clock.advance(2 * minute);
  expect(await ada.tasks.claimOf("a")).toMatchObject({ expired: true });
  expect(await ada.tasks.heartbeat("a", { token })).toMatchObject({ fence, renewed: true });
  expect(await refusal(bo.tasks.claim("a"))).toBe("CLAIM_HELD");
});

test("an expired claim does not keep others from completing the task", async () => {
  const [ada, bo] = await twoAgents();
  await ada.tasks.create({ title: "a", id: "a" });
  const { fence } = await ada.tasks.claim("a", { ttlMs: minute });
  ada.clock.advance(minute);
  await bo.tasks.complete("a");
  expect(await refusal(ada.tasks.complete("a", { fence }))).toBe("STALE_FENCE");
});

test("released work is pending again and its fence is stale", async () => {
  const [ada, bo] = await twoAgents();
  await ada.tasks.create({ title: "a", id: "a" });
  const { fence, token } = await ada.tasks.claim("a");
  const released = await ada.tasks.release("a", { token });
  expect(released.status).toBe("pending");
  expect(released).not.toHaveProperty("startedBy");
  expect(await refusal(ada.tasks.complete("a", { fence }))).toBe("STALE_FENCE");
  expect((await bo.tasks.claim("a")).fence).toBe(2);
});

test("[D3] fences grow for ever: past release, takeover, completion, reopening and deletion of the claim or the task", async () => {
  const [ada] = await twoAgents();
  await ada.tasks.create({ title: "a", id: "a" });
  const fences: number[] = [];
  const claim = async (): Promise<{ readonly token: string; readonly fence: number }> => {
    const claimed = await ada.tasks.claim("a", { ttlMs: minute });
    fences.push(claimed.fence);
    return claimed;
  };
  await ada.tasks.release("a", await claim());
  await claim();
  ada.clock.advance(minute);
  await ada.tasks.complete("a", { fence: (await claim()).fence });
  await ada.tasks.reopen("a");
  await ada.tasks.release("a", await claim());
  await ada.graph.transact((tx) => tx.delete("claim.a"));
  await ada.tasks.release("a", await claim());
  await ada.tasks.delete("a");
  await ada.tasks.create({ title: "a again", id: "a" });
  await claim();
  expect(fences.slice(0, 4)).toEqual([1, 2, 3, 4]);
  for (const [index, fence] of fences.entries()) expect(fence).toBeGreaterThan(fences[index - 1] ?? 0);
});

test("a heartbeat writes only when less than half of the time asked for is left, for half as long again, and never the task", async () => {
  const [ada] = await twoAgents();
  await ada.tasks.create({ title: "a", id: "a" });
  const { token } = await ada.tasks.claim("a", { ttlMs: 10 * minute });
  ada.clock.advance(4 * minute);
  expect(await ada.tasks.heartbeat("a", { token })).toMatchObject({
    renewed: false,
    expiresAt: "2026-01-01T00:10:00.000Z",
  });
  ada.clock.advance(1 * minute);
  expect(await ada.tasks.heartbeat("a", { token })).toMatchObject({
    renewed: true,
    expiresAt: "2026-01-01T00:20:00.000Z",
  });
  expect((await ada.graph.history("claim.a")).length).toBe(2);
  expect((await ada.tasks.get("a"))?.version).toBe(2);
});

test("an hour of heartbeats under the default lease adds less than 1 KiB of claim versions", async () => {
  const [ada] = await twoAgents();
  await ada.tasks.create({ title: "a", id: "a" });
  const { token } = await ada.tasks.claim("a");
  const before = (await ada.graph.history("claim.a")).length;
  for (let beat = 0; beat < 120; beat += 1) {
    ada.clock.advance(minute / 2);
    await ada.tasks.heartbeat("a", { token });
  }
  const added = (await ada.graph.history("claim.a")).slice(before);
  expect(added.length).toBeGreaterThan(0);
  expect(JSON.stringify(added).length).toBeLessThan(1024);
});

test("[D3] work of a dead agent comes back when its lease runs out, in its place by urgency", async () => {
  const [ada, bo] = await twoAgents();
  await ada.tasks.create({ title: "urgent", id: "u", priority: "critical" });
  await ada.tasks.create({ title: "other", id: "o" });
  await ada.tasks.claim("u", { ttlMs: minute });
  const ready = async (): Promise<string[]> => (await bo.tasks.ready()).items.map((task) => task.id);
  expect(await ready()).toEqual(["o"]);
  ada.clock.advance(minute);
  expect(await ready()).toEqual(["u", "o"]);
  expect((await bo.tasks.claimNext())?.task.id).toBe("u");
});

test("blocked, deferred, finished and waiting tasks cannot be claimed", async () => {
  const [ada] = await twoAgents();
  for (const id of ["b", "d", "f", "w"]) await ada.tasks.create({ title: id, id });
  await ada.tasks.block("b", "x");
  await ada.tasks.defer("d");
  await ada.tasks.complete("f");
  await ada.tasks.depends("w", "d");
  const codes = await Promise.all(["b", "d", "f", "w"].map((id) => refusal(ada.tasks.claim(id))));
  expect(codes).toEqual(["INVALID_TRANSITION", "INVALID_TRANSITION", "INVALID_TRANSITION", "NOT_READY"]);
  expect(await ada.tasks.claimNext()).toBeUndefined();
});

test("a task somebody started without a claim is not claimed by another", async () => {
  const [ada, bo] = await twoAgents();
  await ada.tasks.create({ title: "a", id: "a" });
  await ada.tasks.start("a");
  expect(await refusal(bo.tasks.claim("a"))).toBe("NOT_READY");
  expect((await ada.tasks.claim("a")).fence).toBe(1);
});

test("claiming again with the token of the claim is the same claim", async () => {
  const [ada] = await twoAgents();
  await ada.tasks.create({ title: "a", id: "a" });
  const token = "a token of my own, kept in my memory";
  const first = await ada.tasks.claim("a", { token });
  const again = await ada.tasks.claim("a", { token });
  expect([again.fence, again.token]).toEqual([first.fence, token]);
  expect((await ada.graph.history("claim.a")).length).toBe(1);
});

test("an idempotent claim needs a token of the caller's, and answers the same again", async () => {
  const [ada] = await twoAgents();
  await ada.tasks.create({ title: "a", id: "a" });
  expect(await refusal(ada.tasks.claim("a", { idempotencyKey: "k" }))).toBe("INVALID_VALUE");
  const asked = { idempotencyKey: "k", token: "secret-secret-secret" };
  const first = await ada.tasks.claim("a", asked);
  ada.clock.advance(minute);
  expect(await ada.tasks.claim("a", asked)).toMatchObject({ fence: first.fence, expiresAt: first.expiresAt });
});

test("claiming the next task under a key wins one task, also when nothing is ready any more", async () => {
  const [ada] = await twoAgents();
  await ada.tasks.create({ title: "a", id: "a" });
  const asked = { idempotencyKey: "k", token: "secret-secret-secret" };
  const first = await ada.tasks.claimNext(asked);
  const again = await ada.tasks.claimNext(asked);
  expect([again?.task.id, again?.fence]).toEqual(["a", first?.fence]);
  await ada.tasks.create({ title: "b", id: "b" });
  expect((await ada.tasks.claimNext(asked))?.task.id).toBe("a");
  expect(await ada.tasks.claimNext({ ...asked, idempotencyKey: "other" })).toMatchObject({ task: { id: "b" } });
  expect(await ada.tasks.claimNext({ ...asked, idempotencyKey: "third" })).toBeUndefined();
});

test("the lease must be a sensible time", async () => {
  const [ada] = await twoAgents();
  await ada.tasks.create({ title: "a", id: "a" });
  for (const ttlMs of [0, -1, 1.5, Number.NaN, 8 * 24 * 60 * minute]) {
    expect(await refusal(ada.tasks.claim("a", { ttlMs }))).toBe("INVALID_VALUE");
  }
});

test("an agent alone gets the most urgent and oldest task first", async () => {
  const [ada] = await twoAgents();
  for (const id of ["m1", "m2"]) {
    ada.clock.advance(1000);
    await ada.tasks.create({ title: id, id });
  }
  await ada.tasks.create({ title: "h", id: "h", priority: "high" });
  const order: string[] = [];
  for (let claimed = await ada.tasks.claimNext(); claimed !== undefined; claimed = await ada.tasks.claimNext()) {
    order.push(claimed.task.id);
    await ada.tasks.complete(claimed.task.id, { fence: claimed.fence });
  }
  expect(order).toEqual(["h", "m1", "m2"]);
});

test("two agents that claim one task at the same time have one winner", async () => {
  for (let round = 0; round < 10; round += 1) {
    const [ada, bo] = await twoAgents();
    await ada.tasks.create({ title: "a", id: "a" });
    const results = await Promise.allSettled([ada.tasks.claim("a"), bo.tasks.claim("a")]);
    expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
  }
});

test("16 agents that claim the next task all the time win each of 64 once, and complete it", async () => {
  const shared = { store: memoryStore(), clock: new ManualClock() };
  const agents = await Promise.all(Array.from({ length: 16 }, (_, n) => memoryKnot({ ...shared, as: `agent-${n}` })));
  for (let n = 0; n < 64; n += 1) await agents[0]!.tasks.create({ title: `task ${n}` });
  const wins: string[] = [];
  const work = async (knot: MemoryKnot): Promise<void> => {
    for (let claimed = await knot.tasks.claimNext(); claimed !== undefined; claimed = await knot.tasks.claimNext()) {
      wins.push(claimed.task.id);
      await knot.tasks.complete(claimed.task.id, { fence: claimed.fence });
    }
  };
  await Promise.all(agents.map(work));
  expect(wins).toHaveLength(64);
  expect(new Set(wins).size).toBe(64);
  expect((await agents[0]!.tasks.list({ status: "completed", limit: 200 })).items).toHaveLength(64);
  expect(await agents[0]!.checkGraphLaws()).toEqual([]);
});
