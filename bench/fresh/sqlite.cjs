// Opens SQLite, reads one entity, says how long that took.
const startMs = performance.now();
const Database = require("better-sqlite3");
const [dir, id] = process.argv.slice(2);
const database = new Database(`${dir}.sqlite`, { readonly: true });
const row = database
  .prepare("SELECT id, version, author, created_at, updated_at, props FROM entity WHERE id = ?")
  .get(id);
const entity = { ...row, props: JSON.parse(row.props) };
process.stdout.write(JSON.stringify({ id: entity.id, ms: performance.now() - startMs }));
database.close();
