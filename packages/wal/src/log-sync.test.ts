import { DiskError } from "@knotwork/disk";
import { enumerateCrashes } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import { type OpenLog, LogWorld, QUARANTINE, segmentPath, WAL } from "./testing/log-world.ts";

const SEGMENT = segmentPath(1);

/** Every state a power cut could leave now: what a process that opens the log then reads and may go on from. */
async function textsAfterAnyPowerCut(world: LogWorld): Promise<readonly (readonly string[])[]> {
  const seen: (readonly string[])[] = [];
  for (const { disk } of enumerateCrashes(world.memory, { limit: 60 })) {
    const opened = new LogWorld(disk).open("r");
    await opened.commit("after");
    expect(opened.texts.at(-1)).toBe("after");
    seen.push(opened.texts.slice(0, -1));
  }
  return seen;
}

/** A failed sync of `log`'s last record. */
async function failSync(world: LogWorld, opened: OpenLog, path: string = SEGMENT): Promise<void> {
  world.memory.failNextSync(path, "EIO");
  await expect(opened.log.waitDurable(opened.log.last.seq)).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
}

test("ENGINE D1: after a failed sync the file is replaced by the next writer, and what is acknowledged then is durable", async () => {
  const world = LogWorld.create();
  const [a, b] = [world.open("a"), world.open("b")];
  await a.commit("1");
  const before = world.stranger.stat(SEGMENT)?.ino;
  await a.write("2");
  await failSync(world, a);
  expect(world.marks.read().suspects).toMatchObject([
    { segment: "0000000000000001.jsonl", ino: String(before), seq: 1 },
  ]);
  await b.commit("3");
  expect(world.stranger.stat(SEGMENT)?.ino).not.toBe(before);
  expect(world.marks.read().suspects).toEqual([]);
  expect(world.names(QUARANTINE)).toEqual([
    expect.stringMatching(/^0000000000000001\.jsonl\.suspect-\d+-[0-9a-f]{8}$/),
  ]);
  for (const texts of await textsAfterAnyPowerCut(world)) expect(texts).toEqual(["1", "2", "3"]);
});

test("ENGINE D1: a process whose sync failed acknowledges nothing more, even when others make its record durable", async () => {
  const world = LogWorld.create();
  const [a, b] = [world.open("a"), world.open("b")];
  await a.commit("1");
  await a.write("2");
  await failSync(world, a);
  await expect(a.write("x")).rejects.toMatchObject({ code: "HANDLE_POISONED" });
  await b.commit("3");
  await b.commit("4");
  // Record 4 says that 3 was durable, and so does the mark: but 2 may be another record there than the one written here.
  expect(a.readAll()).toEqual(["1", "2", "3", "4"]);
  await expect(a.log.waitDurable(2)).rejects.toMatchObject({ code: "HANDLE_POISONED" });
  await expect(a.log.seal()).rejects.toMatchObject({ code: "HANDLE_POISONED" });
  await a.log.waitDurable(1);
  const again = world.open("a2");
  await again.commit("5");
  expect(b.readAll()).toEqual(["1", "2", "3", "4", "5"]);
});

test("ENGINE D1: the process whose sync failed never syncs that file again", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  await a.write("1");
  await failSync(world, a);
  const operations = await world.operationsDuring(async () => {
    await a.log.waitDurable(1).catch(() => undefined);
    expect(() => a.log.waitDurableBlocking(1)).toThrow(/earlier failure/);
    await a.write("2").catch(() => undefined);
    a.log.close();
  });
  expect(operations.filter(({ call }) => call === "syncData" || call === "truncate")).toEqual([]);
});

test("ENGINE D1: a sync that succeeds over another process's failed one is no proof: the outcome is unknown", async () => {
  const world = LogWorld.create();
  const [a, b] = [world.open("a"), world.open("b")];
  await a.write("1");
  await b.write("2");
  await failSync(world, a);
  await expect(b.log.waitDurable(2)).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
  expect(world.marks.read().mark).toBe(0);
});

