// Opens LevelDB, reads one entity, says how long that took.
const startMs = performance.now();
const { ClassicLevel } = require("classic-level");
const [dir, id] = process.argv.slice(2);
const store = new ClassicLevel(dir);
void store.open().then(() => {
  const entity = JSON.parse(store.getSync(`e!${id}`));
  process.stdout.write(JSON.stringify({ id: entity === undefined ? undefined : id, ms: performance.now() - startMs }));
  return store.close();
});
