/**
 * better-sqlite3 as a subject: WAL, synchronous FULL (durable) or NORMAL (relaxed), prepared statements, BEGIN IMMEDIATE,
 * as much memory for pages as Knotwork's cache has.
 *
 * The schema holds what the workload needs of Knotwork's: entities with version, author and times, old versions in a
 * history table, edges found from both ends, the same secondary index. Rows of a kilobyte have a rowid, small ones have
 * none, as its manual advises: with all of them WITHOUT ROWID commits, reads and the load took nearly twice the CPU. It
 * keeps no commit log, which Knotwork does: in SQLite's favour. `batcher` puts an application batcher in front, the best arrangement SQLite offers to many callers in one
 * process: waiting transactions share one BEGIN … COMMIT. `queued` has processes wait for each other on a flock, the best
 * it offers to many processes: its own waiters sleep and starve.
 */
import { openSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { changedProps, FIRST_EDGE_TYPE, SECOND_EDGE_TYPE } from "../workload.mjs";

const TABLES = `
  CREATE TABLE IF NOT EXISTS entity (
    id TEXT PRIMARY KEY, type TEXT NOT NULL, version INTEGER NOT NULL, author TEXT NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    status TEXT NOT NULL, priority INTEGER NOT NULL, created INTEGER NOT NULL, props TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS edge (
    from_id TEXT NOT NULL, type TEXT NOT NULL, to_id TEXT NOT NULL, version INTEGER NOT NULL, author TEXT NOT NULL,
    created_at TEXT NOT NULL, PRIMARY KEY (from_id, type, to_id)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS edge_by_target ON edge (to_id, type, from_id);
  CREATE TABLE IF NOT EXISTS history (
    id TEXT NOT NULL, version INTEGER NOT NULL, author TEXT NOT NULL, updated_at TEXT NOT NULL, props TEXT NOT NULL,
    PRIMARY KEY (id, version)
  );
`;
const INDEX = "CREATE INDEX IF NOT EXISTS entity_by_status ON entity (type, status, priority, created)";
const PRIORITY_RANK = { critical: 0, high: 1, medium: 2, low: 3 };
const CACHE_KIB = 65_536;

export async function open({ dir, level, writer, batcher = false, queued = false, checkpoints = true }) {
  const database = new Database(join(dir, "store.sqlite"), { timeout: 30_000 });
  database.pragma("journal_mode = WAL");
  database.pragma(`synchronous = ${level === "durable" ? "FULL" : "NORMAL"}`);
  database.pragma(`cache_size = -${CACHE_KIB}`);
  if (!checkpoints) database.pragma("wal_autocheckpoint = 0");
  database.exec(TABLES);
  const statements = prepare(database);
  const author = `writer-${writer}`;
  const apply = (transaction) => applyTransaction(statements, transaction, author);
  const commitOne = queued
    ? await makeQueue(database.transaction(apply).immediate, dir)
    : database.transaction(apply).immediate;
  const commitMany = database.transaction((waiting) => {
    for (const { transaction } of waiting) apply(transaction);
  }).immediate;

  return {
    async seed(entities) {
      load({ database, statements, author }, entities);
    },
    commit: batcher ? makeBatcher(commitMany) : async (transaction) => commitOne(transaction),
    get: (id) => entityOf(statements.getEntity.get(id)),
    topOf: (status) => statements.topOf().all(status).map(entityOf),
    topFrom: ({ status, priority, created }) =>
      statements.topFrom().all(status, PRIORITY_RANK[priority], created).map(entityOf),
    async count() {
      return database
        .prepare("SELECT count(*) AS items, sum(json_extract(props, '$.edits')) AS edits FROM entity")
        .get();
    },
    async countItems() {
      return database.prepare("SELECT count(*) AS items FROM entity").get().items;
    },
    async close() {
      database.close();
    },
  };
}

/** One transaction into the new file itself, without syncs or a log, the index made at the end: its fastest way. */
function load({ database, statements, author }, entities) {
  database.pragma("journal_mode = OFF");
  database.pragma("synchronous = OFF");
  database.transaction(() => {
    for (const { id, props } of entities) insertEntity(statements, id, props, author);
    database.exec(INDEX);
  })();
  database.pragma("journal_mode = WAL");
}

function prepare(database) {
  // Its index is made after the first load.
  const later = (sql) => {
    let statement;
    return () => (statement ??= database.prepare(sql));
  };
  const columns = "id, type, version, author, created_at, updated_at, props";
  return {
    insertEntity: database.prepare("INSERT INTO entity VALUES (?, 'item', 1, ?, ?, ?, ?, ?, ?, ?)"),
    insertEdge: database.prepare("INSERT INTO edge VALUES (?, ?, ?, 1, ?, ?)"),
    getEntity: database.prepare(`SELECT ${columns} FROM entity WHERE id = ?`),
    keepOld: database.prepare("INSERT INTO history VALUES (?, ?, ?, ?, ?)"),
    updateEntity: database.prepare(
      "UPDATE entity SET version = ?, author = ?, updated_at = ?, status = ?, props = ? WHERE id = ?",
    ),
    topOf: later(
      `SELECT ${columns} FROM entity WHERE type = 'item' AND status = ? ORDER BY priority, created LIMIT 10`,
    ),
    topFrom: later(
      `SELECT ${columns} FROM entity WHERE type = 'item' AND status = ? AND priority = ? AND created >= ? ORDER BY created LIMIT 10`,
    ),
  };
}

function applyTransaction(statements, transaction, author) {
  insertEntity(statements, transaction.id, transaction.props, author);
  const now = new Date().toISOString();
  statements.insertEdge.run(transaction.id, FIRST_EDGE_TYPE, transaction.firstTarget, author, now);
  statements.insertEdge.run(transaction.id, SECOND_EDGE_TYPE, transaction.secondTarget, author, now);
  const row = statements.getEntity.get(transaction.updated);
  const props = JSON.stringify(changedProps(JSON.parse(row.props), transaction));
  statements.keepOld.run(transaction.updated, row.version, row.author, row.updated_at, row.props);
  statements.updateEntity.run(row.version + 1, author, now, transaction.newStatus, props, transaction.updated);
}

function insertEntity(statements, id, props, author) {
  const now = new Date().toISOString();
  const rank = PRIORITY_RANK[props.priority];
  statements.insertEntity.run(id, author, now, now, props.status, rank, props.created, JSON.stringify(props));
}

function entityOf(row) {
  return row === undefined ? undefined : { ...row, props: JSON.parse(row.props) };
}

function makeBatcher(commitMany) {
  let waiting = [];
  const drain = () => {
    const batch = waiting;
    waiting = [];
    try {
      commitMany(batch);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };
  return (transaction) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(drain);
      waiting.push({ transaction, resolve, reject });
    });
}

async function makeQueue(commitOne, dir) {
  const { default: fsExt } = await import("fs-ext");
  const queue = openSync(join(dir, "queue"), "a");
  return (transaction) => {
    fsExt.flockSync(queue, "ex");
    try {
      commitOne(transaction);
    } finally {
      fsExt.flockSync(queue, "un");
    }
  };
}