test("ENGINE D1: readers of the old file find the copy by its name and go on at the same offset", async () => {
  const world = LogWorld.create();
  const [a, b, reader] = [world.open("a"), world.open("b"), world.open("reader", { writable: false })];
  await a.write("1", "2");
  expect(reader.readAll()).toEqual(["1", "2"]);
  await failSync(world, a);
  await b.commit("3");
  expect(reader.readAll()).toEqual(["1", "2", "3"]);
});

test("ENGINE D1: a copy is trusted only when its name is durable: whoever syncs it meanwhile sees to that", async () => {
  const world = LogWorld.create();
  const [a, b, c] = [world.open("a"), world.open("b"), world.open("c")];
  await a.write("1");
  await failSync(world, a);
  // Process b has renamed the copy and is about to make the name durable, when c syncs the new file.
  let renamed = false;
  let after: LogWorld | undefined;
  world.memory.onOperation = ({ process, call, path }) => {
    if (process !== "b") return;
    renamed ||= call === "rename";
    if (!renamed || call !== "syncDirectory" || path !== WAL) return;
    world.memory.onOperation = undefined;
    c.readAll();
    c.log.waitDurableBlocking(1);
    after = world.afterPowerCut();
  };
  await b.commit("2");
  expect(after?.open("r").readAll()).toEqual(["1"]);
});

test("ENGINE D1: a repair that died before its name was durable is finished before anything is appended", async () => {
  const world = LogWorld.create();
  const [a, b] = [world.open("a"), world.open("b")];
  await a.write("1");
  await failSync(world, a);
  let renamed = false;
  world.memory.onOperation = ({ process, call }) => {
    if (process !== "b") return;
    if (renamed) world.memory.kill("b");
    renamed ||= call === "rename";
  };
  await expect(b.write("x")).rejects.toThrow(/killed/);
  world.memory.onOperation = undefined;
  await world.open("c").commit("2");
  for (const texts of await textsAfterAnyPowerCut(world)) expect(texts).toEqual(["1", "2"]);
});

test("ENGINE D1: a copy whose name cannot be made durable is suspect itself", async () => {
  const world = LogWorld.create();
  const [a, b] = [world.open("a"), world.open("b")];
  await a.write("1");
  await failSync(world, a);
  let renamed = false;
  world.memory.onOperation = ({ process, call, path }) => {
    if (renamed && process === "b" && call === "syncDirectory" && path === WAL) {
      world.memory.onOperation = undefined;
      world.memory.failNextSync(WAL, "EIO");
    }
    renamed ||= call === "rename";
  };
  await expect(b.write("x")).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
  await expect(b.write("x")).rejects.toMatchObject({ code: "HANDLE_POISONED" });
  await world.open("c").commit("2");
  for (const texts of await textsAfterAnyPowerCut(world)) expect(texts).toEqual(["1", "2"]);
});

test("ENGINE D1: a sealed segment that failed to sync is replaced too, seal included, and nothing is written behind its seal", async () => {
  const world = LogWorld.create();
  const [a, b] = [world.open("a"), world.open("b")];
  await a.commit("1");
  const sealBytes: number[] = [];
  world.memory.onOperation = ({ process, call, path }) => {
    if (process !== "a" || path !== SEGMENT) return;
    if (call === "write") sealBytes.push(1);
    if (sealBytes.length > 0 && call === "syncData") world.memory.failNextSync(SEGMENT, "EIO");
  };
  await expect(a.log.seal()).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
  const behindSeal: string[] = [];
  world.memory.onOperation = ({ call, path }) => {
    if (call === "write" && path === SEGMENT) behindSeal.push(call);
  };
  const old = world.segmentBytes();
  await b.commit("2");
  world.memory.onOperation = undefined;
  expect(behindSeal).toEqual([]);
  expect(world.segmentBytes()).toEqual(old);
  expect(world.names(WAL)).toContain("0000000000000002.jsonl");
  for (const texts of await textsAfterAnyPowerCut(world)) expect(texts).toEqual(["1", "2"]);
});

