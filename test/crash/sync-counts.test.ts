import type { Durability, Engine } from "@knotwork/graph";
import { setTimeout as sleepMs } from "node:timers/promises";
import { expect, test } from "vitest";
import { storeDir } from "./crash-workload.ts";
import type { World } from "./crash-workload.ts";
import { createdWorld } from "./created-world.ts";

const segment = `${storeDir}/wal/0000000000000001.jsonl`;

test("[W2] paranoid syncs once a commit, while it holds the lock", async () => {
  const { world, engine, syncs } = await warmWorld();
  for (let count = 1; count <= 5; count += 1) {
    await world.commit(engine, `commit ${count}`, "paranoid");
    expect(syncs).toHaveLength(count);
  }
  expect(syncs).toEqual(syncs.map(() => "locked"));
  await engine.close();
});

test("[W2] balanced syncs once a commit, after the lock is free", async () => {
  const { world, engine, syncs } = await warmWorld();
  for (let count = 1; count <= 5; count += 1) {
    await world.commit(engine, `commit ${count}`, "balanced");
    expect(syncs).toHaveLength(count);
  }
  expect(syncs).toEqual(syncs.map(() => "free"));
  await engine.close();
});

test("[W2] relaxed syncs nothing on the path of a commit, once within 200 ms of it, and not again at close", async () => {
  const { world, engine, syncs } = await warmWorld();
  for (let count = 1; count <= 5; count += 1) await world.commit(engine, `commit ${count}`, "relaxed");
  expect(syncs).toEqual([]);
  const { durableSeq } = (await engine.stats()) as { readonly durableSeq: number };
  expect(durableSeq).toBeLessThan(await engine.head());
  await sleepMs(300);
  expect(syncs).toEqual(["free"]);
  expect(await engine.stats()).toMatchObject({ durableSeq: await engine.head() });
  await engine.close();
  expect(syncs).toHaveLength(1);
});

test("[W2] close makes relaxed commits durable with one sync, and leaves nothing locked", async () => {
  const { world, engine, syncs } = await warmWorld();
  for (let count = 1; count <= 5; count += 1) await world.commit(engine, `commit ${count}`, "relaxed");
  expect(syncs).toEqual([]);
  await engine.close();
  expect(syncs).toEqual(["free"]);
  const probe = world.memory.process("probe");
  for (const [path] of world.memory.files()) {
    const file = probe.open(path, "read");
    expect(file.tryLock("exclusive"), path).toBe(true);
    file.close();
  }
  const reader = await world.open("reader", { readOnly: true });
  expect(Buffer.from(world.memory.crash().files().get(segment) ?? []).toString()).toContain("left-commit 5");
  await reader.close();
});

test("[W2] a stronger commit makes relaxed ones before it durable with the same sync", async () => {
  const { world, engine, syncs } = await warmWorld();
  await world.commit(engine, "relaxed", "relaxed");
  await world.commit(engine, "balanced", "balanced");
  expect(syncs).toEqual(["free"]);
  expect(Buffer.from(world.memory.crash().files().get(segment) ?? []).toString()).toContain("left-relaxed");
  await engine.close();
});

test("[W2] commits that wait together share one sync, at the strongest durability among them", async () => {
  const { engine, syncs } = await warmWorld();
  await Promise.all(Array.from({ length: 10 }, (_, index) => putNode(engine, `balanced${index}`, "balanced")));
  expect(syncs).toEqual(["free"]);
  const mixed: readonly Durability[] = ["relaxed", "balanced", "paranoid", "relaxed"];
  await Promise.all(mixed.map((durability, index) => putNode(engine, `mixed${index}`, durability)));
  expect(syncs).toEqual(["free", "locked"]);
  await engine.close();
});

test("[W2] who holds the lock and what is durable are noted without a sync, at every durability", async () => {
  const { world, engine } = await warmWorld();
  for (const durability of ["paranoid", "balanced", "relaxed"] as const)
    await world.commit(engine, durability, durability);
  await engine.checkpoint();
  await engine.close();
  const { counts } = world.memory;
  for (const name of ["holder", "durable", "lock"]) {
    const path = `${storeDir}/wal/${name}`;
    expect(counts.of({ call: "syncData", path })).toBe(0);
  }
  expect(counts.of({ call: "write", path: `${storeDir}/wal/holder` })).toBeGreaterThan(0);
  expect(counts.of({ call: "write", path: `${storeDir}/wal/durable` })).toBeGreaterThan(0);
});

interface WarmWorld {
  readonly world: World;
  readonly engine: Engine;
  /** Every sync of the process "a" from now on, and whether the kernel lock was held. */
  readonly syncs: readonly ("locked" | "free")[];
}

/** A process that has committed: what the first commit does once is done. */
async function warmWorld(): Promise<WarmWorld> {
  const world = await createdWorld();
  const engine = await world.open("a");
  await world.commit(engine, "warm");
  const syncs: ("locked" | "free")[] = [];
  const probe = world.memory.process("probe").open(`${storeDir}/wal/lock`, "read");
  world.memory.onOperation = ({ process, call }) => {
    if (process !== "a" || (call !== "syncData" && call !== "syncDirectory")) return;
    const isFree = probe.tryLock("exclusive");
    if (isFree) probe.unlock();
    syncs.push(isFree ? "free" : "locked");
  };
  return { world, engine, syncs };
}

async function putNode(engine: Engine, id: string, durability: Durability): Promise<void> {
  const outcome = await engine.commit({
    txid: `05${id.padStart(24, "0")}`,
    author: "writer",
    snapshotSeq: await engine.head(),
    reads: new Map([[id, { version: 0, seq: 0 }]]),
    ranges: [],
    writes: [{ op: "put", id, type: "item", version: 1, props: {} }],
    durability,
  });
  expect(outcome.status).toBe("committed");
}
