/**
 * The traversal rows: the ids within 1 hop and within 3 hops of a node, of 100,000 nodes and 500,000 edges, while another
 * process changes edges. Prints the tables and writes them to bench/TRAVERSALS.md. Every subject keeps its store over all rounds and takes its turn in each; an average number of
 * ids that differs from Knotwork's by more than the changes explain fails the bench.
 *
 * Ratios compare CPU time: these reads wait for nothing, so on an idle machine it is the time they take, and on a busy one
 * it leaves the neighbours out.
 */
import { fork } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeMachine } from "./machine.mjs";
import { median } from "./statistics.mjs";

const worker = new URL("./traversal-worker.mjs", import.meta.url);

const SUBJECTS = [
  { name: "Knotwork", subject: "knotwork-traversal" },
  {
    name: "LMDB, new read transaction a query",
    subject: "lmdb-traversal",
    renew: true,
    gates: { 1: [1, 2], 3: [10, 25] },
  },
  { name: "LMDB, read transaction kept for a turn", subject: "lmdb-traversal", renew: false },
];

/** The tables as Markdown. */
export async function benchTraversals({ scratchDir, rounds, quick }) {
  const nodeCount = quick ? 10_000 : 100_000;
  const durationMs = quick ? 300 : 1000;
  const machine = describeMachine(scratchDir);
  const dirs = new Map();
  for (const subject of SUBJECTS) {
    // Subjects that differ only in how they read share a store.
    if (dirs.has(subject.subject)) continue;
    const dir = mkdtempSync(join(scratchDir, `${subject.subject}-`));
    dirs.set(subject.subject, dir);
    const { seedMs } = await start({ role: "seed", ...subject, dir, nodeCount }).finished;
    console.error(`traversals: ${subject.name} loaded in ${Math.round(seedMs)} ms`);
  }
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    const result = {};
    for (const [turn] of SUBJECTS.entries()) {
      const subject = SUBJECTS[(turn + round) % SUBJECTS.length];
      const job = { ...subject, dir: dirs.get(subject.subject), nodeCount, durationMs, round };
      result[subject.name] = await runOnce(job);
      const { answers } = result[subject.name];
      const figures = [1, 3].map((hops) => `${hops} hops ${answers[hops].cpuUsPerQuery.toFixed(2)} µs CPU`).join(", ");
      console.error(`traversals: round ${round + 1}/${rounds}, ${subject.name}: ${figures}`);
    }
    assertSameAnswers(result);
    results.push(result);
  }
  const tables = [1, 3].map((hops) => renderTable({ hops, nodeCount, results })).join("\n\n");
  const report = `${renderHead(machine, { rounds, durationMs })}\n\n${tables}\n`;
  if (!quick) writeFileSync(fileURLToPath(new URL("TRAVERSALS.md", import.meta.url)), report);
  return report;
}

function renderHead(machine, { rounds, durationMs }) {
  return `# Hops through a graph

Printed by \`npm run bench -- --only traversals\` on ${new Date().toISOString().slice(0, 10)}, losses included. Another process adds and removes an
edge every 5 ms meanwhile, and every query of Knotwork sees every commit acknowledged before it.

Machine: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB; ${machine.system}; Node ${machine.node}; lmdb ${lmdbVersion()}; load average
at the start ${machine.loadAverage}. ${rounds} interleaved rounds of ${durationMs} ms a subject, medians of the rounds. Ratios compare CPU time: on a machine
with neighbours the clock measures them too.`;
}

/** Its package exports nothing but its code. */
function lmdbVersion() {
  const entry = createRequire(import.meta.url).resolve("lmdb");
  return JSON.parse(readFileSync(join(dirname(entry), "..", "package.json"), "utf8")).version;
}

async function runOnce(job) {
  const writer = start({ role: "write", ...job });
  await writer.ready;
  const answer = await start({ role: "read", ...job }).finished;
  writer.stop();
  return { ...answer, ...(await writer.finished) };
}

function start(job) {
  const child = fork(worker, { serialization: "advanced" });
  let ready;
  const readyPromise = new Promise((resolve) => {
    ready = resolve;
  });
  const finished = new Promise((resolve, reject) => {
    let answer;
    child.on("message", (message) => {
      if (message.ready) ready();
      else answer = message;
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (code === 0 && answer !== undefined) resolve(answer);
      else reject(new Error(`A ${job.name} process (${job.role}) ended with ${signal ?? `exit code ${code}`}`));
    });
  });
  child.send(job);
  return { ready: Promise.race([readyPromise, finished]), stop: () => child.send({ stop: true }), finished };
}

/** Queries run for a time, so the averages are over different counts of the same list of starts. */
function assertSameAnswers(result) {
  const [ours, ...others] = SUBJECTS.map(({ name }) => result[name].answers[3].idsPerQuery);
  for (const its of others) {
    if (Math.abs(its - ours) / ours > 0.05)
      throw new Error(`3 hops lead to ${ours} ids on average here, to ${its} there`);
  }
}

function renderTable({ hops, nodeCount, results }) {
  const nodes = `${nodeCount / 1000} k nodes, ${(5 * nodeCount) / 1000} k edges`;
  const lines = [
    `## ${hops === 1 ? "1 hop" : `${hops} hops`}, ${nodes}, live updates`,
    "",
    "| subject | CPU µs/query | [min..max] | µs/query | ids/query | first pass over all nodes, ms | it ÷ Knotwork, by round | median |",
    "|---|---|---|---|---|---|---|---|",
  ];
  const verdicts = [];
  for (const { name, gates } of SUBJECTS) {
    const its = results.map((result) => result[name]);
    const times = its.map(({ answers }) => answers[hops].cpuUsPerQuery);
    const ratios = results.map(
      (result) => result[name].answers[hops].cpuUsPerQuery / result.Knotwork.answers[hops].cpuUsPerQuery,
    );
    const isOwn = name === "Knotwork";
    const cells = [
      isOwn ? `**${name}**` : name,
      median(times).toFixed(2),
      `[${Math.min(...times).toFixed(2)}..${Math.max(...times).toFixed(2)}]`,
      median(its.map(({ answers }) => answers[hops].usPerQuery)).toFixed(2),
      median(its.map(({ answers }) => answers[hops].idsPerQuery)).toFixed(1),
      String(Math.round(median(its.map(({ firstPassMs }) => firstPassMs)))),
      isOwn ? "" : ratios.map((ratio) => ratio.toFixed(2)).join(", "),
      isOwn ? "" : `**${median(ratios).toFixed(2)}**`,
    ];
    lines.push(`| ${cells.join(" | ")} |`);
    const [gate, goal] = gates?.[hops] ?? [];
    if (gate === undefined) continue;
    for (const [kind, least] of Object.entries({ gate, goal })) {
      const verdict = median(ratios) >= least ? "reached" : "**missed**";
      verdicts.push(`- ${kind} ≥ ${least} × ${name}: ${verdict} (${median(ratios).toFixed(2)})`);
    }
  }
  return [...lines, "", ...verdicts].join("\n");
}
