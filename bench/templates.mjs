/** Seeded stores, made once and copied for each round: rounds begin alike, and seeding takes no time from measuring. */
import { closeSync, cpSync, fsyncSync, mkdirSync, mkdtempSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { askProcess } from "./bench-process.mjs";

/** @returns a function that copies the seeded store of a subject to `dir` */
export function makeTemplates({ scratchDir, worker }) {
  const made = new Map();
  return async function copyTemplate({ subject, seedCount, dir }) {
    const key = `${subject}-${seedCount}`;
    if (!made.has(key)) made.set(key, seed({ subject, seedCount, parent: scratchDir, worker }));
    cpSync(await made.get(key), dir, { recursive: true });
    syncFiles(dir);
  };
}

async function seed({ subject, seedCount, parent, worker }) {
  mkdirSync(parent, { recursive: true });
  const dir = mkdtempSync(join(parent, `template-${subject}-`));
  await askProcess({
    worker,
    job: { role: "seed", name: subject, subject, level: "relaxed", dir, seedCount, writer: 0 },
  });
  return dir;
}

/** What is still to be written of a copy would be written by the first sync of who is measured. */
export function syncFiles(dir) {
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = openSync(join(entry.parentPath ?? entry.path, entry.name), "r");
    fsyncSync(file);
    closeSync(file);
  }
}
