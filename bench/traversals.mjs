/**
 * The traversal rows: the ids within 1 hop and within 3 hops of a node, of 100,000 nodes and 500,000 edges, while another
 * process changes edges. Every subject keeps its store over all rounds and takes its turn in each; an average number of
 * ids that differs from Knotwork's by more than the changes explain fails the bench.
 *
 * Ratios compare CPU time: these reads wait for nothing, so on an idle machine it is the time they take, and on a busy one
 * it leaves the neighbours out.
 */
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { askProcess, startProcess } from "./bench-process.mjs";
import { format, roundsOf } from "./claims.mjs";
import { median } from "./statistics.mjs";

const worker = new URL("./traversal-worker.mjs", import.meta.url);

const SUBJECTS = [
  { name: "Knotwork", subject: "knotwork-traversal" },
  {
    name: "LMDB",
    subject: "lmdb-traversal",
    renew: true,
    gates: { 1: [1, 2], 3: [10, 25] },
  },
  { name: "LMDB, one state a turn", subject: "lmdb-traversal", renew: false },
];

export async function benchTraversals({ scratchDir, fewRounds: rounds, quick }) {
  const nodeCount = quick ? 10_000 : 100_000;
  const durationMs = quick ? 300 : 1000;
  const dirs = new Map();
  for (const subject of SUBJECTS) {
    // Subjects that differ only in how they read share a store.
    if (dirs.has(subject.subject)) continue;
    const dir = mkdtempSync(join(scratchDir, `${subject.subject}-`));
    dirs.set(subject.subject, dir);
    const { seedMs } = await askProcess({ worker, job: { role: "seed", ...subject, dir, nodeCount } });
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
  return [1, 3].map((hops) => tableOf({ hops, nodeCount, results }));
}

async function runOnce(job) {
  const writer = startProcess({ worker, job: { role: "write", ...job } });
  await writer.ready;
  const answer = await askProcess({ worker, job: { role: "read", ...job } });
  writer.tell();
  return { ...answer, ...(await writer.finished) };
}

/** Queries run for a time, so the averages are over different counts of the same list of starts. */
function assertSameAnswers(result) {
  const [ours, ...others] = SUBJECTS.map(({ name }) => result[name].answers[3].idsPerQuery);
  for (const its of others) {
    if (Math.abs(its - ours) / ours > 0.05)
      throw new Error(`3 hops lead to ${ours} ids on average here, to ${its} there`);
  }
}

function tableOf({ hops, nodeCount, results }) {
  const nodes = `${nodeCount / 1000} k nodes, ${(5 * nodeCount) / 1000} k edges`;
  const measure = `${hops === 1 ? "1 hop" : `${hops} hops`}, live updates`;
  const ratiosTo = (name) =>
    results.map((result) => result[name].answers[hops].cpuUsPerQuery / result.Knotwork.answers[hops].cpuUsPerQuery);
  return {
    title: `${measure}, ${nodes}`,
    notes: [
      `${roundsOf(results.length)}. Another process adds and removes an edge every 5 ms meanwhile. LMDB begins a new read transaction for each query, or keeps one for a turn of the event loop. Ratios compare CPU time: on a machine with neighbours the clock measures them too.`,
    ],
    columns: [
      "subject",
      "CPU µs/query",
      "[min..max]",
      "µs/query",
      "ids/query",
      "first pass over all nodes, ms",
      "it ÷ Knotwork, by round",
      "median",
    ],
    rows: SUBJECTS.map(({ name }) => {
      const its = results.map((result) => result[name]);
      const times = its.map(({ answers }) => answers[hops].cpuUsPerQuery);
      const isOwn = name === "Knotwork";
      return [
        isOwn ? `**${name}**` : name,
        format(median(times)),
        `[${format(Math.min(...times))}..${format(Math.max(...times))}]`,
        format(median(its.map(({ answers }) => answers[hops].usPerQuery))),
        format(median(its.map(({ answers }) => answers[hops].idsPerQuery))),
        format(median(its.map(({ firstPassMs }) => firstPassMs))),
        isOwn
          ? ""
          : ratiosTo(name)
              .map((ratio) => ratio.toFixed(2))
              .join(", "),
        isOwn ? "" : `**${median(ratiosTo(name)).toFixed(2)}**`,
      ];
    }),
    claims: SUBJECTS.flatMap(({ name, gates }) => {
      const [gate, goal] = gates?.[hops] ?? [];
      if (gate === undefined) return [];
      const figure = { compared: `queries per CPU second ÷ ${name}`, values: ratiosTo(name) };
      return [{ measure, ...figure, direction: "at least", gate, goal, unit: "×", isCharted: true }];
    }),
  };
}
