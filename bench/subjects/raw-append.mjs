/**
 * The floor: the states that a transaction leaves, as JSON, appended to one file, with an fdatasync (durable) or without
 * (relaxed). As many bytes as a log must hold, and no store at all.
 */
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { changedProps, seedProps, transactionJson } from "../workload.mjs";

export async function open({ dir, level, seedCount }) {
  const file = openSync(join(dir, "raw.jsonl"), "a");
  const propsById = seedProps(seedCount);
  return {
    async seed() {},
    async commit(transaction) {
      const before = propsById.get(transaction.updated);
      writeSync(file, `${transactionJson(transaction, before)}\n`);
      if (level === "durable") fdatasyncSync(file);
      propsById.set(transaction.updated, changedProps(before, transaction));
    },
    async count() {
      return undefined;
    },
    async close() {
      closeSync(file);
    },
  };
}
