/** Point reads and the first ten by an index, from stores of 100,000 and 1,000,000 entities that every subject holds alike. */
import { askProcess, startProcess } from "./bench-process.mjs";
import { format, roundsOf } from "./claims.mjs";
import { median, turned } from "./statistics.mjs";

const worker = new URL("./read-worker.mjs", import.meta.url);
const KNOTWORK = { name: "Knotwork", subject: "knotwork" };
const SQLITE = { name: "SQLite", subject: "sqlite" };
const LMDB = { name: "LMDB", subject: "lmdb" };
const LMDB_VALIDATED = { name: "LMDB validated cache", subject: "lmdb", validatedCache: true };
const LMDB_TURN = { name: "LMDB, one state a turn", subject: "lmdb", renew: false };
const LMDB_VALIDATED_TURN = {
  name: "LMDB validated cache, one state a turn",
  subject: "lmdb",
  validatedCache: true,
  renew: false,
};
const LEVEL = { name: "LevelDB (one process only)", subject: "level" };
const KNOTWORK_SNAPSHOT = { name: "Knotwork, inside a snapshot", subject: "knotwork", role: "snapshot" };

/** Shorter, and a program is measured that is still being compiled. */
const READ_MS_MIN = 250;

/** What `--only` may name. */
export const READ_TITLES = rowsFor({ mediumCount: 0, largeCount: 0 }).map(({ title }) => title);

function rowsFor({ mediumCount, largeCount }) {
  const [medium, large] = [mediumCount, largeCount].map((count) => count.toLocaleString("en-US"));
  return [
    topTen({ count: mediumCount, role: "topHot" }),
    topTen({ count: largeCount, role: "topHot" }),
    topTen({ count: mediumCount, role: "topFirst" }),
    topTen({ count: largeCount, role: "topFirst" }),
    {
      title: `point reads of ${large} entities, beyond the cache`,
      measure: "point read beyond the cache",
      role: "uniform",
      count: largeCount,
      subjects: [KNOTWORK, SQLITE, LMDB, LEVEL],
      versus: [{ rival: SQLITE.name, limits: [1, 1.4] }],
    },
    {
      title: `hot point reads of 1,000 of ${medium} entities, every read sees every commit before it`,
      measure: "hot point read, coherent at every read",
      role: "hot",
      count: mediumCount,
      subjects: [KNOTWORK, SQLITE, LMDB, LMDB_VALIDATED, LMDB_TURN, LMDB_VALIDATED_TURN, LEVEL, KNOTWORK_SNAPSHOT],
      versus: [
        { rival: SQLITE.name, limits: [6, 10] },
        { rival: LMDB_VALIDATED.name, limits: [undefined, 1.2] },
        { rival: SQLITE.name, by: KNOTWORK_SNAPSHOT.name, limits: [undefined, 40] },
      ],
    },
    {
      title: `hot point reads while another process commits every ms`,
      role: "hot",
      isWritten: true,
      count: mediumCount,
      subjects: [KNOTWORK, SQLITE, LMDB, LMDB_VALIDATED],
      versus: [],
    },
  ];
}

/** Hot: the same five lists again and again. First time: ten that nobody asked for before. */
function topTen({ count, role }) {
  const entities = `top 10 by index, ${count.toLocaleString("en-US")} entities`;
  const isHot = role === "topHot";
  return {
    title: `${entities}, ${isHot ? "again and again" : "other ten each time"} [W18]`,
    measure: `${entities}, ${isHot ? "hot" : "first time"}`,
    role,
    count,
    subjects: [KNOTWORK, SQLITE, LMDB, LEVEL],
    versus: [{ rival: SQLITE.name, limits: isHot ? [8, 12] : [undefined, 0.9] }],
  };
}

export async function benchReads(context) {
  const { fewRounds, wants, attempt } = context;
  const measured = [];
  for (const row of rowsFor(context).filter(({ title }) => wants(title))) {
    const rounds = await attempt(row.title, async () => {
      const done = [];
      for (let round = 0; round < fewRounds; round += 1) done.push(await runRound(context, row, round));
      return done;
    });
    if (rounds !== undefined) measured.push({ row, rounds, table: tableOf(row, rounds) });
  }
  addFlatClaim(measured);
  return measured.map(({ table }) => table);
}

