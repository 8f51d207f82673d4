/** The mix of reads and writes of many processes on one graph: operations a second, and what a read and a write take. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { askProcess, startProcess } from "./bench-process.mjs";
import { crowding } from "./machine.mjs";
import { format, roundsOf } from "./claims.mjs";
import { LINKS_PER_NODE } from "./mix-workload.mjs";
import { againWhenLost, LostCommitsError } from "./round.mjs";
import { median, percentile, turned } from "./statistics.mjs";
import { makeTemplates } from "./templates.mjs";

const worker = new URL("./mix-worker.mjs", import.meta.url);
const PROCESSES = 8;
const SUBJECTS = [
  { name: "Knotwork", subject: "knotwork-mix" },
  { name: "SQLite", subject: "sqlite-mix" },
  { name: "LMDB", subject: "lmdb-mix" },
];
const LEVELS = [
  { level: "durable", how: "durable: Knotwork balanced, SQLite FULL, LMDB sync" },
  { level: "relaxed", how: "relaxed: Knotwork relaxed, SQLite NORMAL, LMDB NOSYNC" },
];

export async function benchMix(context) {
  const copyTemplate = makeTemplates({ scratchDir: context.scratchDir, worker });
  const tables = [];
  for (const { level, how } of LEVELS) {
    const rounds = [];
    const losses = [];
    for (let index = 0; index < context.fewRounds; index += 1) {
      const round = {};
      for (const subject of turned(SUBJECTS, index)) {
        round[subject.name] = await againWhenLost({ isRival: subject !== SUBJECTS[0], losses }, async () =>
          runRound({ ...context, subject, level, copyTemplate }),
        );
        console.error(
          `mix, ${level}: round ${index + 1}, ${subject.name}: ${Math.round(round[subject.name].perSecond)} op/s`,
        );
      }
      rounds.push(round);
    }
    const table = tableOf({ ...context, how, rounds });
    table.notes.push(...losses);
    tables.push(table);
  }
  return tables;
}

async function runRound({ scratchDir, durationMs, warmUpMs, seedCount, subject, level, copyTemplate }) {
  const dir = mkdtempSync(join(scratchDir, "mix-"));
  const processes = [];
  try {
    await copyTemplate({ subject: subject.subject, seedCount, dir });
    const job = { ...subject, level, dir, seedCount, durationMs, warmUpMs: warmUpMs * crowding(PROCESSES) };
    for (let writer = 1; writer <= PROCESSES; writer += 1) {
      processes.push(startProcess({ worker, job: { ...job, role: "measure", writer } }));
    }
    await Promise.all(processes.map(({ ready }) => ready));
    for (const one of processes) one.tell();
    const answers = await Promise.all(processes.map(({ finished }) => finished));
    const { counted } = await askProcess({ worker, job: { ...job, role: "count", writer: 0 } });
    assertNothingLost({ subject, answers, counted, seedCount });
    return summarizeMix(answers);
  } finally {
    for (const { child } of processes) child.kill("SIGKILL");
    rmSync(dir, { recursive: true, force: true });
  }
}

function assertNothingLost({ subject, answers, counted, seedCount }) {
  const sum = (field) => answers.reduce((total, answer) => total + answer[field], 0);
  const nodes = seedCount + sum("nodes");
  const links = seedCount * LINKS_PER_NODE + sum("links");
  if (counted.nodes === nodes && counted.links === links) return;
  throw new LostCommitsError(
    `${subject.name}, mix: ${nodes} nodes and ${links} links were acknowledged, but the store holds ${counted.nodes} and ${counted.links}`,
  );
}

function summarizeMix(answers) {
  const sorted = (field) => answers.flatMap((answer) => answer[field]).sort((a, b) => a - b);
  const reads = sorted("reads");
  const writes = sorted("writes");
  const operationsOf = (answer) => answer.reads.length + answer.writes.length;
  return {
    perSecond: answers.reduce((sum, answer) => sum + (operationsOf(answer) * 1000) / answer.elapsedMs, 0),
    readP50Ms: percentile(reads, 0.5),
    readP99Ms: percentile(reads, 0.99),
    writeP50Ms: percentile(writes, 0.5),
    writeP99Ms: percentile(writes, 0.99),
    writeMaxMs: writes.at(-1),
    cpuUs: answers.reduce((sum, answer) => sum + answer.cpuUs, 0) / (reads.length + writes.length),
    fairness: Math.min(...answers.map(operationsOf)) / Math.max(...answers.map(operationsOf)),
  };
}

function tableOf({ how, rounds, seedCount }) {
  const ratios = (rival) => rounds.map((round) => round.Knotwork.perSecond / round[rival].perSecond);
  const fields = ["readP50Ms", "readP99Ms", "writeP50Ms", "writeP99Ms", "writeMaxMs", "cpuUs", "fairness"];
  return {
    title: `LinkBench-like mix, ${PROCESSES} processes, 69 % reads, ${how}`,
    notes: [
      `A graph of ${seedCount.toLocaleString("en-US")} nodes with ${LINKS_PER_NODE} links each, ${roundsOf(rounds.length)}. Every read sees every commit before it.`,
    ],
    columns: [
      "subject",
      "operations/s",
      "read p50 ms",
      "read p99 ms",
      "write p50 ms",
      "write p99 ms",
      "write max ms",
      "CPU µs/operation",
      "slowest/fastest",
      "Knotwork ÷ it, by round",
    ],
    rows: SUBJECTS.map(({ name }) => [
      name === "Knotwork" ? `**${name}**` : name,
      format(median(rounds.map((round) => round[name].perSecond))),
      ...fields.map((field) => format(median(rounds.map((round) => round[name][field])))),
      name === "Knotwork"
        ? ""
        : ratios(name)
            .map((ratio) => ratio.toFixed(2))
            .join(", "),
    ]),
    claims: [],
  };
}
