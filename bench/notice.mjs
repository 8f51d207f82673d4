/**
 * `--only notice`: how long after a commit was acknowledged in one process a watch in another process gives it. Beside it
 * the bare notice of the kernel for an appended line, which nothing built on it can beat.
 */
import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openGraph } from "@knotwork/graph";
import { median, percentile } from "./statistics.mjs";

const SUBJECTS = [
  { subject: "durable", name: "**Knotwork watch, durable commits**" },
  { subject: "relaxed", name: "Knotwork watch, `durable: false`, relaxed commits" },
  { subject: "fs.watch", name: "fs.watch on an appended file" },
];
const GATE_MS = 2;
const GOAL_MS = 0.5;
const worker = new URL("./notice-worker.mjs", import.meta.url);

/** The table, as Markdown. Subjects take turns in every round. */
export async function benchNotice({ scratchDir, rounds, quick }) {
  const count = quick ? 100 : 400;
  const results = new Map(SUBJECTS.map(({ subject }) => [subject, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { subject } of SUBJECTS) results.get(subject).push(await runRound({ scratchDir, subject, count }));
  }
  const p50Ms = medianOf(results.get("durable"), "p50Ms");
  return [
    "## notice of another process's commit",
    "",
    `${rounds} rounds of ${count} commits, one every 4 ms or so; from the acknowledgement in the writer to the watcher; below 0: seen before the writer went on.`,
    "",
    "| subject | p50 ms | p90 ms | p99 ms | max ms |",
    "|---|---|---|---|---|",
    ...SUBJECTS.map(({ subject, name }) => {
      const cells = ["p50Ms", "p90Ms", "p99Ms", "maxMs"].map((field) =>
        medianOf(results.get(subject), field).toFixed(2),
      );
      return `| ${[name, ...cells].join(" | ")} |`;
    }),
    "",
    `- gate p50 ≤ ${GATE_MS} ms: ${p50Ms <= GATE_MS ? "reached" : "**missed**"} (${p50Ms.toFixed(2)})`,
    `- goal p50 ≤ ${GOAL_MS} ms: ${p50Ms <= GOAL_MS ? "reached" : "**missed**"} (${p50Ms.toFixed(2)})`,
  ].join("\n");
}

async function runRound({ scratchDir, subject, count }) {
  const dir = mkdtempSync(join(scratchDir, "notice-"));
  try {
    if (subject !== "fs.watch") await (await openGraph({ dir: join(dir, "store"), create: true })).close();
    const watcher = startProcess({ role: "follow", subject, dir, count });
    await watcher.ready;
    const writer = startProcess({ role: "write", subject, dir, count });
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

function startProcess(job) {
  const child = fork(worker);
  let answer;
  let setReady;
  const ready = new Promise((resolve) => (setReady = resolve));
  const finished = new Promise((resolve, reject) => {
    child.on("message", (message) => {
      if (message.ready) setReady();
      else answer = message;
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (code === 0 && answer !== undefined) resolve(answer);
      else reject(new Error(`A ${job.role} process ended with ${signal ?? `exit code ${code}`}`));
    });
  });
  child.send(job);
  return { ready: Promise.race([ready, finished]), finished };
}

function medianOf(rounds, field) {
  return median(rounds.map((round) => round[field]));
}