async function runRound({ largeStores, durationMs }, row, round) {
  const answers = {};
  for (const subject of turned(row.subjects, round)) {
    const dir = await largeStores.dirOf(subject.subject, row.count);
    const job = { role: row.role, level: "relaxed", writer: 50 + round, ...subject, dir, count: row.count, round };
    const limits = {
      durationMs: Math.max(READ_MS_MIN, durationMs / 2),
      ...(row.role === "topFirst" ? { readsMax: 2000 } : {}),
    };
    const writer = row.isWritten
      ? startProcess({
          worker,
          job: { ...job, role: "write", writer: 1000 * (round + 1) + Object.keys(answers).length },
        })
      : undefined;
    await writer?.ready;
    answers[subject.name] = await askProcess({ worker, job: { ...job, ...limits } });
    writer?.tell();
    await writer?.finished;
    console.error(`${row.title}: round ${round + 1}, ${subject.name}: ${format(answers[subject.name].usPerRead)} µs`);
  }
  assertSameAnswers(row, answers);
  return answers;
}

/** All were asked the same things. */
function assertSameAnswers({ title }, answers) {
  const [first, ...others] = Object.entries(answers);
  for (const [name, { sample }] of others) {
    if (JSON.stringify(sample) === JSON.stringify(first[1].sample)) continue;
    throw new Error(
      `${title}: ${name} answers ${JSON.stringify(sample)}, ${first[0]} ${JSON.stringify(first[1].sample)}`,
    );
  }
}

function tableOf({ title, measure, subjects, versus }, rounds) {
  const speed = (round, name) => 1 / round[name].cpuUsPerRead;
  const ratios = (by, rival) => rounds.map((round) => speed(round, by) / speed(round, rival));
  return {
    title,
    notes: [
      `${roundsOf(rounds.length)}. Ratios compare reads per second of CPU: these reads wait for nothing but the processor.`,
    ],
    columns: ["subject", "reads/s", "µs/read", "CPU µs/read", "[min..max]", "Knotwork ÷ it, by round", "median"],
    rows: subjects.map(({ name }) => {
      const its = rounds.map((round) => round[name]);
      const cpuUs = its.map(({ cpuUsPerRead }) => cpuUsPerRead);
      const isOwn = name === "Knotwork";
      return [
        isOwn ? `**${name}**` : name,
        format(median(its.map(({ usPerRead }) => 1e6 / usPerRead))),
        format(median(its.map(({ usPerRead }) => usPerRead))),
        format(median(cpuUs)),
        `[${format(Math.min(...cpuUs))}..${format(Math.max(...cpuUs))}]`,
        isOwn
          ? ""
          : ratios("Knotwork", name)
              .map((ratio) => ratio.toFixed(2))
              .join(", "),
        isOwn ? "" : `**${median(ratios("Knotwork", name)).toFixed(2)}**`,
      ];
    }),
    claims: versus.map(({ rival, by = "Knotwork", limits: [gate, goal] }) => ({
      measure: by === "Knotwork" ? measure : "hot point read inside a snapshot",
      compared: `reads per CPU second ÷ ${rival}`,
      values: ratios(by, rival),
      direction: "at least",
      gate,
      goal,
      unit: "×",
      isCharted: true,
    })),
  };
}

/** Ten times the entities must not cost more. */
function addFlatClaim(measured) {
  const [medium, large] = measured.filter(({ row }) => row.role === "topHot");
  if (large === undefined) return;
  large.table.claims.push({
    measure: large.row.measure,
    compared: "CPU of a read ÷ that in the smaller store",
    values: large.rounds.map(
      (round, index) => round.Knotwork.cpuUsPerRead / medium.rounds[index].Knotwork.cpuUsPerRead,
    ),
    direction: "at most",
    gate: 1.2,
    unit: "×",
  });
}
