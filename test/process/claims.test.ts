import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { openKnot, priorities } from "@knotwork/domain";
import { expect, test } from "vitest";
import { startChild } from "./child-processes.ts";
import { useScratchDir } from "./scratch-dir.ts";
import { verifyStore } from "./verify.ts";

const scratch = useScratchDir();

interface Worked {
  readonly claims: number;
  readonly stale: number;
}

test("[D3] 16 processes claim 200 tasks, two are killed holding one: each task is won once at a time and completed once", async () => {
  const storeDir = join(scratch.path, "store");
  const acknowledgementsDir = scratch.make("acknowledgements");
  const taskCount = 200;
  const knot = await openKnot({ dir: storeDir, create: true, as: "planner" });
  for (let index = 0; index < taskCount; index += 1) {
    await knot.tasks.create(
      { title: `Task ${index}`, priority: priorities[index % 4] ?? "low" },
      { durability: "relaxed" },
    );
  }

  const children = Array.from({ length: 16 }, (_, index) => {
    const agent = `agent-${index}`;
    const acknowledgementsFile = join(acknowledgementsDir, `${agent}.jsonl`);
    const child = startChild<Worked>("claim-tasks.mjs", {
      storeDir,
      agent,
      acknowledgementsFile,
      leaseMs: 1000,
      holdAfter: index < 2 ? 3 : 0,
      taskCount,
    });
    child.process.on("message", (message: { holding?: string }) => {
      if (message.holding !== undefined) child.process.kill("SIGKILL");
    });
    return child;
  });
  await Promise.all(children.map((child) => child.ready));
  for (const child of children) child.start();
  const answers = await Promise.all(children.map((child) => child.answer));

  expect(answers.filter((answer) => answer === undefined)).toHaveLength(2);
  const { items } = await knot.tasks.list({ status: "completed", limit: taskCount + 1 });
  expect(items).toHaveLength(taskCount);
  await knot.close();

  const acknowledged = readdirSync(acknowledgementsDir).flatMap((name) =>
    readFileSync(join(acknowledgementsDir, name), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as { readonly kind: string; readonly task: string; readonly fence: number }),
  );
  const completed = acknowledged.filter((one) => one.kind === "complete").map((one) => one.task);
  expect(new Set(completed).size).toBe(completed.length);
  expect(completed).toHaveLength(taskCount);
  // No two claims of a task share a fence: the verifier looks at their leases, too.
  const claims = acknowledged.filter((one) => one.kind === "claim").map((one) => `${one.task} ${one.fence}`);
  expect(new Set(claims).size).toBe(claims.length);
  expect(verifyStore(storeDir, acknowledgementsDir)).toEqual({
    exitCode: 0,
    output: expect.stringContaining("\n0 problems") as string,
  });
});
