import type { MemoryDisk } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import { crashImages, proveCrashes, proveImage, World } from "./crash-workload.ts";
import type { Workload } from "./crash-workload.ts";
import { createdWorld } from "./created-world.ts";
import { sized } from "../prove/figures.ts";

for (const durability of ["paranoid", "balanced", "relaxed"] as const) {
  test(`[N5] a power cut at any step of commits at ${durability} takes what that level promises to nobody, and halves none`, async () => {
    await proveCrashes(
      async (world) => {
        for (const process of rounds(2, 12)) {
          const engine = await world.open(process);
          for (const name of ["one", "two"]) await world.commit(engine, `${name} of ${process}`, durability);
          await engine.close();
        }
      },
      { title: `commits at ${durability}`, start: createdWorld },
    );
  });
}

test("ENGINE R1: a power cut at any step of commits loses none that was acknowledged as durable, and halves none", async () => {
  await proveCrashes(
    async (world) => {
      const a = await world.open("a");
      for (const round of rounds(1, 8)) {
        for (const durability of ["balanced", "paranoid", "relaxed", "balanced"] as const)
          await world.commit(a, durability + round + world.acknowledged.length, durability);
        await world.commit(a, `last of ${round}`, "relaxed");
      }
      await a.close();
    },
    { title: "commits of one process", start: createdWorld },
  );
});

const twoProcesses: Workload = async (world) => {
  for (const round of rounds(1, 6)) {
    const a = await world.open("a");
    const b = await world.open("b");
    await Promise.all([
      world.commit(a, `a1${round}`),
      world.commit(b, `b1${round}`, "paranoid"),
      world.commit(a, `a2${round}`, "relaxed"),
    ]);
    await world.commit(b, `b2${round}`, "relaxed");
    await Promise.all([world.commit(a, `a3${round}`), world.commit(b, `b3${round}`)]);
    await b.close();
    await world.commit(a, `a4${round}`, "paranoid");
    await a.close();
  }
};

test("ENGINE R1, R2: of two processes that commit in turns, a power cut loses nothing acknowledged as durable by either", async () => {
  await proveCrashes(twoProcesses, { title: "commits of two processes", start: createdWorld });
});

test("[W5] [T10] killed at any step, a commit is there whole or not at all, and what was acknowledged is there at every durability", async () => {
  await proveCrashes(twoProcesses, { title: "commits of two processes, killed", start: createdWorld, crash: "kill" });
});

test("[W5] history and indexes never hold a commit that the log could still lose", async () => {
  // At each step: what history says now, and the disk on which nothing survived that was not synced.
  const steps: { readonly seqsInHistory: readonly number[]; readonly afterCut: MemoryDisk }[] = [];
  const world = await createdWorld();
  const a = await world.open("a");
  world.memory.onOperation = () =>
    steps.push({ seqsInHistory: seqsInHistory(world.memory), afterCut: world.memory.crash() });
  await world.commit(a, "one", "relaxed");
  await world.commit(a, "two", "relaxed");
  await a.checkpoint();
  await world.commit(a, "three", "relaxed");
  await a.checkpoint();
  await a.close();
  world.memory.onOperation = undefined;
  expect(Math.max(...steps.flatMap(({ seqsInHistory }) => seqsInHistory))).toBe(await headOf(world.memory));
  for (const { seqsInHistory, afterCut } of steps)
    expect(await headOf(afterCut)).toBeGreaterThanOrEqual(Math.max(0, ...seqsInHistory));
});

test("[W5] a handle opened paranoid shows no commit that a power cut could still take away", async () => {
  const world = await createdWorld();
  const a = await world.open("a");
  const b = await world.open("b", { readOnly: true, durability: "paranoid" });
  const seen: { readonly head: number; readonly afterCut: MemoryDisk }[] = [];
  world.memory.onOperation = ({ process }) => {
    if (process !== "a") return;
    const head = b.head() as number;
    seen.push({ head, afterCut: world.memory.crash() });
  };
  for (const durability of ["relaxed", "balanced", "relaxed", "paranoid"] as const)
    await world.commit(a, `${durability}${world.acknowledged.length}`, durability);
  seen.push({ head: b.head() as number, afterCut: world.memory.crash() });
  world.memory.onOperation = undefined;
  await a.close();
  await b.close();
  expect(new Set(seen.map(({ head }) => head)).size).toBeGreaterThan(3);
  for (const { head, afterCut } of seen) expect(await headOf(afterCut)).toBeGreaterThanOrEqual(head);
});

test("the harness finds a commit that was acknowledged before it was durable", async () => {
  const images = await crashImages(
    async (world) => {
      const a = await world.open("a");
      await world.commit(a, "one", "relaxed");
      world.acknowledged.splice(0, 1, { ...world.acknowledged[0]!, durability: "balanced" });
      await world.commit(a, "two");
      await a.close();
    },
    { title: "a false acknowledgement", start: createdWorld },
  );
  const proving = async (): Promise<void> => {
    for (const image of images) await proveImage(image);
  };
  await expect(proving()).rejects.toThrow(/expected undefined to deeply equal/u);
});

function seqsInHistory(memory: MemoryDisk): readonly number[] {
  return [...memory.files()]
    .filter(([path]) => path.includes("/history/"))
    .flatMap(([, bytes]) =>
      [
        ...Buffer.from(bytes)
          .toString()
          .matchAll(/"commit":(\d+)/gu),
      ].map(([, seq]) => Number(seq)),
    );
}

async function headOf(disk: MemoryDisk): Promise<number> {
  const engine = await new World(disk, { isCreated: true }).open("reader", { readOnly: true });
  const head = await engine.head();
  await engine.close();
  return head;
}

/** Names of so many rounds: few in the suite, many at full size. */
function rounds(suite: number, full: number): readonly string[] {
  return Array.from({ length: sized(suite, full) }, (_, index) => `p${index + 1}`);
}
