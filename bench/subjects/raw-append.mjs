/** The floor: the same JSON appended to one file, with an fdatasync (durable) or without (relaxed). No store at all. */
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

export async function open({ dir, level }) {
  const file = openSync(join(dir, "raw.jsonl"), "a");
  return {
    async seed() {},
    async commit(transaction) {
      writeSync(file, `${JSON.stringify(transaction)}\n`);
      if (level === "durable") fdatasyncSync(file);
    },
    async count() {
      return undefined;
    },
    async close() {
      closeSync(file);
    },
  };
}
