/** Bundled by `fresh-process.mjs`: opens a store, reads one entity, says how long that took. */
import { openGraph } from "@knotwork/graph";

async function main() {
  const [dir, id] = process.argv.slice(2);
  const graph = await openGraph({ dir, readOnly: true });
  const entity = await graph.get(id);
  process.stdout.write(JSON.stringify({ id: entity?.id, ms: performance.now() - globalThis.freshStartMs }));
  await graph.close();
}

// A bundle of CommonJS cannot wait at its top.
void main();
