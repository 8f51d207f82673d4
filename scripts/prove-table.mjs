// Adds up the figures that the proofs wrote (test/prove/figures.ts) and sets them beside the goals.

import { existsSync, readFileSync } from "node:fs";

/** @typedef {import("./prove-goals.mjs").Goal} Goal */
/** @typedef {import("../test/prove/figures.ts").Figure} Figure */

const failureKinds = /** @type {const} */ (["lost", "halfApplied", "wrong", "hangs"]);

/** @typedef {{ readonly part: string, count: number, also: Map<string, number>, failures: Record<string, number> }} Part */
/** @typedef {{ readonly goal: Goal, readonly parts: readonly Part[], readonly missing: readonly string[] }} Row */

/** @param {string} path of the file that `KNOT_FIGURES` named @returns {readonly Figure[]} */
export function readFigures(path) {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => /** @type {Figure} */ (JSON.parse(line)));
}

/**
 * One row for each goal: its parts added up, and what keeps it from being reached. A proof without a goal is an error.
 *
 * @param {readonly Figure[]} figures
 * @param {readonly Goal[]} goals
 * @param {{ readonly isQuick: boolean }} options
 * @returns {readonly Row[]}
 */
export function rowsOf(figures, goals, { isQuick }) {
  const unknown = figures.find((figure) => !goals.some((goal) => goal.proof === figure.proof));
  if (unknown !== undefined)
    throw new Error(`Cannot place the figures of ${JSON.stringify(unknown.proof)}: no such row`);
  return goals
    .filter((goal) => !isQuick || goal.quick !== undefined)
    .map((goal) => {
      const parts = partsOf(figures.filter((figure) => figure.proof === goal.proof));
      return { goal, parts, missing: missingIn(goal, parts, isQuick) };
    });
}

/** The table, widest column last. @param {readonly Row[]} rows @param {{ readonly isQuick: boolean }} options */
export function formatRows(rows, { isQuick }) {
  /** @type {string[][]} */
  const lines = [["proof", "reached", "goal", "lost", "half-applied", "wrong", "hangs", ""]];
  for (const { goal, parts, missing } of rows) {
    const wanted = (isQuick ? goal.quick : goal.full) ?? 0;
    const sums = failureKinds.map((kind) => String(sum(parts.map(({ failures }) => failures[kind] ?? 0))));
    const verdict = missing.length === 0 ? "reached" : missing.join("; ");
    lines.push([
      goal.proof,
      `${thousands(sum(parts.map(({ count }) => count)))} ${goal.counts}`,
      thousands(wanted),
      ...sums,
      verdict,
    ]);
    for (const { part, count, also } of parts) {
      const others = [...also].map(([name, value]) => `${thousands(value)} ${name}`);
      lines.push([`  ${part}`, thousands(count), "", "", "", "", "", others.join(", ")]);
    }
  }
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const numeric = new Set([2, 3, 4, 5, 6]);
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          numeric.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** @param {readonly Figure[]} figures @returns {readonly Part[]} */
function partsOf(figures) {
  /** @type {Map<string, Part>} */
  const parts = new Map();
  for (const figure of figures) {
    /** @type {Part} */
    const part = parts.get(figure.part) ?? { part: figure.part, count: 0, also: new Map(), failures: {} };
    parts.set(figure.part, part);
    part.count += figure.count;
    for (const [name, value] of Object.entries(figure.also ?? {}))
      part.also.set(name, (part.also.get(name) ?? 0) + value);
    for (const kind of failureKinds) part.failures[kind] = (part.failures[kind] ?? 0) + (figure[kind] ?? 0);
  }
  return [...parts.values()];
}

/** @param {Goal} goal @param {readonly Part[]} parts @param {boolean} isQuick @returns {readonly string[]} */
function missingIn(goal, parts, isQuick) {
  if (parts.length === 0) return ["did not run"];
  const missing = [];
  const wanted = (isQuick ? goal.quick : goal.full) ?? 0;
  if (sum(parts.map(({ count }) => count)) < wanted) missing.push("too few");
  const small = isQuick ? undefined : parts.find(({ count }) => count < (goal.fullPerPart ?? 0));
  if (small !== undefined) missing.push(`too few of "${small.part}"`);
  if (parts.some(({ failures }) => failureKinds.some((kind) => (failures[kind] ?? 0) > 0))) missing.push("FAILED");
  return missing;
}

/** @param {readonly number[]} values */
function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/** @param {number} value */
function thousands(value) {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}
