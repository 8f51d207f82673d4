/** What is acknowledged is durable, whatever fails (ENGINE D1 to D3, F1, F2, V1 to V3, I1, I3). */
import { expect, test } from "vitest";
import { encodeRecord } from "../../packages/wal/src/record-format.ts";
import { append, draft, put, refusal, STORE, textAfterPowerCut, WAL, World } from "./engine-world.ts";

const FIRST = `${WAL}/0000000000000001.jsonl`;

test("ENGINE D1: after a failed sync the handle acknowledges nothing, and the next process replaces the segment before it appends", async () => {
  const world = new World();
  const a = await world.graph("a");
  await put(a, "x", "acknowledged");
  const inode = world.shell.stat(FIRST)?.ino;
  world.memory.failNextSync(FIRST, "EIO");
  expect(await refusal(put(a, "x", "unknown"))).toBe("OUTCOME_UNKNOWN");
  expect(await refusal(put(a, "y", "never"))).toBe("HANDLE_POISONED");
  const b = await world.graph("b");
  await put(b, "z", "behind the hole");
  expect(world.shell.stat(FIRST)?.ino).not.toBe(inode);
  expect(world.shell.list(`${STORE}/quarantine`).some((name) => name.includes(".suspect-"))).toBe(true);
  expect(await textAfterPowerCut(world, "x")).toBe("unknown");
  expect(await textAfterPowerCut(world, "z")).toBe("behind the hole");
  expect((await b.check()).problems).toEqual([]);
  await b.close();
});

test("ENGINE D1: a reader that was open all the while goes on in the copy", async () => {
  const world = new World();
  const a = await world.graph("a");
  const reader = await world.graph("reader", { readOnly: true });
  await put(a, "x", "1");
  expect((await reader.get("x"))?.props["text"]).toBe("1");
  world.memory.failNextSync(FIRST, "EIO");
  await refusal(put(a, "x", "2"));
  const b = await world.graph("b");
  await put(b, "x", "3");
  expect((await reader.get("x"))?.props["text"]).toBe("3");
  await Promise.all([b.close(), reader.close()]);
});

test("ENGINE D2: a sync that began before a record was written does not acknowledge it", async () => {
  const world = new World();
  const { log } = world.log("a");
  await append(log, "first");
  let letGo: () => void = () => {};
  let syncs = 0;
  world.memory.onAsyncSync = async () => {
    syncs += 1;
    if (syncs === 1) await new Promise<void>((resolve) => (letGo = resolve));
  };
  const early = world.log("b");
  early.log.advance();
  const one = append(early.log, "one");
  while (syncs === 0) await new Promise((resolve) => setImmediate(resolve));
  const two = append(early.log, "two").then(() => world.memory.crash());
  await new Promise((resolve) => setTimeout(resolve, 5));
  letGo();
  await one;
  const after = new World(await two).log("c");
  after.log.advance();
  expect(after.heads.map(({ txid }) => txid)).toEqual(["first", "one", "two"]);
  expect(syncs).toBeGreaterThan(0);
});

test("ENGINE D3: the answer to a known idempotency key is given only when its commit is durable", async () => {
  const world = new World();
  const [a, b] = [await world.graph("a"), await world.graph("b")];
  const make = { idempotencyKey: "key" };
  await a.transact(async (tx) => (await tx.create("thing", { text: "once" }, { id: "x" })).id, {
    ...make,
    durability: "relaxed",
  });
  await expect(textAfterPowerCut(world, "x")).resolves.toBeUndefined();
  const again = await b.transact(async () => "not asked", make);
  expect(again).toMatchObject({ value: "x", duplicate: true });
  expect(await textAfterPowerCut(world, "x")).toBe("once");
  await Promise.all([a.close(), b.close()]);
});

test("ENGINE D3: a transaction that only reads answers when what it read is durable", async () => {
  const world = new World();
  const [a, b] = [await world.graph("a"), await world.graph("b")];
  await put(a, "x", "relaxed", { durability: "relaxed" });
  const { value } = await b.transact(async (tx) => (await tx.get("x"))?.props["text"]);
  expect(value).toBe("relaxed");
  expect(await textAfterPowerCut(world, "x")).toBe("relaxed");
  await Promise.all([a.close(), b.close()]);
});

test("ENGINE F1: on a full disk whole records stay, the unfinished one is cut off, and the next commit works once there is room", async () => {
  const world = new World();
  const { log, heads } = world.log("a");
  await append(log, "first");
  const used = world.memory.tree.usedBytes;
  const [small, large] = [draft("small"), { ...draft("large"), bodies: [JSON.stringify({ text: "x".repeat(4000) })] }];
  world.memory.capacityBytes = used + 700;
  const { records, noSpace } = await log.append(() => [small, large]);
  expect(records.map(({ seq }) => seq)).toEqual([2]);
  expect(noSpace).toMatchObject({ code: "NO_SPACE", retryable: true });
  expect(Buffer.from(world.memory.files().get(FIRST) ?? []).at(-1)).toBe(0x0a);
  world.memory.capacityBytes = undefined;
  await append(log, "later");
  expect(heads.map(({ txid }) => txid)).toEqual(["first", "small", "later"]);
  const after = new World(world.memory.crash()).log("b");
  after.log.advance();
  expect(after.heads.map(({ txid }) => txid)).toEqual(["first", "small", "later"]);
});

