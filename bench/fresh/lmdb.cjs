// Opens LMDB, reads one entity, says how long that took.
const startMs = performance.now();
const { open } = require("lmdb");
const [dir, id] = process.argv.slice(2);
const root = open({ path: dir, maxDbs: 8, readOnly: true });
const entities = root.openDB({ name: "entity", sharedStructuresKey: Symbol.for("structures") });
const entity = entities.get(id);
process.stdout.write(JSON.stringify({ id: entity === undefined ? undefined : id, ms: performance.now() - startMs }));
void root.close();
