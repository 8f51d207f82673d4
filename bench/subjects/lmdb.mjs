/**
 * LMDB as a subject: one named database for entities, old versions, the secondary index and edges from either end, values in
 * its own MessagePack with shared structures. Durable commits are synced before they return; relaxed ones are not synced (`noSync`).
 *
 * `shared` collects the transactions of many callers of one process into its asynchronous transactions, which commit
 * together; else each is a transaction of its own. `validatedCache` keeps decoded entities and checks them at each read.
 * `renew` begins a new read transaction for each read, without which LMDB goes on showing the state of the last turn of
 * the event loop: with it every read sees every commit before, as with the other subjects.
 */
import { join } from "node:path";
import { open as openLmdb } from "lmdb";
import { changedProps, FIRST_EDGE_TYPE, PRIORITIES, SECOND_EDGE_TYPE, STATUSES } from "../workload.mjs";

const LOAD_BATCH = 10_000;
/** Where a database keeps the names of the fields of its values, once. */
const STRUCTURES = Symbol.for("structures");

export async function open({ dir, level, writer, shared = false, validatedCache = false, renew = true }) {
  const root = openLmdb({
    path: join(dir, "store"),
    maxDbs: 8,
    mapSize: 2 ** 34,
    noSync: level === "relaxed",
    overlappingSync: level === "durable" && shared,
  });
  const entities = root.openDB({
    name: "entity",
    sharedStructuresKey: STRUCTURES,
    ...(validatedCache ? { cache: { validated: true } } : {}),
  });
  const tables = {
    entities,
    history: root.openDB({ name: "history", sharedStructuresKey: STRUCTURES }),
    byStatus: root.openDB({ name: "by status", encoding: "binary" }),
    out: root.openDB({ name: "out", sharedStructuresKey: STRUCTURES }),
    into: root.openDB({ name: "in", encoding: "binary" }),
  };
  const author = `writer-${writer}`;
  const apply = (transaction) => applyTransaction(tables, transaction, author);
  const get = (id) => {
    if (renew) root.resetReadTxn();
    return entities.get(id);
  };
  return {
    async seed(items) {
      await load({ root, tables, author }, items);
    },
    commit: async (transaction) => {
      if (shared) await root.transaction(() => apply(transaction));
      else root.transactionSync(() => apply(transaction));
      if (shared && level === "durable") await root.flushed;
    },
    get,
    topOf: (status) => {
      const prefix = [STATUSES.indexOf(status)];
      return top(tables, { renew, root, start: prefix, prefix });
    },
    topFrom: ({ status, priority, created }) => {
      const prefix = [STATUSES.indexOf(status), PRIORITIES.indexOf(priority)];
      return top(tables, { renew, root, start: [...prefix, created], prefix });
    },
    async count() {
      let items = 0;
      let edits = 0;
      for (const { value } of entities.getRange({ snapshot: false })) {
        items += 1;
        edits += value.props.edits;
      }
      return { items, edits };
    },
    async countItems() {
      return entities.getKeysCount({ start: "", end: "\uffff" });
    },
    close: () => root.close(),
  };
}

async function load({ root, tables, author }, items) {
  let batch = [];
  const write = () => {
    root.transactionSync(() => {
      for (const { id, props } of batch) insertEntity(tables, id, props, author);
    });
    batch = [];
  };
  for (const item of items) {
    batch.push(item);
    if (batch.length === LOAD_BATCH) write();
  }
  write();
  await root.flushed;
}

function top({ byStatus, entities }, { renew, root, start, prefix }) {
  if (renew) root.resetReadTxn();
  const found = [];
  for (const key of byStatus.getKeys({ start, end: [...prefix, Infinity], limit: 10 })) {
    found.push(entities.get(key.at(-1)));
  }
  return found;
}

function applyTransaction(tables, transaction, author) {
  const { id, firstTarget, secondTarget, updated } = transaction;
  insertEntity(tables, id, transaction.props, author);
  const now = Date.now();
  for (const [type, to] of [
    [FIRST_EDGE_TYPE, firstTarget],
    [SECOND_EDGE_TYPE, secondTarget],
  ]) {
    void tables.out.put([id, type, to], { version: 1, author, createdAt: now });
    void tables.into.put([to, type, id], NOTHING);
  }
  const old = tables.entities.get(updated);
  const props = changedProps(old.props, transaction);
  void tables.history.put([updated, old.version], old);
  void tables.byStatus.remove(statusKey(updated, old.props));
  void tables.byStatus.put(statusKey(updated, props), NOTHING);
  void tables.entities.put(updated, { ...old, version: old.version + 1, author, updatedAt: now, props });
}

function insertEntity({ entities, byStatus }, id, props, author) {
  const now = Date.now();
  void entities.put(id, { type: "item", version: 1, author, createdAt: now, updatedAt: now, props });
  void byStatus.put(statusKey(id, props), NOTHING);
}

const NOTHING = Buffer.alloc(0);

/** Numbers for the names of a status and a priority: shorter keys, and the order of the enum. */
function statusKey(id, { status, priority, created }) {
  return [STATUSES.indexOf(status), PRIORITIES.indexOf(priority), created, id];
}