test("ENGINE D1: bytes that were durable and cannot be read any more are damage, not a reason to copy less", async () => {
  const world = LogWorld.create();
  const [a, b] = [world.open("a"), world.open("b")];
  await a.commit("1");
  await a.commit("2");
  await a.write("3");
  await failSync(world, a);
  // The kernel dropped the pages it could not write, and more: record 2 is NULs now.
  const bytes = world.segmentBytes();
  const secondLine = bytes.indexOf('"seq":2');
  const file = world.stranger.open(SEGMENT, "read-write");
  file.write(Buffer.alloc(20), secondLine);
  const untouched = world.segmentBytes();
  await expect(b.write("4")).rejects.toMatchObject({ code: "LOG_DAMAGED" });
  expect(world.segmentBytes()).toEqual(untouched);
});

test("ENGINE D1: one short read tells who stands at the end of the log that its segment was replaced, whenever the repairer dies", async () => {
  for (let step = 1; ; step += 1) {
    const world = LogWorld.create();
    const [a, b, reader] = [world.open("a"), world.open("b"), world.open("reader")];
    await a.commit("1");
    await a.write("2");
    expect([reader.readAll(), reader.log.isAtEnd()]).toEqual([["1", "2"], true]);
    await failSync(world, a);
    let calls = 0;
    world.memory.onCall = ({ process }) => {
      if (process !== "b" || (calls += 1) !== step) return;
      world.memory.onCall = undefined;
      world.memory.kill("b");
    };
    const isWhole = await b.write("3").then(
      () => calls < step,
      () => false,
    );
    world.memory.onCall = undefined;
    // b may have died behind its append.
    for (const text of ["4", "5"]) {
      await world.open(`after ${text}`).commit(text);
      expect([step, text, reader.log.isAtEnd()]).toEqual([step, text, false]);
      const texts = reader.readAll();
      expect([step, reader.log.isAtEnd()]).toEqual([step, true]);
      expect(texts).toEqual(world.open(`fresh ${text}`).readAll());
      expect(texts.filter((other) => other !== "3")).toEqual(text === "4" ? ["1", "2", "4"] : ["1", "2", "4", "5"]);
    }
    if (isWhole) return expect(step).toBeGreaterThan(10);
  }
});

test("ENGINE D1: a reader that saw records which a repair could not keep starts again from the manifest", async () => {
  const world = LogWorld.create();
  const [a, b, reader] = [world.open("a"), world.open("b"), world.open("reader")];
  await a.commit("1");
  await a.write("2");
  expect(reader.readAll()).toEqual(["1", "2"]);
  await failSync(world, a);
  // The kernel dropped the page it could not write: record 2 is gone, and b writes another one under its seq.
  const bytes = world.segmentBytes();
  const file = world.stranger.open(SEGMENT, "read-write");
  file.write(Buffer.alloc(20), bytes.indexOf('"seq":2'));
  await b.commit("another 2");
  expect(() => reader.log.advance()).toThrow(expect.objectContaining({ code: "LOG_GAP" }));
  expect(() => reader.log.advance()).toThrow(expect.objectContaining({ code: "LOG_GAP" }));
});

test("ENGINE D2: a sync that started before a record was written does not make it durable", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  let release = (): void => undefined;
  world.memory.onAsyncSync = async () => {
    await new Promise<void>((resolve) => (release = resolve));
    // So slow that the next one is not made in place.
    world.clock.pass(10);
  };
  await a.write("1");
  const first = a.log.waitDurable(1);
  await a.write("2");
  let isSecondDurable = false;
  const second = a.log.waitDurable(2).then(() => {
    isSecondDurable = true;
    expect(world.afterPowerCut().open("r").readAll()).toEqual(["1", "2"]);
    return undefined;
  });
  release();
  await first;
  expect(world.afterPowerCut().open("r").readAll()).toEqual(["1"]);
  expect(isSecondDurable).toBe(false);
  expect(world.marks.read().mark).toBe(1);
  release();
  await second;
  expect(world.marks.read().mark).toBe(2);
});

