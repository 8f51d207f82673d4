/** kill -9 of a process that holds the locks of a store: how long until another process's commit is acknowledged. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openGraph } from "@knotwork/graph";
import { startProcess } from "./bench-process.mjs";
import { format } from "./claims.mjs";
import { percentile } from "./statistics.mjs";

const worker = new URL("./takeover-worker.mjs", import.meta.url);
const KINDS = [
  { role: "hold", name: "**Knotwork**, the dead held both locks" },
  { role: "commit", name: "**Knotwork**, the dead was committing without pause" },
];
/** The waiter has long been waiting when the holder dies. */
const HELD_MS = 25;

export async function benchTakeover({ scratchDir, quick }) {
  const kills = quick ? 12 : 60;
  const delays = {};
  for (const { role } of KINDS) delays[role] = await measure({ scratchDir, role, kills });
  const all = delays.hold;
  const table = {
    title: "kill -9 of a lock holder",
    notes: [
      `${kills} kills each; from the kill to the acknowledgement of another process's durable commit, which had been waiting for ${HELD_MS} ms where the locks were held.`,
    ],
    columns: ["", "p50 ms", "p90 ms", "p99 ms", "max ms"],
    rows: KINDS.map(({ role, name }) => [
      name,
      ...[0.5, 0.9, 0.99].map((share) => format(percentile(delays[role], share))),
      format(delays[role].at(-1)),
    ]),
    claims: [
      {
        measure: "kill -9 of a lock holder: next holder",
        compared: "p99",
        values: [percentile(all, 0.99)],
        direction: "at most",
        gate: 100,
        goal: 50,
        unit: "ms",
      },
    ],
  };
  return [table];
}

/** @returns {Promise<readonly number[]>} the delays in ms, ascending */
async function measure({ scratchDir, role, kills }) {
  const dir = mkdtempSync(join(scratchDir, "takeover-"));
  const store = join(dir, "store");
  await (await openGraph({ dir: store, create: true })).close();
  const waiter = startProcess({ worker, job: { role: "wait", name: "waiting", store } });
  await waiter.ready;
  const delaysMs = [];
  for (let index = 0; index < kills; index += 1) {
    const holder = startProcess({ worker, job: { role, name: "dying", store } });
    const died = new Promise((resolve) => holder.child.once("exit", resolve));
    await holder.ready;
    const acknowledged = new Promise((resolve) => waiter.child.once("message", resolve));
    if (role === "hold") waiter.child.send({ commit: index });
    await sleep(HELD_MS);
    const killedMs = nowMs();
    holder.child.kill("SIGKILL");
    if (role !== "hold") waiter.child.send({ commit: index });
    delaysMs.push((await acknowledged).acknowledgedMs - killedMs);
    await died;
  }
  waiter.child.send({ end: true });
  await waiter.finished;
  rmSync(dir, { recursive: true });
  return delaysMs.toSorted((a, b) => a - b);
}

/** By the clock that every process of the machine shares. */
function nowMs() {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
