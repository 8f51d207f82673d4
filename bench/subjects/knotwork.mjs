/** Knotwork as a subject: the public library, opened as a user would open it. */
import { join } from "node:path";
import { defineType, openGraph } from "@knotwork/graph";
import { changedProps, FIRST_EDGE_TYPE, PRIORITIES, SECOND_EDGE_TYPE, STATUSES } from "../workload.mjs";

// Schemas are the user's own in all subjects, so none is charged for one: this accepts any object.
const anyObject = { "~standard": { version: 1, vendor: "bench", validate: (value) => ({ value }) } };

const itemType = defineType("item", {
  fields: anyObject,
  indexes: [["status", "priority", "created"]],
  enums: { status: STATUSES, priority: PRIORITIES },
});

/** @param {{ dir: string, level: "durable" | "relaxed", writer: number, checkpointBytes?: number }} job */
export async function open({ dir, level, writer, checkpointBytes }) {
  const graph = await openGraph({
    dir: join(dir, "store"),
    create: true,
    durability: level === "durable" ? "balanced" : "relaxed",
    author: `writer-${writer}`,
    types: [itemType],
    ...(checkpointBytes === undefined ? {} : { checkpointBytes }),
  });
  const queryOf = (status) => graph.query("item").where("status", "=", status);
  return {
    /** Many entities at once, in as few commits as its user would make. */
    async seed(entities) {
      await graph.load(itemsOf(entities));
      await graph.checkpoint();
    },
    async commit(transaction) {
      await graph.transact(
        async (tx) => {
          await tx.create("item", transaction.props, { id: transaction.id });
          await tx.link(transaction.id, FIRST_EDGE_TYPE, transaction.firstTarget);
          await tx.link(transaction.id, SECOND_EDGE_TYPE, transaction.secondTarget);
          const { props } = await tx.get(transaction.updated);
          const { status, edits } = changedProps(props, transaction);
          await tx.update(transaction.updated, { status, edits });
        },
        { retries: 1000 },
      );
    },
    create: (transaction) => graph.transact((tx) => tx.create("item", transaction.props, { id: transaction.id })),
    get: (id) => graph.get(id),
    topOf: (status) => queryOf(status).orderBy("priority").orderBy("created").limit(10).all(),
    topFrom: ({ status, priority, created }) =>
      queryOf(status)
        .where("priority", "=", priority)
        .where("created", ">=", created)
        .orderBy("created")
        .limit(10)
        .all(),
    /** Reads of one state. */
    async snapshot() {
      const snapshot = await graph.snapshot();
      return { get: (id) => snapshot.get(id), release: () => snapshot.release() };
    },
    async count() {
      let items = 0;
      let edits = 0;
      for (const item of await graph.query("item").all()) {
        items += 1;
        edits += item.props.edits;
      }
      return { items, edits };
    },
    /** Without reading them: for large stores. */
    async countItems() {
      return (await graph.countTypes()).get("item") ?? 0;
    },
    close: () => graph.close(),
  };
}

function* itemsOf(entities) {
  for (const { id, props } of entities) yield { id, type: "item", props };
}