test("ENGINE F1: a transaction refused for lack of space has left no trace", async () => {
  const world = new World();
  const a = await world.graph("a");
  await put(a, "x", "1");
  world.memory.capacityBytes = world.memory.tree.usedBytes + 40;
  expect(await refusal(put(a, "x", "2"))).toBe("NO_SPACE");
  world.memory.capacityBytes = undefined;
  await put(a, "x", "3");
  expect((await a.history("x")).map(({ props }) => props["text"])).toEqual(["1", "3"]);
  expect((await a.check()).problems).toEqual([]);
  await a.close();
});

test("ENGINE F2: a tail reader takes whole lines only, and none whose seq or predecessor is wrong", async () => {
  const world = new World();
  const { log, heads } = world.log("a");
  await append(log, "one");
  const { crc } = log.last;
  const stamp = { durable: 1, time: "2026-01-01T00:00:00.000Z" };
  const right = encodeRecord(draft("two"), { ...stamp, seq: 2, prev: crc }).bytes;
  const file = world.shell.open(FIRST, "append");
  const before = world.shell.stat(FIRST)?.sizeBytes ?? 0;
  for (const wrong of [
    encodeRecord(draft("bad"), { ...stamp, seq: 3, prev: crc }).bytes,
    encodeRecord(draft("bad"), { ...stamp, seq: 2, prev: "12345678" }).bytes,
  ]) {
    file.write(wrong);
    expect(log.advance()).toBe(false);
    file.truncate(before);
  }
  for (let at = 0; at < right.length; at += 50) {
    expect(heads).toHaveLength(1);
    file.write(right.subarray(at, at + 50));
    log.advance();
  }
  expect(heads.map(({ txid }) => txid)).toEqual(["one", "two"]);
});

test("ENGINE V1: a commit is visible to its own process before the lock it was written under is free", async () => {
  const world = new World();
  const { log, heads } = world.log("a");
  const seen: number[] = [];
  world.memory.onCall = ({ process, call, path }) => {
    if (process === "a" && call === "unlock" && path === `${WAL}/lock`) seen.push(heads.length);
  };
  await append(log, "one");
  await append(log, "two");
  expect(seen).toEqual([1, 2]);
});

test("ENGINE V2: a snapshot shows one state while generation and tail are replaced under it", async () => {
  const world = new World();
  const [a, b] = [await world.graph("a"), await world.graph("b")];
  for (const id of ["x", "y"]) await put(a, id, "0");
  const snapshot = await a.snapshot();
  for (let round = 1; round <= 5; round += 1) {
    await b.transact(async (tx) => {
      for (const id of ["x", "y"]) await tx.update(id, { text: String(round) });
    });
    await b.checkpoint();
    await world.clock.sleepMs(1000);
    const now = await a.getMany(["x", "y"]);
    expect(now.map((entity) => entity?.props["text"])).toEqual([String(round), String(round)]);
    expect((await snapshot.getMany(["x", "y"])).map((entity) => entity?.props["text"])).toEqual(["0", "0"]);
  }
  snapshot.release();
  await Promise.all([a.close(), b.close()]);
});

test("ENGINE V3: a process that skipped records because a checkpoint dropped them forgets what it had cached", async () => {
  const world = new World();
  const [a, b] = [await world.graph("a"), await world.graph("b")];
  await put(a, "x", "old");
  expect((await a.get("x"))?.props["text"]).toBe("old");
  for (const text of ["newer", "newest"]) {
    await put(b, "x", text);
    await b.checkpoint();
    await put(b, "y", text);
    await b.checkpoint();
  }
  expect(world.segments()).toHaveLength(1);
  expect((await a.get("x"))?.props["text"]).toBe("newest");
  expect((await a.check()).problems).toEqual([]);
  await Promise.all([a.close(), b.close()]);
});

test("ENGINE I1: a conflict is decided by value: what was read has another version, or what was absent is there", async () => {
  const world = new World();
  const [a, b] = [await world.graph("a"), await world.graph("b")];
  await put(a, "x", "1");
  let runs = 0;
  const { value } = await a.transact(async (tx) => {
    runs += 1;
    const text = JSON.stringify((await tx.get("x"))?.props["text"]);
    const absent = await tx.get("z");
    if (runs === 1) await put(b, "x", "2");
    if (runs === 2) await put(b, "z", "there");
    if (runs === 3) await put(b, "unrelated", "touches nothing that was read");
    await tx.create("thing", { text: `${text} ${absent === undefined}` }, { id: `made-${runs}` });
    return runs;
  });
  expect(value).toBe(3);
  expect((await a.get("made-3"))?.props["text"]).toBe('"2" false');
  expect(await a.getMany(["made-1", "made-2"])).toEqual([undefined, undefined]);
  await Promise.all([a.close(), b.close()]);
});

test("ENGINE I3: of two commits under one key in one batch one takes effect, and both are told the same", async () => {
  const world = new World();
  const a = await world.graph("a");
  const make = (text: string, fingerprint: string): Promise<{ readonly value: unknown; readonly duplicate: boolean }> =>
    a.transact(async (tx) => (await tx.create("thing", { text })).id, { idempotencyKey: "same", fingerprint });
  const [one, two, other] = await Promise.allSettled([make("1", "f"), make("2", "f"), make("3", "another")]);
  const told = [one, two].map((each) => (each.status === "fulfilled" ? each.value : undefined));
  expect(told[0]?.value).toBe(told[1]?.value);
  expect(told.map((each) => each?.duplicate).sort()).toEqual([false, true]);
  expect(other).toMatchObject({ status: "rejected", reason: { code: "KEY_REUSED" } });
  expect(await a.query("thing").count()).toBe(1);
  await a.close();
});
