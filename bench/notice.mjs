/**
 * `--only notice`: how long after a commit was acknowledged in one process a watch in another process gives it. Beside it
 * the bare notice of the kernel for an appended line, which nothing built on it can beat.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openGraph } from "@knotwork/graph";
import { startProcess } from "./bench-process.mjs";
import { format, roundsOf } from "./claims.mjs";
import { median, percentile } from "./statistics.mjs";

const SUBJECTS = [
  { subject: "durable", name: "**Knotwork watch, durable commits**" },
  { subject: "relaxed", name: "Knotwork watch, `durable: false`, relaxed commits" },
  { subject: "fs.watch", name: "fs.watch on an appended file" },
];
const GATE_MS = 2;
const GOAL_MS = 0.5;
const worker = new URL("./notice-worker.mjs", import.meta.url);

/** Subjects take turns in every round. */
export async function benchNotice({ scratchDir, rounds, quick }) {
  const count = quick ? 100 : 400;
  const results = new Map(SUBJECTS.map(({ subject }) => [subject, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { subject } of SUBJECTS) results.get(subject).push(await runRound({ scratchDir, subject, count }));
  }
  const fields = ["p50Ms", "p90Ms", "p99Ms", "maxMs"];
  const table = {
    title: "notice of another process's commit",
    notes: [
      `${roundsOf(rounds)} of ${count} commits, one every 4 ms or so; from the acknowledgement in the writer to the watcher; below 0: seen before the writer went on.`,
    ],
    columns: ["subject", "p50 ms", "p90 ms", "p99 ms", "max ms"],
    rows: SUBJECTS.map(({ subject, name }) => [
      name,
      ...fields.map((field) => format(median(results.get(subject).map((round) => round[field])))),
    ]),
    claims: [
      {
        measure: "notice of another process's commit",
        compared: "p50",
        values: results.get("durable").map(({ p50Ms }) => p50Ms),
        direction: "at most",
        gate: GATE_MS,
        goal: GOAL_MS,
        unit: "ms",
      },
    ],
  };
  return [table];
}

async function runRound({ scratchDir, subject, count }) {
  const dir = mkdtempSync(join(scratchDir, "notice-"));
  try {
    if (subject !== "fs.watch") await (await openGraph({ dir: join(dir, "store"), create: true })).close();
    const watcher = startProcess({ worker, job: { role: "follow", name: subject, subject, dir, count } });
    await watcher.ready;
    const writer = startProcess({ worker, job: { role: "write", name: subject, subject, dir, count } });
    const [wrote, saw] = await Promise.all([writer.finished, watcher.finished]);
    // Below 0: seen before the process that committed went on itself.
    const delaysMs = saw.timesMs.map((seenMs, index) => seenMs - wrote.timesMs[index]).toSorted((a, b) => a - b);
    return {
      p50Ms: percentile(delaysMs, 0.5),
      p90Ms: percentile(delaysMs, 0.9),
      p99Ms: percentile(delaysMs, 0.99),
      maxMs: delaysMs.at(-1),
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