test("ENGINE D1: beside a sync in flight, which may be told of a failure alone, one made in place proves nothing", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  let release = (): void => undefined;
  world.memory.onAsyncSync = async () => new Promise<void>((resolve) => (release = resolve));
  await a.write("1");
  const background = a.log.waitDurableInBackground(1);
  a.log.waitDurableBlocking(1);
  expect([a.log.durableSeq, world.marks.read().mark]).toEqual([0, 0]);
  let plans = 0;
  const inside = a.log.append(
    () => {
      plans += 1;
      return [{ txid: "2", author: "a", rows: [], bodies: [] }];
    },
    { syncInside: true },
  );
  expect(plans).toBe(0);
  release();
  await background;
  expect(a.log.durableSeq).toBe(1);
  await inside;
  expect([plans, a.log.durableSeq]).toEqual([1, 2]);
});

test("ENGINE D2: a mark that cannot be written is ignored; the commit is acknowledged", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  await a.commit("1");
  world.memory.capacityBytes = world.memory.tree.usedBytes;
  world.memory.onOperation = ({ call, path }) => {
    if (call === "write" && path.endsWith("/durable")) world.memory.capacityBytes = 0;
    if (call === "write" && path === SEGMENT) world.memory.capacityBytes = undefined;
  };
  await a.commit("2");
  expect(a.log.durableSeq).toBe(2);
});

test("ENGINE D3: what another process appended counts as durable only after a sync of this process, or by a mark", async () => {
  const world = LogWorld.create();
  const [a, b] = [world.open("a"), world.open("b")];
  await a.write("1");
  expect(b.readAll()).toEqual(["1"]);
  await b.log.waitDurable(1);
  expect(world.afterPowerCut().open("r").readAll()).toEqual(["1"]);
  const synced = world.memory.counts.of({ call: "syncData", path: SEGMENT });
  await a.log.waitDurable(1);
  expect(world.memory.counts.of({ call: "syncData", path: SEGMENT })).toBe(synced);
});

test("what was appended a moment ago is synced without a look at the marks of others first", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  await a.write("1");
  await a.write("2");
  const looks = (): number => world.memory.counts.of({ call: "read", path: `${WAL}/durable` });
  let before = looks();
  await a.log.waitDurable(2, { isNew: true });
  // One look tells whether somebody failed to sync meanwhile.
  expect(looks() - before).toBe(1);
  await a.write("3");
  before = looks();
  await a.log.waitDurable(3);
  expect(looks() - before).toBe(2);
});

test("ENGINE D3: a read-only process makes durable what it answers from, and writes no mark", async () => {
  const world = LogWorld.create();
  const [a, reader] = [world.open("a"), world.open("reader", { writable: false })];
  await a.commit("1");
  const path = `${WAL}/durable`;
  const marks = world.bytes(path);
  await a.write("2");
  reader.readAll();
  reader.log.waitDurableBlocking(2);
  expect(world.afterPowerCut().open("r").readAll()).toEqual(["1", "2"]);
  expect(world.bytes(path)).toEqual(marks);
});

test("ENGINE V1: when the lock is free again, the process that appended shows its records", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  let shownAtUnlock: readonly string[] = [];
  world.before({ process: "a", call: "unlock", path: segmentPath(1) }, () => (shownAtUnlock = [...a.texts]));
  await a.write("1", "2");
  expect(shownAtUnlock).toEqual(["1", "2"]);
});

test("a paranoid append is durable before the lock is free", async () => {
  const world = LogWorld.create();
  const a = world.open("a");
  let afterCut: readonly string[] = [];
  world.before({ process: "a", call: "unlock", path: segmentPath(1) }, () => {
    afterCut = world.afterPowerCut().open("r").readAll();
  });
  await a.log.append(() => [{ txid: "1", author: "a", rows: [], bodies: [] }], { syncInside: true });
  expect(afterCut).toEqual(["1"]);
});

test("a sync that cannot even begin leaves the outcome unknown, and the next one may succeed", async () => {
  const world = LogWorld.create();
  const [a, b] = [world.open("a"), world.open("b")];
  await a.commit("1");
  await a.log.seal();
  await a.write("2");
  b.readAll();
  let isBroken = true;
  world.memory.onCall = ({ process, call }) => {
    if (isBroken && process === "b" && call === "list") throw diskFailure();
  };
  await expect(b.log.waitDurable(2)).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
  isBroken = false;
  await b.log.waitDurable(2);
});

function diskFailure(): Error {
  return new DiskError("EMFILE", "Cannot list: too many open files");
}
