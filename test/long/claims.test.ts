import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Knot, openKnot, priorities } from "@knotwork/domain";
import { expect, test } from "vitest";
import { startChild } from "../process/child-processes.ts";
import { runRace } from "../process/race-rounds.ts";
import { useScratchDir } from "../process/scratch-dir.ts";

const isFull = process.env["KNOT_LONG"] === "1";
const [processCount, taskCount, killCount] = isFull ? [64, 1000, 8] : [12, 150, 2];
const hourMs = 60 * 60_000;
const leaseMs = 2000;

const scratch = useScratchDir();

interface Acknowledgement {
  readonly kind: "claim" | "complete";
  readonly task: string;
  readonly fence: number;
}

interface Worked {
  readonly claims: number;
  readonly stale: number;
}

test(`[D3] ${processCount} processes claim ${taskCount} tasks under kill -9 and clocks moved by an hour: one holder at a time, each completed once`, async () => {
  const storeDir = join(scratch.path, "store");
  const acknowledgementsDir = scratch.make("acknowledgements");
  const knot = await openKnot({ dir: storeDir, create: true, as: "planner", durability: "relaxed" });
  const tasks: string[] = [];
  for (let index = 0; index < taskCount; index += 1) {
    const priority = priorities[index % 4] ?? "low";
    tasks.push((await knot.tasks.create({ title: `Task ${index}`, priority })).id);
  }
  const answers = await workTogether(storeDir, acknowledgementsDir);
  expect(answers.filter((answer) => answer === undefined)).toHaveLength(killCount);

  const { items } = await knot.tasks.list({ status: "completed", limit: taskCount + 1 });
  expect(items).toHaveLength(taskCount);
  const acknowledged = readAcknowledgements(acknowledgementsDir);
  const completed = acknowledged.filter(({ kind }) => kind === "complete").map(({ task }) => task);
  expect(completed.toSorted()).toEqual(tasks.toSorted());
  const fences = acknowledged.filter(({ kind }) => kind === "claim").map(({ task, fence }) => `${task} ${fence}`);
  expect(new Set(fences).size).toBe(fences.length);
  for (const { task, fence } of acknowledged.filter(({ kind }) => kind === "complete")) {
    const last = Math.max(
      ...acknowledged.filter((one) => one.task === task && one.kind === "claim").map((one) => one.fence),
    );
    expect(fence, `${task} was completed under a stale fence`).toBe(last);
  }
  let takeovers = 0;
  for (const task of tasks) takeovers += await takeoversOf(knot, task);
  expect(takeovers).toBeGreaterThanOrEqual(killCount);
  const stale = answers.reduce((sum, answer) => sum + (answer?.stale ?? 0), 0);
  console.log(`${fences.length} claims, ${takeovers} takeovers of run-out leases, ${stale} stale writes refused`);
  expect(await knot.graph.check()).toMatchObject({ ok: true });
  expect(await knot.checkGraphLaws()).toEqual([]);
  await knot.close();
});

const rounds = isFull ? 500 : 100;

test(`[D3] two processes that take the next task at once never get the same one: ${rounds} rounds`, async () => {
  const storeDir = join(scratch.path, "store");
  const knot = await openKnot({ dir: storeDir, create: true, as: "planner", durability: "relaxed" });
  await runRace({
    storeDir,
    roles: ["claim next", "claim next"],
    rounds,
    prepare: async (round) => (await knot.tasks.create({ title: `round ${round}` })).id,
    judge: ({ task, outcomes }) => expect(outcomes.toSorted()).toEqual([task, "nothing"].toSorted()),
  });
  expect(await knot.tasks.claims()).toHaveLength(rounds);
  await knot.close();
});

async function workTogether(storeDir: string, acknowledgementsDir: string): Promise<readonly (Worked | undefined)[]> {
  const children = Array.from({ length: processCount }, (_, index) => {
    const agent = `agent-${index}`;
    const child = startChild<Worked>("claim-tasks.mjs", {
      storeDir,
      agent,
      acknowledgementsFile: join(acknowledgementsDir, `${agent}.jsonl`),
      leaseMs,
      holdAfter: index < killCount ? 2 : 0,
      taskCount,
      clockStepsMs: [0, hourMs, -hourMs],
    });
    child.process.on("message", (message: { readonly holding?: string }) => {
      if (message.holding !== undefined) child.process.kill("SIGKILL");
    });
    return child;
  });
  await Promise.all(children.map((child) => child.ready));
  for (const child of children) child.start();
  return Promise.all(children.map((child) => child.answer));
}

/** How often the claim of a task was taken from one whose lease had run out; on the clock that nobody sets. */
async function takeoversOf(knot: Knot, task: string): Promise<number> {
  const claims = (await knot.graph.history(`claim.${task}`)).map(({ props }) => props as unknown as ClaimState);
  let takeovers = 0;
  for (const [index, claim] of claims.entries()) {
    const before = claims[index - 1];
    if (before === undefined || claim.fence === before.fence || before.state === "released") continue;
    const takenAtMs = claim.lease.monotonicDeadlineMs - claim.ttlMs;
    expect(takenAtMs, `${task} was taken from a live holder`).toBeGreaterThanOrEqual(
      before.lease.monotonicDeadlineMs - 1,
    );
    takeovers += 1;
  }
  return takeovers;
}

interface ClaimState {
  readonly fence: number;
  readonly state: "held" | "released";
  readonly ttlMs: number;
  readonly lease: { readonly monotonicDeadlineMs: number };
}

function readAcknowledgements(directory: string): readonly Acknowledgement[] {
  return readdirSync(directory).flatMap((name) =>
    readFileSync(join(directory, name), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Acknowledgement),
  );
}
