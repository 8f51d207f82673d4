/** Knotwork as a subject: the public library, opened as a user would open it. */
import { join } from "node:path";
import { defineType, openGraph } from "@knotwork/graph";
import { FIRST_EDGE_TYPE, PRIORITIES, SECOND_EDGE_TYPE, STATUSES } from "../workload.mjs";

// Schemas are the user's own in both subjects, so neither is charged for one: this accepts any object.
const anyObject = { "~standard": { version: 1, vendor: "bench", validate: (value) => ({ value }) } };

const itemType = defineType("item", {
  fields: anyObject,
  indexes: [["status", "priority", "created"]],
  enums: { status: STATUSES, priority: PRIORITIES },
});

export async function open({ dir, level, writer }) {
  const graph = await openGraph({
    dir: join(dir, "store"),
    create: true,
    durability: level === "durable" ? "balanced" : "relaxed",
    author: `writer-${writer}`,
    types: [itemType],
  });
  return {
    async seed(entities) {
      await graph.load(entities.map(({ id, props }) => ({ id, type: "item", props })));
      await graph.checkpoint();
    },
    async commit(transaction) {
      await graph.transact(
        async (tx) => {
          await tx.create("item", transaction.props, { id: transaction.id });
          await tx.link(transaction.id, FIRST_EDGE_TYPE, transaction.firstTarget);
          await tx.link(transaction.id, SECOND_EDGE_TYPE, transaction.secondTarget);
          const existing = await tx.get(transaction.updated);
          await tx.update(transaction.updated, { status: transaction.newStatus, edits: existing.props.edits + 1 });
        },
        { retries: 1000 },
      );
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
    close: () => graph.close(),
  };
}
