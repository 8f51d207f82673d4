/**
 * The rows of commits per second: a shape of load × subjects, and what DESIGN section 9 asks of each. The first subject of a
 * row is ours; ratios are ours over each of the others, in the same round.
 *
 * @typedef {object} Row
 * @property {string} title
 * @property {string} measure the line of DESIGN section 9
 * @property {"durable" | "relaxed"} level
 * @property {number} processes
 * @property {number} callers in each process
 * @property {readonly object[]} subjects
 * @property {readonly object[]} [versus] by rival: `rate`, `p99`, `max` as [gate, goal] ratios
 * @property {readonly [number, number]} [fairness] slowest ÷ fastest process, [gate, goal]
 * @property {"overlapping" | "serial"} [slowSync]
 * @property {boolean} [isPoint] only a point of the curve of its level, without a table of its own
 */
const KNOTWORK_DURABLE = { name: "Knotwork balanced", subject: "knotwork", level: "durable" };
const KNOTWORK_RELAXED = { name: "Knotwork relaxed", subject: "knotwork", level: "relaxed" };
const SQLITE_FULL = { name: "SQLite WAL FULL", subject: "sqlite", level: "durable" };
const SQLITE_BATCHED = { name: "SQLite WAL FULL + batcher", subject: "sqlite", level: "durable", batcher: true };
const SQLITE_QUEUED = { name: "SQLite WAL FULL + flock queue", subject: "sqlite", level: "durable", queued: true };
const SQLITE_NORMAL = { name: "SQLite WAL NORMAL", subject: "sqlite", level: "relaxed" };
const LMDB_SYNC = { name: "LMDB sync", subject: "lmdb", level: "durable" };
const LMDB_SYNC_SHARED = { name: "LMDB sync, shared transactions", subject: "lmdb", level: "durable", shared: true };
const LMDB_NOSYNC = { name: "LMDB NOSYNC", subject: "lmdb", level: "relaxed" };
const LMDB_NOSYNC_SHARED = {
  name: "LMDB NOSYNC, shared transactions",
  subject: "lmdb",
  level: "relaxed",
  shared: true,
};
const LEVEL_SYNC = { name: "LevelDB sync", subject: "level", level: "durable" };
const LEVEL_NOT_SYNC = { name: "LevelDB not synced", subject: "level", level: "relaxed" };
const RAW_DURABLE = { name: "raw append + fdatasync", subject: "raw-append", level: "durable" };
const RAW_RELAXED = { name: "raw append", subject: "raw-append", level: "relaxed" };

const MANY_DURABLE = [KNOTWORK_DURABLE, SQLITE_FULL, SQLITE_QUEUED, LMDB_SYNC];
const MANY_RELAXED = [KNOTWORK_RELAXED, SQLITE_NORMAL, LMDB_NOSYNC];

/** @type {readonly Row[]} */
export const ROWS = [
  {
    title: "durable, 1 process, 1 caller",
    measure: "durable commit, 1 writer",
    level: "durable",
    processes: 1,
    callers: 1,
    subjects: [KNOTWORK_DURABLE, SQLITE_FULL, LMDB_SYNC, LEVEL_SYNC, RAW_DURABLE],
    versus: [{ rival: SQLITE_FULL.name, rate: [1.2, 1.6], p99: [undefined, 0.2] }],
  },
  {
    title: "durable, 1 process, 8 async callers",
    measure: "durable, 8 async callers in one process",
    level: "durable",
    processes: 1,
    callers: 8,
    subjects: [KNOTWORK_DURABLE, SQLITE_FULL, SQLITE_BATCHED, LMDB_SYNC_SHARED, LEVEL_SYNC],
    versus: [
      { rival: SQLITE_FULL.name, rate: [5, 7] },
      { rival: SQLITE_BATCHED.name, rate: [undefined, 3] },
    ],
  },
  manyProcesses(2, "durable", MANY_DURABLE),
  manyProcesses(4, "durable", MANY_DURABLE),
  {
    ...manyProcesses(8, "durable", MANY_DURABLE),
    isPoint: false,
    measure: "durable, 8 processes",
    versus: [{ rival: SQLITE_FULL.name, rate: [1.5, 2], p99: [0.2, undefined], max: [undefined, 0.05] }],
    fairness: [0.8, 0.85],
  },
  {
    ...manyProcesses(8, "durable", MANY_DURABLE),
    title: "durable, 8 processes, syncs take 2 ms longer and overlap",
    isPoint: false,
    slowSync: "overlapping",
    measure: "durable, 8 processes, every sync + 2 ms",
    versus: [{ rival: SQLITE_QUEUED.name, rate: [4, 6] }],
  },
  {
    ...manyProcesses(8, "durable", MANY_DURABLE),
    title: "durable, 8 processes, syncs take 2 ms longer, one at a time",
    isPoint: false,
    slowSync: "serial",
    measure: "durable, 8 processes, every sync + 2 ms, one at a time",
    versus: [],
  },
  {
    title: "relaxed, 1 process, 1 caller",
    measure: "relaxed, 1 process",
    level: "relaxed",
    processes: 1,
    callers: 1,
    subjects: [KNOTWORK_RELAXED, SQLITE_NORMAL, LMDB_NOSYNC, LEVEL_NOT_SYNC, RAW_RELAXED],
    versus: [
      { rival: SQLITE_NORMAL.name, rate: [6, 8] },
      { rival: LMDB_NOSYNC.name, rate: [2, 2.5] },
    ],
  },
  {
    title: "relaxed, 1 process, 8 async callers",
    measure: "relaxed, 8 async callers in one process",
    level: "relaxed",
    processes: 1,
    callers: 8,
    subjects: [KNOTWORK_RELAXED, SQLITE_NORMAL, LMDB_NOSYNC_SHARED, LEVEL_NOT_SYNC],
    versus: [],
  },
  manyProcesses(2, "relaxed", MANY_RELAXED),
  manyProcesses(4, "relaxed", MANY_RELAXED),
  {
    ...manyProcesses(8, "relaxed", MANY_RELAXED),
    isPoint: false,
    measure: "relaxed, 8 processes",
    versus: [
      { rival: SQLITE_NORMAL.name, rate: [2, 3] },
      { rival: LMDB_NOSYNC.name, rate: [1, 1.5] },
    ],
    fairness: [0.6, undefined],
    cpuGoal: 3,
  },
];

function manyProcesses(processes, level, subjects) {
  return {
    title: `${level}, ${processes} processes`,
    level,
    processes,
    callers: 1,
    subjects,
    isPoint: true,
    versus: [],
  };
}
