/** Bulk load: how long a million entities take, in how much memory, on how much disk. */
import { format, roundsOf } from "./claims.mjs";
import { median, turned } from "./statistics.mjs";

const SUBJECTS = [
  { name: "Knotwork", subject: "knotwork" },
  { name: "SQLite", subject: "sqlite" },
  { name: "LMDB NOSYNC", subject: "lmdb" },
  { name: "LevelDB", subject: "level" },
];
const MB = 1e6;

export async function benchBulk({ largeStores, largeCount, fewRounds }) {
  const rounds = [];
  for (let index = 0; index < fewRounds; index += 1) {
    const round = {};
    for (const { name, subject } of turned(SUBJECTS, index)) {
      round[name] = await largeStores.build(subject, largeCount);
      console.error(`bulk load: round ${index + 1}, ${name}: ${(round[name].elapsedMs / 1000).toFixed(1)} s`);
    }
    rounds.push(round);
  }
  return [tableOf({ rounds, largeCount })];
}

function tableOf({ rounds, largeCount }) {
  const ratios = (rival, field) => rounds.map((round) => round[rival][field] / round.Knotwork[field]);
  const measure = `bulk load of ${largeCount.toLocaleString("en-US")} entities`;
  return {
    title: measure,
    notes: [
      `${roundsOf(rounds.length)}, from an empty directory until the store is closed and every byte synced. SQLite loads in one transaction without a log and makes its index at the end, LMDB and LevelDB without syncs. LMDB's memory includes the pages of its map.`,
    ],
    columns: [
      "subject",
      "seconds",
      "[min..max]",
      "entities/s",
      "CPU s",
      "peak RSS MB",
      "disk MB",
      "its time ÷ Knotwork's, by round",
    ],
    rows: SUBJECTS.map(({ name }) => {
      const its = rounds.map((round) => round[name]);
      const seconds = its.map(({ elapsedMs }) => elapsedMs / 1000);
      return [
        name === "Knotwork" ? `**${name}**` : name,
        format(median(seconds)),
        `[${format(Math.min(...seconds))}..${format(Math.max(...seconds))}]`,
        format(largeCount / median(seconds)),
        format(median(its.map(({ cpuUs }) => cpuUs / 1e6))),
        format(median(its.map(({ rssBytes }) => rssBytes / MB))),
        format(median(its.map(({ diskBytes }) => diskBytes / MB))),
        name === "Knotwork"
          ? ""
          : ratios(name, "elapsedMs")
              .map((ratio) => ratio.toFixed(2))
              .join(", "),
      ];
    }),
    claims: claimsOf({ rounds, measure, ratios }),
  };
}

function claimsOf({ rounds, measure, ratios }) {
  const faster = { measure, direction: "at least", unit: "×", isCharted: true };
  return [
    {
      ...faster,
      compared: "entities/s ÷ LMDB NOSYNC",
      values: ratios("LMDB NOSYNC", "elapsedMs"),
      gate: 1,
      goal: 1.5,
    },
    { ...faster, compared: "entities/s ÷ SQLite", values: ratios("SQLite", "elapsedMs"), isCharted: false },
    {
      measure,
      compared: "peak RSS",
      values: rounds.map((round) => round.Knotwork.rssBytes / MB),
      direction: "at most",
      gate: 400,
      goal: 300,
      unit: "MB",
    },
    {
      measure,
      compared: "disk ÷ SQLite",
      values: rounds.map((round) => round.Knotwork.diskBytes / round.SQLite.diskBytes),
      direction: "at most",
      goal: 0.85,
      unit: "×",
    },
  ];
}
