/** One ticket under many processes: changed by all of them, and moved by one that is killed while others look. */
import { join } from "node:path";
import { setImmediate as turnOfEventLoop } from "node:timers/promises";
import { type Knot, openKnot, taskStatuses } from "@knotwork/domain";
import { expect, test } from "vitest";
import { runChildren, startChild } from "./child-processes.ts";
import { useScratchDir } from "./scratch-dir.ts";
import { verifyStore } from "./verify.ts";

const scratch = useScratchDir();

interface Updated {
  readonly acknowledged: readonly { readonly id: string; readonly version: number; readonly title: string }[];
}

test("[C6] 10 processes update one task 10 times each, and others beside it: each update is one version, the task 1 record", async () => {
  const storeDir = join(scratch.path, "store");
  const knot = await openKnot({ dir: storeDir, create: true });
  const onlooker = await openKnot({ dir: storeDir });
  const own = Array.from({ length: 10 }, (_, index) => `own-${index}`);
  for (const id of ["shared", ...own]) await knot.tasks.create({ title: "new", id });

  // While a transaction on the shared one is open, and has changed it, every process changes its own to the last.
  let seenWhileOpen = 0;
  const open = knot.graph.transact(
    async (tx) => {
      await tx.update("shared", { description: "by the one that took long" });
      if (seenWhileOpen === 0) seenWhileOpen = await untilChanged(onlooker, own, 11);
    },
    { retries: 1000 },
  );
  const answers = await runChildren<Updated>("update-tasks.mjs", 10, (index) => ({
    storeDir,
    agent: `agent-${index}`,
    ids: [`own-${index}`, "shared"],
    count: 10,
  }));
  await open;
  expect(seenWhileOpen).toBe(10);

  const acknowledged = answers.flatMap((answer) => answer.acknowledged);
  const versions = await knot.graph.history("shared");
  expect(versions.map(({ version }) => version)).toEqual(Array.from({ length: 102 }, (_, index) => index + 1));
  const titles = new Map(versions.map(({ version, props }) => [version, props["title"]]));
  const shared = acknowledged.filter(({ id }) => id === "shared");
  expect(new Set(shared.map(({ version }) => version)).size).toBe(100);
  for (const { version, title } of shared) expect(titles.get(version)).toBe(title);
  // What stands is what the writer of the last title wrote, and what that version was made of.
  const last = shared.toSorted((one, other) => one.version - other.version).at(-1);
  expect(await knot.tasks.get("shared")).toMatchObject({
    title: last?.title,
    description: "by the one that took long",
  });
  for (const id of own) expect(acknowledged.filter((one) => one.id === id)).toHaveLength(10);
  expect((await knot.tasks.list()).items).toHaveLength(11);
  const kept = await knot.graph.compact({ keepVersions: 1 });
  expect(kept.versionsKept).toBe(11);
  expect((await knot.graph.check()).problems).toEqual([]);
  for (const each of [knot, onlooker]) await each.close();
  expect(verifyStore(storeDir)).toEqual({ exitCode: 0, output: expect.stringContaining("\n0 problems") as string });
});

test("[C10] while tasks are moved and the mover is killed, a reader finds each under one status, always, and none is lost", async () => {
  const storeDir = join(scratch.path, "store");
  const knot = await openKnot({ dir: storeDir, create: true });
  const ids = ["a", "b", "c", "d", "e"];
  for (const id of ids) await knot.tasks.create({ title: id, id });
  const statusesSeen = new Set<string>();
  const acknowledged = new Map<string, number>();
  let reads = 0;
  for (let kill = 0; kill < 5; kill += 1) {
    const mover = startChild("move-tasks.mjs", { storeDir, agent: `mover-${kill}`, ids });
    let moves = 0;
    mover.process.on("message", ({ moved }: { moved?: { id: string; version: number } }) => {
      if (moved === undefined) return;
      moves += 1;
      acknowledged.set(moved.id, moved.version);
    });
    await mover.ready;
    mover.start();
    // Not at the same step each time.
    while (moves < 60 + 7 * kill && mover.process.exitCode === null) {
      for (const status of await statusOfEach(knot, ids)) statusesSeen.add(status);
      reads += 1;
      // What the mover tells comes in between.
      await turnOfEventLoop();
    }
    mover.process.kill("SIGKILL");
    expect(await mover.answer).toBeUndefined();
    await statusOfEach(knot, ids);
    for (const [id, version] of acknowledged) {
      const history = await knot.graph.history(id);
      expect(history.map((each) => each.version)).toEqual(history.map((_, index) => index + 1));
      expect(history.length).toBeGreaterThanOrEqual(version);
    }
  }
  expect(reads).toBeGreaterThan(20);
  expect([...statusesSeen].toSorted()).toEqual(taskStatuses.toSorted());
  expect((await knot.graph.check()).problems).toEqual([]);
  await knot.close();
});

/** Waits until all have this version; gives how many they are. */
async function untilChanged(knot: Knot, ids: readonly string[], version: number): Promise<number> {
  for (;;) {
    const tasks = await Promise.all(ids.map((id) => knot.tasks.get(id)));
    if (tasks.every((task) => task?.version === version)) return tasks.length;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Reads one state of the store: each task is there, and in the list of its own status only. */
async function statusOfEach(knot: Knot, ids: readonly string[]): Promise<readonly string[]> {
  const snapshot = await knot.graph.snapshot();
  try {
    const lists = new Map<string, readonly string[]>();
    for (const status of taskStatuses) {
      lists.set(status, await snapshot.query("task").where("status", "=", status).ids());
    }
    expect([...lists.values()].flat().toSorted()).toEqual(ids);
    const tasks = await snapshot.getMany(ids);
    const statuses = tasks.map((task) => task?.props["status"] as string);
    for (const [index, status] of statuses.entries()) expect(lists.get(status)).toContain(ids[index]);
    return statuses;
  } finally {
    snapshot.release();
  }
}
