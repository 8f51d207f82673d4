/** The locks an append is made under, and the segment it is made to (ENGINE L1, L2, S1 to S3). */
import { decodeSeal, decodeSegmentHeader } from "@knotwork/wal";
import { expect, test } from "vitest";
import { append, draft, put, refusal, STORE, textAfterPowerCut, WAL, World } from "./engine-world.ts";

const FIRST = `${WAL}/0000000000000001.jsonl`;

test("ENGINE L1: a lock file removed between locking and appending is noticed, and nothing is appended under the lost lock", async () => {
  const world = new World();
  const a = await world.graph("a");
  await put(a, "x", "before");
  let removed = 0;
  const lockWasThere: boolean[] = [];
  world.memory.onCall = ({ process, call, path }) => {
    if (process !== "a") return;
    if (
      call === "read" &&
      path.endsWith("/wal/durable") &&
      removed < 3 &&
      world.shell.stat(`${WAL}/lock`) !== undefined
    ) {
      removed += 1;
      world.shell.unlink(`${WAL}/lock`);
    }
    if (call === "write" && path.endsWith(".jsonl")) lockWasThere.push(world.shell.stat(`${WAL}/lock`) !== undefined);
  };
  await put(a, "x", "after");
  world.memory.onCall = undefined;
  expect(removed).toBe(3);
  expect(lockWasThere).toEqual([true]);
  expect((await a.get("x"))?.props).toEqual({ text: "after" });
  await a.close();
});

test("ENGINE L2: who holds a lock file that was removed is still kept out by the lock on the segment itself", async () => {
  const world = new World();
  const a = await world.graph("a", { lockTimeoutMs: 100 });
  await put(a, "x", "1");
  const holder = world.shell.open(FIRST, "append");
  expect(holder.tryLock("exclusive")).toBe(true);
  world.shell.unlink(`${WAL}/lock`);
  expect(await refusal(put(a, "x", "2"))).toBe("LOCK_TIMEOUT");
  holder.unlock();
  await put(a, "x", "3");
  expect((await a.history("x")).map(({ props }) => props["text"])).toEqual(["1", "3"]);
  await a.close();
});

test("ENGINE S1: a segment begins with a header that names its store and ends with a seal that names its successor; nothing follows it", async () => {
  const world = new World();
  const { log } = world.log("a");
  await append(log, "one");
  await log.seal();
  const lines = Buffer.from(world.memory.files().get(FIRST) ?? new Uint8Array());
  expect(decodeSegmentHeader(lines, "STORE", FIRST)?.header).toMatchObject({
    store: "STORE",
    first: 1,
    prev: "00000000",
  });
  const sealStart = lines.lastIndexOf(0x0a, lines.length - 2) + 1;
  expect(decodeSeal(lines, sealStart, lines.length - 1)).toMatchObject({ next: "0000000000000002.jsonl", last: 1 });
  const stray = world.shell.open(FIRST, "append");
  stray.write(Buffer.from("what follows a seal is not read\n"));
  await append(log, "two");
  const reader = world.log("b");
  reader.log.advance();
  expect(reader.heads.map(({ txid }) => txid)).toEqual(["one", "two"]);
  expect(() => decodeSegmentHeader(lines, "ANOTHER", FIRST)).toThrow(
    expect.objectContaining({ code: "STORE_REPLACED" }),
  );
});

test("ENGINE S2: an idle process does not append to a segment that was removed or replaced under it", async () => {
  const world = new World();
  const { log } = world.log("a");
  await append(log, "one");
  const bytes = world.memory.files().get(FIRST) ?? new Uint8Array();
  world.shell.rename(FIRST, `${WAL}/aside`);
  expect(await refusal(append(log, "lost"))).toBe("STORE_REPLACED");
  const copy = world.shell.open(FIRST, "create-new");
  copy.write(bytes, 0);
  expect(await refusal(append(log, "lost"))).toBe("STORE_REPLACED");
  expect(Buffer.from(world.memory.files().get(`${WAL}/aside`) ?? []).includes("lost")).toBe(false);
});

test("ENGINE S2: a segment that no seal points to is not followed", async () => {
  const world = new World();
  const { log, heads } = world.log("a");
  await append(log, "one");
  world.shell.open(`${WAL}/0000000000000002.jsonl`, "create-new").write(Buffer.from("{}\n"), 0);
  await append(log, "two");
  expect(log.activeSegment).toBe("0000000000000001.jsonl");
  expect(heads.map(({ seq }) => seq)).toEqual([1, 2]);
});

test("ENGINE S3: whichever step of sealing a power cut ends, every durable record is read and the next append succeeds", async () => {
  let states = 0;
  for (let stop = 1; ; stop += 1) {
    const world = new World();
    const { log } = world.log("a");
    for (const text of ["one", "two", "three"]) await append(log, text);
    let operations = 0;
    world.memory.onOperation = () => {
      operations += 1;
      if (operations === stop) throw new Error("power cut");
    };
    const sealed = await log.seal().then(
      () => true,
      () => false,
    );
    world.memory.onOperation = undefined;
    for (const { disk } of [...crashes(world)]) {
      states += 1;
      const after = new World(disk);
      const { log: reopened, heads } = after.log("b");
      reopened.advance();
      expect(heads.map(({ txid }) => txid)).toEqual(["one", "two", "three"]);
      await append(reopened, "four");
      expect(heads.at(-1)?.seq).toBe(4);
    }
    if (sealed) break;
    expect(stop).toBeLessThan(30);
  }
  expect(states).toBeGreaterThan(20);
});

test("ENGINE S3: the first append behind a seal that is not durable yet makes it durable before it is acknowledged", async () => {
  const world = new World();
  const { log } = world.log("a");
  await append(log, "one");
  const b = world.log("b");
  let sealWritten = false;
  world.memory.onOperation = ({ process, call, path }) => {
    if (process !== "a" || path !== FIRST) return;
    // Killed after the seal is written, before it is synced.
    if (sealWritten && call === "syncData") world.memory.kill("a");
    if (call === "write") sealWritten = true;
  };
  await refusal(log.seal());
  world.memory.onOperation = undefined;
  await append(b.log, "two");
  const after = new World(world.memory.crash()).log("c");
  after.log.advance();
  expect(after.heads.map(({ txid }) => txid)).toEqual(["one", "two"]);
});

test("a handle whose store directory was moved away does not write to what is put in its place", async () => {
  const world = new World();
  const a = await world.graph("a");
  await put(a, "x", "1");
  world.shell.rename(STORE, "/moved");
  const other = await world.graph("b");
  await put(other, "x", "other");
  expect(await refusal(put(a, "x", "2"))).not.toBe("nothing was refused");
  expect((await other.history("x")).length).toBe(1);
  await other.close();
});

test("drafts that another process's append made stale are asked for again", async () => {
  const world = new World();
  const a = world.log("a");
  const b = world.log("b");
  const ends: number[] = [];
  await append(b.log, "first");
  await a.log.append(({ seq }) => {
    ends.push(seq);
    return [draft(`after ${seq}`)];
  });
  expect(ends.at(-1)).toBe(1);
  expect(await textAfterPowerCut(new World(), "nothing").catch(() => "no store")).toBe("no store");
});

function crashes(world: World): Iterable<{ readonly disk: World["memory"] }> {
  return [
    { disk: world.memory.crash() },
    { disk: world.memory.crash({ choose: ({ options }) => options.length - 1 }) },
    { disk: world.memory.crashRandomly(world.random) },
    { disk: world.memory.crash({ model: "ordered" }) },
  ];
}
