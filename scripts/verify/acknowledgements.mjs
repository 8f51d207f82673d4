// What agents wrote down, outside the store, about commits that were acknowledged to them: JSON lines
// `{ agent, kind, key, seq, task?, fence? }`, and `<run>.run.json` with what a whole session must have done.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isObject, parseObject } from "./lines.mjs";

/** @typedef {import("./problems.mjs").Problems} Problems */
/** @typedef {import("./commits.mjs").Commit} Commit */

/**
 * @typedef {object} Acknowledgement
 * @property {string} agent
 * @property {string} kind
 * @property {string} key
 * @property {number} seq
 * @property {string} [task]
 * @property {number} [fence]
 * @property {string} where
 */

/** @typedef {{ readonly run: string, readonly taskCount: number }} Run */

/** @param {string} dir @param {Problems} problems @returns {{ acknowledgements: readonly Acknowledgement[], runs: readonly Run[] }} */
export function readAcknowledgements(dir, problems) {
  /** @type {Acknowledgement[]} */
  const acknowledgements = [];
  /** @type {Run[]} */
  const runs = [];
  for (const name of readdirSync(dir).sort()) {
    const text = readFileSync(join(dir, name), "utf8");
    if (name.endsWith(".run.json")) runs.push(/** @type {Run} */ (JSON.parse(text)));
    if (name.endsWith(".jsonl")) acknowledgements.push(...parseLines(text, name, problems));
  }
  return { acknowledgements, runs };
}

/**
 * Every acknowledged commit is there once, under its key and its seq.
 *
 * @param {{ acknowledgements: readonly Acknowledgement[], commits: readonly Commit[], problems: Problems }} options
 */
export function checkAcknowledged({ acknowledgements, commits, problems }) {
  /** @type {Map<string, number[]>} */
  const seqsByKey = new Map();
  for (const { key, seq } of commits) {
    if (key !== undefined) seqsByKey.set(key, [...(seqsByKey.get(key) ?? []), seq]);
  }
  for (const [key, seqs] of seqsByKey) {
    if (seqs.length > 1) problems.add("KEY_TWICE", key, `was committed ${seqs.length} times: ${seqs.join(", ")}`);
  }
  for (const { key, seq, agent, where } of acknowledgements) {
    const found = seqsByKey.get(key);
    if (found === undefined)
      problems.add(
        "ACKNOWLEDGED_LOST",
        where,
        `${agent} was told that ${key} is seq ${seq}, but no commit has this key`,
      );
    else if (!found.includes(seq))
      problems.add(
        "ACKNOWLEDGED_LOST",
        where,
        `${agent} was told that ${key} is seq ${seq}, but it is seq ${found.join(", ")}`,
      );
  }
}

/** @param {string} text @param {string} name @param {Problems} problems @returns {readonly Acknowledgement[]} */
function parseLines(text, name, problems) {
  return text.split("\n").flatMap((line, index) => {
    if (line === "") return [];
    const where = `${name} line ${index + 1}`;
    const value = parseObject(line);
    if (!isObject(value)) {
      problems.add("ACKNOWLEDGEMENT", where, "is not a JSON object");
      return [];
    }
    return [/** @type {Acknowledgement} */ (/** @type {unknown} */ ({ ...value, where }))];
  });
}
