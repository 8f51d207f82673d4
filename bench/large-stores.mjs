/** Large stores, loaded once in a run and then only read: by subject and number of entities. */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { askProcess } from "./bench-process.mjs";

const worker = new URL("./bulk-worker.mjs", import.meta.url);

/** @returns {{ build(subject: string, count: number): Promise<object>, dirOf(subject: string, count: number): Promise<string> }} */
export function makeLargeStores({ scratchDir }) {
  const dirs = new Map();

  /** Loads anew, in place of what was there: what it took, and on how much disk. */
  async function build(subject, count) {
    const key = `${subject}-${count}`;
    const before = dirs.get(key);
    dirs.delete(key);
    if (before !== undefined) rmSync(before, { recursive: true });
    const dir = mkdtempSync(join(scratchDir, `large-${key}-`));
    const job = { subject, name: subject, dir, count, level: "relaxed", writer: 0 };
    const took = await askProcess({ worker, job: { ...job, role: "load" } });
    const { items } = await askProcess({ worker, job: { ...job, role: "count" } });
    if (items !== count) throw new Error(`${subject}: ${count} entities were loaded, but the store holds ${items}`);
    dirs.set(key, dir);
    return { ...took, diskBytes: bytesOf(dir) };
  }

  return {
    build,
    async dirOf(subject, count) {
      const key = `${subject}-${count}`;
      if (!dirs.has(key)) await build(subject, count);
      return dirs.get(key);
    },
  };
}

/** What its files take on the disk: holes are not counted. */
export function bytesOf(dir) {
  return readdirSync(dir, { recursive: true }).reduce((sum, name) => sum + statSync(join(dir, name)).blocks * 512, 0);
}
