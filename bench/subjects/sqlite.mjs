/**
 * better-sqlite3 as a subject: WAL, synchronous FULL (durable) or NORMAL (relaxed), prepared statements, BEGIN IMMEDIATE.
 *
 * The schema holds what the workload needs of Knotwork's: entities with version, author and times, old versions in a
 * history table, edges found from both ends, the same secondary index. It keeps no commit log, which Knotwork does: in
 * SQLite's favour. `batcher: true` puts an application batcher in front, the best arrangement SQLite offers to many
 * callers in one process: waiting transactions share one BEGIN … COMMIT.
 */
import { join } from "node:path";
import Database from "better-sqlite3";
import { FIRST_EDGE_TYPE, SECOND_EDGE_TYPE } from "../workload.mjs";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entity (
    id TEXT PRIMARY KEY, type TEXT NOT NULL, version INTEGER NOT NULL, author TEXT NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    status TEXT NOT NULL, priority INTEGER NOT NULL, created INTEGER NOT NULL, props TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS entity_by_status ON entity (type, status, priority, created);
  CREATE TABLE IF NOT EXISTS edge (
    from_id TEXT NOT NULL, type TEXT NOT NULL, to_id TEXT NOT NULL, version INTEGER NOT NULL, author TEXT NOT NULL,
    created_at TEXT NOT NULL, PRIMARY KEY (from_id, type, to_id)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS edge_by_target ON edge (to_id, type, from_id);
  CREATE TABLE IF NOT EXISTS history (
    id TEXT NOT NULL, version INTEGER NOT NULL, author TEXT NOT NULL, updated_at TEXT NOT NULL, props TEXT NOT NULL,
    PRIMARY KEY (id, version)
  ) WITHOUT ROWID;
`;
const PRIORITY_RANK = { critical: 0, high: 1, medium: 2, low: 3 };

export async function open({ dir, level, writer, batcher = false }) {
  const database = new Database(join(dir, "store.sqlite"), { timeout: 30_000 });
  database.pragma("journal_mode = WAL");
  database.pragma(`synchronous = ${level === "durable" ? "FULL" : "NORMAL"}`);
  database.exec(SCHEMA);
  const statements = prepare(database);
  const author = `writer-${writer}`;
  const apply = (transaction) => applyTransaction(statements, transaction, author);
  const commitOne = database.transaction(apply).immediate;
  const commitMany = database.transaction((waiting) => {
    for (const { transaction } of waiting) apply(transaction);
  }).immediate;

  return {
    async seed(entities) {
      database.transaction(() => {
        for (const { id, props } of entities) insertEntity(statements, id, props, author);
      })();
      database.pragma("wal_checkpoint(TRUNCATE)");
    },
    commit: batcher ? makeBatcher(commitMany) : async (transaction) => commitOne(transaction),
    async count() {
      return database
        .prepare("SELECT count(*) AS items, sum(json_extract(props, '$.edits')) AS edits FROM entity")
        .get();
    },
    async close() {
      database.close();
    },
  };
}

function prepare(database) {
  return {
    insertEntity: database.prepare("INSERT INTO entity VALUES (?, 'item', 1, ?, ?, ?, ?, ?, ?, ?)"),
    insertEdge: database.prepare("INSERT INTO edge VALUES (?, ?, ?, 1, ?, ?)"),
    getEntity: database.prepare("SELECT version, author, updated_at, props FROM entity WHERE id = ?"),
    keepOld: database.prepare("INSERT INTO history VALUES (?, ?, ?, ?, ?)"),
    updateEntity: database.prepare(
      "UPDATE entity SET version = ?, author = ?, updated_at = ?, status = ?, props = ? WHERE id = ?",
    ),
  };
}

function applyTransaction(statements, transaction, author) {
  insertEntity(statements, transaction.id, transaction.props, author);
  const now = new Date().toISOString();
  statements.insertEdge.run(transaction.id, FIRST_EDGE_TYPE, transaction.firstTarget, author, now);
  statements.insertEdge.run(transaction.id, SECOND_EDGE_TYPE, transaction.secondTarget, author, now);
  const row = statements.getEntity.get(transaction.updated);
  const old = JSON.parse(row.props);
  const props = JSON.stringify({ ...old, status: transaction.newStatus, edits: old.edits + 1 });
  statements.keepOld.run(transaction.updated, row.version, row.author, row.updated_at, row.props);
  statements.updateEntity.run(row.version + 1, author, now, transaction.newStatus, props, transaction.updated);
}

function insertEntity(statements, id, props, author) {
  const now = new Date().toISOString();
  const rank = PRIORITY_RANK[props.priority];
  statements.insertEntity.run(id, author, now, now, props.status, rank, props.created, JSON.stringify(props));
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
