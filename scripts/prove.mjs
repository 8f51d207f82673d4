// `npm run prove`: every test at its full size, then the figures they reached as one table. Each proof writes lines to the
// file that KNOT_FIGURES names (test/prove/figures.ts); the goals stand in prove-goals.mjs.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { goals } from "./prove-goals.mjs";
import { formatRows, readFigures, rowsOf } from "./prove-table.mjs";
import { UsageError } from "./start-arguments.mjs";

/**
 * @typedef {object} Proofs
 * @property {(projects: readonly string[], filters: readonly string[]) => Promise<number>} test runs vitest projects, with the
 *   checks when there are no filters; gives an exit code
 * @property {readonly (() => Promise<number>)[]} others what is no test of vitest: runs with KNOT_FIGURES set; gives an exit code
 */

/**
 * With `--quick` the sizes of `npm test`, without the long tests and the others. With filters for vitest, only these files,
 * and the goals are not asked for.
 *
 * @param {readonly string[]} given
 * @param {Proofs} proofs
 * @returns {Promise<number>} exit code
 */
export async function prove(given, proofs) {
  const isQuick = given.includes("--quick");
  const filters = given.filter((argument) => argument !== "--quick");
  const option = filters.find((argument) => argument.startsWith("-"));
  if (option !== undefined)
    throw new UsageError(`Cannot prove with ${JSON.stringify(option)}: the only option is --quick`);
  const directory = mkdtempSync(join(tmpdir(), "knotwork-prove-"));
  const path = join(directory, "figures.jsonl");
  process.env["KNOT_FIGURES"] = path;
  if (!isQuick) process.env["KNOT_LONG"] = "1";
  let failures = 0;
  if ((await proofs.test(isQuick ? ["unit", "process"] : ["unit", "process", "long"], filters)) !== 0) failures += 1;
  if (!isQuick && filters.length === 0) {
    for (const other of proofs.others) if ((await other()) !== 0) failures += 1;
  }
  const all = rowsOf(readFigures(path), goals, { isQuick });
  const rows = filters.length === 0 ? all : all.filter(({ parts }) => parts.length > 0);
  process.stdout.write(`\n${formatRows(rows, { isQuick })}\n`);
  rmSync(directory, { recursive: true });
  const open = filters.length === 0 ? rows.filter(({ missing }) => missing.length > 0) : [];
  if (failures > 0) process.stdout.write("Not proved: tests failed\n");
  else if (rows.length === 0) process.stdout.write("Nothing was proved\n");
  else if (open.length > 0) process.stdout.write(`Not proved: ${open.map(({ goal }) => goal.proof).join(", ")}\n`);
  else process.stdout.write("Proved\n");
  return failures > 0 || open.length > 0 || rows.length === 0 ? 1 : 0;
}
