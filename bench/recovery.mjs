/** The first open after kill -9, with 20,000 commits in the log: until one entity was read. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { askProcess, startProcess } from "./bench-process.mjs";
import { format, roundsOf } from "./claims.mjs";
import { worker as seeder } from "./round.mjs";
import { median, turned } from "./statistics.mjs";
import { bytesOf } from "./large-stores.mjs";
import { makeTemplates } from "./templates.mjs";

const worker = new URL("./recovery-worker.mjs", import.meta.url);
const KNOTWORK = { name: "Knotwork", subject: "knotwork", checkpointBytes: 2 ** 40 };
const KNOTWORK_CHECKPOINTS = { name: "Knotwork, checkpoints on", subject: "knotwork" };
const SQLITE = { name: "SQLite", subject: "sqlite", checkpoints: false };
const SUBJECTS = [
  KNOTWORK,
  SQLITE,
  KNOTWORK_CHECKPOINTS,
  { name: "SQLite, checkpoints on", subject: "sqlite" },
  { name: "LMDB (has no log)", subject: "lmdb" },
];

export async function benchRecovery(context) {
  const commits = context.quick ? 2000 : 20_000;
  const copyTemplate = makeTemplates({ scratchDir: context.scratchDir, worker: seeder });
  const rounds = [];
  for (let index = 0; index < context.fewRounds; index += 1) {
    const round = {};
    for (const subject of turned(SUBJECTS, index)) {
      round[subject.name] = await runRound({ ...context, subject, commits, copyTemplate });
      console.error(`recovery: round ${index + 1}, ${subject.name}: ${format(round[subject.name].firstMs)} ms`);
    }
    rounds.push(round);
  }
  return [tableOf({ rounds, commits })];
}

async function runRound({ scratchDir, seedCount, subject, commits, copyTemplate }) {
  const dir = mkdtempSync(join(scratchDir, "recovery-"));
  try {
    await copyTemplate({ subject: subject.subject, seedCount, dir });
    const job = { level: "relaxed", writer: 1, ...subject, dir, seedCount, commits };
    const filler = startProcess({ worker, job: { ...job, role: "fill" } });
    const exited = new Promise((resolve) => filler.child.once("exit", (code, signal) => resolve(signal)));
    await filler.ready;
    filler.child.kill("SIGKILL");
    if ((await exited) !== "SIGKILL") throw new Error(`${subject.name}: the writer ended before it was killed`);
    const diskBytes = bytesOf(dir);
    const { elapsedMs: firstMs } = await askProcess({ worker, job: { ...job, role: "reopen" } });
    const { elapsedMs: secondMs } = await askProcess({ worker, job: { ...job, role: "reopen" } });
    return { firstMs, secondMs, diskBytes };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function tableOf({ rounds, commits }) {
  const measure = `first open after SIGKILL, ${commits.toLocaleString("en-US")} commits`;
  const field = (name, what) => rounds.map((round) => round[name][what]);
  return {
    title: measure,
    notes: [
      `${roundsOf(rounds.length)}. A process commits (relaxed) and is killed; another opens the store and reads the last commit: that time, without the start of the process. The second open follows a close.`,
    ],
    columns: ["subject", "first open ms", "[min..max]", "second open ms", "MB on the disk after the kill"],
    rows: SUBJECTS.map(({ name }) => {
      const first = field(name, "firstMs");
      return [
        name.startsWith("Knotwork") ? `**${name}**` : name,
        format(median(first)),
        `[${format(Math.min(...first))}..${format(Math.max(...first))}]`,
        format(median(field(name, "secondMs"))),
        format(median(field(name, "diskBytes")) / 1e6),
      ];
    }),
    claims: [
      {
        measure,
        compared: "time ÷ SQLite",
        values: rounds.map((round) => round.Knotwork.firstMs / round.SQLite.firstMs),
        direction: "at most",
        gate: 0.5,
        goal: 0.25,
        unit: "×",
        isCharted: true,
      },
      {
        measure,
        compared: "time with checkpoints on",
        values: field(KNOTWORK_CHECKPOINTS.name, "firstMs"),
        direction: "at most",
        goal: 30,
        unit: "ms",
      },
    ],
  };
}
