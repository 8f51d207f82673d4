/** What is measured: rows (a shape of load) × subjects, and the gates of DESIGN section 9 that a row is judged by. */

const KNOTWORK_DURABLE = { name: "Knotwork balanced", subject: "knotwork", level: "durable" };
const KNOTWORK_RELAXED = { name: "Knotwork relaxed", subject: "knotwork", level: "relaxed" };
const SQLITE_FULL = { name: "SQLite WAL FULL", subject: "sqlite", level: "durable" };
const SQLITE_BATCHED = { name: "SQLite WAL FULL + batcher", subject: "sqlite", level: "durable", batcher: true };
const SQLITE_NORMAL = { name: "SQLite WAL NORMAL", subject: "sqlite", level: "relaxed" };
const RAW_DURABLE = { name: "raw append + fdatasync", subject: "raw-append", level: "durable" };

/** The first subject of a row is ours; ratios are ours over each of the others, in the same round. */
export const ROWS = [
  {
    title: "durable, 1 process, 1 caller",
    processes: 1,
    callers: 1,
    subjects: [KNOTWORK_DURABLE, SQLITE_FULL, RAW_DURABLE],
    gates: [{ rival: SQLITE_FULL.name, ratioMin: 1.2, goal: 1.6, p99GoalRatioMax: 0.2 }],
  },
  {
    title: "durable, 1 process, 8 async callers",
    processes: 1,
    callers: 8,
    subjects: [KNOTWORK_DURABLE, SQLITE_FULL, SQLITE_BATCHED],
    gates: [
      { rival: SQLITE_FULL.name, ratioMin: 5, goal: 7 },
      { rival: SQLITE_BATCHED.name, goal: 3 },
    ],
  },
  {
    title: "durable, 8 processes",
    processes: 8,
    callers: 1,
    subjects: [KNOTWORK_DURABLE, SQLITE_FULL],
    gates: [{ rival: SQLITE_FULL.name, ratioMin: 1.5, goal: 2, p99RatioMax: 0.2, fairnessMin: 0.8 }],
  },
  {
    title: "relaxed, 1 process, 1 caller",
    processes: 1,
    callers: 1,
    subjects: [KNOTWORK_RELAXED, SQLITE_NORMAL],
    gates: [{ rival: SQLITE_NORMAL.name, ratioMin: 6, goal: 8 }],
  },
  {
    title: "relaxed, 1 process, 8 async callers",
    processes: 1,
    callers: 8,
    subjects: [KNOTWORK_RELAXED, SQLITE_NORMAL],
    gates: [],
  },
  {
    title: "relaxed, 8 processes",
    processes: 8,
    callers: 1,
    subjects: [KNOTWORK_RELAXED, SQLITE_NORMAL],
    gates: [{ rival: SQLITE_NORMAL.name, ratioMin: 2, goal: 3, fairnessMin: 0.6 }],
  },
];
