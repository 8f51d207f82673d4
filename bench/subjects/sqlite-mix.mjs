/** SQLite as a subject of the mix: WAL, prepared statements; old versions are kept, as Knotwork keeps them. */
import { join } from "node:path";
import Database from "better-sqlite3";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS node (id TEXT PRIMARY KEY, version INTEGER NOT NULL, props TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS link (
    from_id TEXT NOT NULL, to_id TEXT NOT NULL, version INTEGER NOT NULL, props TEXT NOT NULL, PRIMARY KEY (from_id, to_id)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS link_by_target ON link (to_id, from_id);
  CREATE TABLE IF NOT EXISTS history (
    id TEXT NOT NULL, version INTEGER NOT NULL, props TEXT NOT NULL, PRIMARY KEY (id, version)
  ) WITHOUT ROWID;
`;

export async function open({ dir, level }) {
  const database = new Database(join(dir, "store.sqlite"), { timeout: 30_000 });
  database.pragma("journal_mode = WAL");
  database.pragma(`synchronous = ${level === "durable" ? "FULL" : "NORMAL"}`);
  database.pragma("cache_size = -65536");
  database.exec(SCHEMA);
  const sql = prepare(database);
  const write = (change) => database.transaction(change).immediate;
  return {
    async seed({ nodes, links }) {
      database.transaction(() => {
        for (const { id, props } of nodes) sql.addNode.run(id, JSON.stringify(props));
        for (const { from, to, props } of links) sql.addLink.run(from, to, JSON.stringify(props));
      })();
    },
    getNode: (id) => withProps(sql.getNode.get(id)),
    linkList: (from) => sql.linkList.all(from).map(withProps),
    countLinks: (from) => sql.countLinks.get(from).links,
    addLink: write(({ from, to, props }) => {
      const old = sql.getLink.get(from, to);
      if (old === undefined) sql.addLink.run(from, to, JSON.stringify(props));
      else {
        sql.keep.run(`${from} ${to}`, old.version, old.props);
        sql.changeLink.run(JSON.stringify({ ...JSON.parse(old.props), ...props }), old.version + 1, from, to);
      }
      return old === undefined ? 1 : 0;
    }),
    removeLink: write((from) => {
      const first = sql.linkList.get(from);
      if (first === undefined) return 0;
      sql.keep.run(`${from} ${first.to_id}`, first.version, first.props);
      sql.removeLink.run(from, first.to_id);
      return -1;
    }),
    addNode: write(({ id, props }) => void sql.addNode.run(id, JSON.stringify(props))),
    updateNode: write(({ id, time }) => {
      const old = sql.getNode.get(id);
      sql.keep.run(id, old.version, old.props);
      sql.changeNode.run(JSON.stringify({ ...JSON.parse(old.props), time }), old.version + 1, id);
    }),
    async count() {
      return database
        .prepare("SELECT (SELECT count(*) FROM node) AS nodes, (SELECT count(*) FROM link) AS links")
        .get();
    },
    async close() {
      database.close();
    },
  };
}

function prepare(database) {
  return {
    addNode: database.prepare("INSERT INTO node VALUES (?, 1, ?)"),
    getNode: database.prepare("SELECT id, version, props FROM node WHERE id = ?"),
    changeNode: database.prepare("UPDATE node SET props = ?, version = ? WHERE id = ?"),
    addLink: database.prepare("INSERT INTO link VALUES (?, ?, 1, ?)"),
    getLink: database.prepare("SELECT version, props FROM link WHERE from_id = ? AND to_id = ?"),
    linkList: database.prepare("SELECT from_id, to_id, version, props FROM link WHERE from_id = ?"),
    countLinks: database.prepare("SELECT count(*) AS links FROM link WHERE from_id = ?"),
    changeLink: database.prepare("UPDATE link SET props = ?, version = ? WHERE from_id = ? AND to_id = ?"),
    removeLink: database.prepare("DELETE FROM link WHERE from_id = ? AND to_id = ?"),
    // A link that is made anew begins again with version 1; its old versions stay as they were last.
    keep: database.prepare("INSERT OR REPLACE INTO history VALUES (?, ?, ?)"),
  };
}

function withProps(row) {
  return row === undefined ? undefined : { ...row, props: JSON.parse(row.props) };
}
