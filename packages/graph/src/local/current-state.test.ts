import { readWholeFile, writeFileAtomic } from "@knotwork/disk";
import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import type { Engine, PinnedSnapshot } from "../engine.ts";
import { begin, commit } from "../testing/conformance/subject.ts";
import { CurrentState } from "./current-state.ts";
import { openLocalEngine } from "./open-local-engine.ts";
import { readStoreHeader } from "./store-header.ts";
import { storePaths } from "./store-names.ts";

const dir = "/store";
const paths = storePaths(dir);
const GENERATIONS = 14;
const STEPS_MAX = 400;

async function openOn(memory: MemoryDisk, process: string): Promise<Engine> {
  const disk = memory.process(process);
  return openLocalEngine({ dir, disk, clock: new TestClock(), random: seededRandom(process.length), create: true });
}

function stateOn(memory: MemoryDisk, process: string): CurrentState {
  const machine = { disk: memory.process(process), clock: new TestClock(), random: seededRandom(5), paths };
  return new CurrentState({ dir }, machine, readStoreHeader(machine.disk, paths)?.store ?? "");
}

async function put(engine: Engine, n: number): Promise<void> {
  await commit(engine, async (tx) => tx.put("x", { n }));
}

test("ENGINE K4: at every step of another process's checkpoint, one whose own generation is gone can pin a snapshot", async () => {
  const memory = new MemoryDisk();
  const a = await openOn(memory, "a");
  await put(a, 1);
  const stale = Array.from({ length: STEPS_MAX }, () => stateOn(memory, "b"));
  for (const state of stale) state.advance();
  await a.checkpoint();
  await put(a, 2);
  const pinned: PinnedSnapshot[] = [];
  memory.onCall = ({ process }) => {
    if (process === "a" && stale.length > pinned.length) pinned.push(stale[pinned.length]?.pinAt(1) as PinnedSnapshot);
  };
  await a.checkpoint();
  memory.onCall = undefined;
  expect(pinned.length).toBeGreaterThan(50);
  expect(pinned.length).toBeLessThan(STEPS_MAX);
  for (const snapshot of pinned) {
    expect((await snapshot.get("x"))?.props).toEqual({ n: 1 });
    snapshot.release();
  }
  for (const state of stale) state.close();
  await a.close();
});

test("[W25] ENGINE K4: a snapshot is never pinned at a seq that the generation which can be held does not tell any more", async () => {
  const memory = new MemoryDisk();
  const a = await openOn(memory, "a");
  await put(a, 1);
  const state = stateOn(memory, "c");
  const seq = state.advance();
  await put(a, 2);
  await a.files?.compact({ keepVersions: 1 });
  expect(() => state.pinAt(seq)).toThrow(expect.objectContaining({ code: "SNAPSHOT_TOO_OLD" }) as Error);
  const pinned = state.pinAt(state.advance());
  expect((await pinned.get("x"))?.props).toEqual({ n: 2 });
  pinned.release();
  state.close();
  await a.close();
});

test("ENGINE K4: a log that checkpoints shorten faster than it is opened is opened in the end, and never called damaged", async () => {
  const memory = new MemoryDisk();
  const a = await openOn(memory, "a");
  const shell = memory.process("shell");
  const pointers: Buffer[] = [];
  const held: PinnedSnapshot[] = [];
  for (let n = 1; n <= GENERATIONS; n += 1) {
    await put(a, n);
    await a.checkpoint();
    held.push(await a.pin());
    pointers.push(readWholeFile(shell, paths.manifestPointer) ?? Buffer.alloc(0));
  }
  let next = 0;
  const publishNext = (): void => {
    const pointer = pointers[next];
    next += 1;
    if (pointer !== undefined) writeFileAtomic(shell, paths.manifestPointer, pointer, { random: seededRandom(next) });
  };
  publishNext();
  memory.onCall = ({ process, call, path }) => {
    if (process === "d" && call === "open" && /\/wal\/\d+\.jsonl$/u.test(path)) publishNext();
  };
  const state = stateOn(memory, "d");
  memory.onCall = undefined;
  expect(next).toBeGreaterThan(GENERATIONS);
  expect(state.advance()).toBe(GENERATIONS);
  state.close();
  for (const snapshot of held) snapshot.release();
  await a.close();
});

test("ENGINE D3: a handle opened paranoid shows what it has made durable, also beside a sync that it began before", async () => {
  const memory = new MemoryDisk();
  const options = {
    dir,
    clock: new TestClock(),
    random: seededRandom(4),
    create: true,
    durability: "paranoid",
  } as const;
  const engine = await openLocalEngine({ ...options, disk: memory.process("paranoid") });
  memory.onAsyncSync = async ({ path }) => (path.includes("/wal/") ? new Promise<void>(() => undefined) : undefined);
  const tx = await begin(engine);
  await tx.put("x", { n: 1 });
  // In a thread of the pool the sync of this commit would not end.
  const first = engine.commit(tx.request({ durability: "balanced" }));
  await commit(engine, async (other) => other.put("y", { n: 2 }));
  const { seq, durableSeq } = await engine.stats();
  expect([seq, durableSeq]).toEqual([2, 2]);
  memory.onAsyncSync = undefined;
  expect(await first).toMatchObject({ status: "committed", seq: 1 });
  await engine.close();
});
