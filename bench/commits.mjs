/** The rows of commits per second. Subjects take turns inside a round, so that a noisy neighbour hits all of them. */
import { roundsOf } from "./claims.mjs";
import { commitTable, cpuClaim, curveTable } from "./commit-table.mjs";
import { againWhenLost, runRound, worker } from "./round.mjs";
import { ROWS } from "./rows.mjs";
import { SLOW_SYNC_MS, slowSyncEnvironment } from "./slow-sync.mjs";
import { turned } from "./statistics.mjs";
import { makeTemplates } from "./templates.mjs";

/** @param {{ wants: (title: string) => boolean }} context picks rows by title */
export async function benchCommits(context) {
  const { scratchDir, wants, attempt } = context;
  const copyTemplate = makeTemplates({ scratchDir, worker });
  const results = [];
  const tables = [];
  for (const row of ROWS.filter(({ title }) => wants(title))) {
    const env = row.slowSync && slowSyncEnvironment({ scratchDir, isSerial: row.slowSync === "serial" });
    if (row.slowSync && env === undefined) {
      tables.push(skipped(row));
      continue;
    }
    const losses = [];
    const rounds = await attempt(row.title, () => runRounds({ ...context, row, env, copyTemplate, losses }));
    if (rounds === undefined) continue;
    results.push({ row, rounds, losses });
    if (row.isPoint) continue;
    const table = commitTable({ row, rounds });
    table.notes.push(...notesOf(row, rounds.length), ...losses);
    tables.push(table);
    addCpuClaim(table, { row, rounds, results });
  }
  return [...tables, ...curves(results)];
}

async function runRounds({ row, rounds: wanted, fewRounds, losses, ...context }) {
  // The rounds of a crowd are as much longer as it has processes to a core.
  const rounds = row.processes > 1 ? fewRounds : wanted;
  const done = [];
  for (let index = 0; index < rounds; index += 1) {
    const round = {};
    for (const subject of turned(row.subjects, index)) {
      const isRival = subject !== row.subjects[0];
      round[subject.name] = await againWhenLost({ isRival, losses }, async () =>
        runRound({ ...context, row, subject }),
      );
      const rate = Math.round(round[subject.name].commitsPerSecond);
      console.error(`${row.title}: round ${index + 1}/${rounds}, ${subject.name}: ${rate} commits/s`);
    }
    done.push(round);
  }
  return done;
}

function notesOf({ slowSync, processes }, rounds) {
  if (slowSync === undefined) return processes > 1 ? [`${roundsOf(rounds)}.`] : [];
  const way =
    slowSync === "serial"
      ? "of all processes go one after the other: a disk that takes one flush at a time"
      : "overlap: a disk that takes any number of flushes at once";
  return [
    `${roundsOf(rounds)}. Every sync of every subject takes ${SLOW_SYNC_MS} ms longer (\`slow-sync.c\`), and syncs ${way}.`,
  ];
}

function skipped(row) {
  return {
    title: row.title,
    notes: ["**Not measured**: there is no C compiler (`cc`) to build what slows the syncs."],
    columns: ["subject"],
    rows: [],
    claims: [],
  };
}

function addCpuClaim(table, { row, rounds, results }) {
  const single = results.find(
    (other) => other.row.level === row.level && other.row.processes * other.row.callers === 1,
  );
  if (row.cpuGoal !== undefined && single !== undefined) table.claims.push(cpuClaim({ row, rounds, single }));
}

function curves(results) {
  return ["durable", "relaxed"].flatMap((level) => {
    const points = results.filter(({ row }) => row.level === level && row.callers === 1 && row.slowSync === undefined);
    if (points.length < 2) return [];
    const table = curveTable({ level, results: points });
    table.notes.push(...points.filter(({ row }) => row.isPoint).flatMap(({ losses }) => losses));
    return [table];
  });
}
