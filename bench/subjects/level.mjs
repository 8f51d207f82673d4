/**
 * LevelDB as a subject, by classic-level: values in JSON, index entries and edges as keys, a batch a transaction, synced when
 * durable. It belongs to one process. Its batches check nothing, so what an uncommitted batch of another caller changes
 * is remembered here until that batch is done.
 */
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { changedProps, FIRST_EDGE_TYPE, PRIORITIES, SECOND_EDGE_TYPE, STATUSES } from "../workload.mjs";

const LOAD_BATCH = 1000;
const CACHE_BYTES = 64 * 1024 * 1024;

export async function open({ dir, level, writer }) {
  const store = new ClassicLevel(join(dir, "store"), { cacheSize: CACHE_BYTES });
  await store.open();
  const author = `writer-${writer}`;
  const underWay = new Map();
  return {
    async seed(entities) {
      let batch = [];
      for (const { id, props } of entities) {
        batch.push(...insertions(id, props, author));
        if (batch.length < LOAD_BATCH) continue;
        await store.batch(batch);
        batch = [];
      }
      await store.batch(batch, { sync: true });
    },
    async commit(transaction) {
      const { id, updated } = transaction;
      const old = underWay.get(updated) ?? JSON.parse(store.getSync(`e!${updated}`));
      const now = Date.now();
      const props = changedProps(old.props, transaction);
      const next = { ...old, version: old.version + 1, author, updatedAt: now, props };
      underWay.set(updated, next);
      const batch = [
        ...insertions(id, transaction.props, author),
        ...edge(id, FIRST_EDGE_TYPE, transaction.firstTarget, author),
        ...edge(id, SECOND_EDGE_TYPE, transaction.secondTarget, author),
        put(`h!${updated}!${padded(old.version)}`, JSON.stringify(old)),
        { type: "del", key: statusKey(updated, old.props) },
        put(statusKey(updated, props), ""),
        put(`e!${updated}`, JSON.stringify(next)),
      ];
      await store.batch(batch, { sync: level === "durable" });
      if (underWay.get(updated) === next) underWay.delete(updated);
    },
    get: (id) => parse(store.getSync(`e!${id}`)),
    topOf: (status) => top(store, `s!${STATUSES.indexOf(status)}!`),
    topFrom: ({ status, priority, created }) =>
      top(store, `s!${STATUSES.indexOf(status)}!${PRIORITIES.indexOf(priority)}!`, padded(created)),
    async count() {
      let items = 0;
      let edits = 0;
      for await (const value of store.values({ gt: "e!", lt: "e~" })) {
        items += 1;
        edits += JSON.parse(value).props.edits;
      }
      return { items, edits };
    },
    async countItems() {
      const keys = store.keys({ gt: "e!", lt: "e~" });
      let items = 0;
      for (let some = await keys.nextv(10_000); some.length > 0; some = await keys.nextv(10_000)) items += some.length;
      await keys.close();
      return items;
    },
    close: () => store.close(),
  };
}

async function top(store, prefix, from = "") {
  const keys = await store.keys({ gte: `${prefix}${from}`, lt: `${prefix}~`, limit: 10 }).all();
  return keys.map((key) => parse(store.getSync(`e!${key.slice(key.lastIndexOf("!") + 1)}`)));
}

function insertions(id, props, author) {
  const now = Date.now();
  const entity = { type: "item", version: 1, author, createdAt: now, updatedAt: now, props };
  return [put(`e!${id}`, JSON.stringify(entity)), put(statusKey(id, props), "")];
}

function edge(from, type, to, author) {
  const value = JSON.stringify({ version: 1, author, createdAt: Date.now() });
  return [put(`o!${from}!${type}!${to}`, value), put(`i!${to}!${type}!${from}`, "")];
}

function put(key, value) {
  return { type: "put", key, value };
}

function statusKey(id, { status, priority, created }) {
  return `s!${STATUSES.indexOf(status)}!${PRIORITIES.indexOf(priority)}!${padded(created)}!${id}`;
}

/** As text in the order of the numbers. */
function padded(number) {
  return String(number).padStart(10, "0");
}

function parse(value) {
  return value === undefined ? undefined : JSON.parse(value);
}
