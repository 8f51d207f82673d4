// History runs (docs/FORMAT.md, "History run"): a header, then for each commit its line and the versions it made.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { crcHex, placesOfLines, soundLine } from "./lines.mjs";

const HISTORY_FORMAT = 1;

/** @typedef {import("./problems.mjs").Problems} Problems */
/** @typedef {import("./manifest.mjs").HistoryRun} HistoryRun */
/** @typedef {import("./commits.mjs").Commit} Commit */
/** @typedef {import("./commits.mjs").StoredVersion} StoredVersion */

/**
 * The commits of one run, oldest first.
 *
 * @param {{ dir: string, run: HistoryRun, storeId: string, problems: Problems }} options
 * @returns {readonly Commit[]}
 */
export function readHistoryRun({ dir, run, storeId, problems }) {
  const name = `history/${run.file}`;
  const path = join(dir, name);
  if (!existsSync(path)) {
    problems.add("FILE_MISSING", name, "is named by the manifest and is not there");
    return [];
  }
  const bytes = readFileSync(path);
  if (bytes.length !== run.bytes)
    problems.add("HISTORY", name, `has ${bytes.length} bytes; the manifest says ${run.bytes}`);
  if (run.crc !== undefined && crcHex(bytes) !== run.crc)
    problems.add("HISTORY", name, "is not the file that the manifest names: its CRC is another");
  /** @type {(Commit & { versions: StoredVersion[], expected: number })[]} */
  const commits = [];
  let isHeader = true;
  for (const { start, end, terminated } of placesOfLines(bytes)) {
    const where = `${name} at byte ${start}`;
    const line = terminated ? soundLine(bytes, start, end) : undefined;
    if (line === undefined) {
      problems.add("LINE", where, "is not a line with a right CRC");
      continue;
    }
    const position = { offset: start, length: end + 1 - start };
    if (isHeader) checkHeader({ value: line.value, run, name, storeId, problems });
    else if (line.value["commit"] !== undefined) commits.push(toCommit(line.value, where, position));
    else addVersion({ commits, value: line.value, where, position, problems });
    isHeader = false;
  }
  for (const commit of commits) {
    if (commit.versions.length !== commit.expected) {
      problems.add(
        "HISTORY",
        commit.where,
        `has ${commit.versions.length} versions; its commit line says ${commit.expected}`,
      );
    }
  }
  const count = commits.reduce((sum, commit) => sum + commit.versions.length, 0);
  if (count !== run.versions)
    problems.add("HISTORY", name, `holds ${count} versions; the manifest says ${run.versions}`);
  if (commits[0]?.seq !== run.from || commits.at(-1)?.seq !== run.through) {
    problems.add(
      "HISTORY",
      name,
      `holds seq ${commits[0]?.seq} to ${commits.at(-1)?.seq}; the manifest says ${run.from} to ${run.through}`,
    );
  }
  // What a commit line promised of its versions is settled; the log says no such thing of the same commit.
  return commits.map(({ expected: _, ...commit }) => commit);
}

/** @param {{ value: import("./lines.mjs").LineValue, run: HistoryRun, name: string, storeId: string, problems: Problems }} options */
function checkHeader({ value, run, name, storeId, problems }) {
  if (value["history"] !== HISTORY_FORMAT)
    problems.add("HISTORY", name, "does not begin with a header of history format 1");
  if (value["store"] !== storeId) problems.add("HISTORY", name, `belongs to store ${String(value["store"])}`);
  if (value["from"] !== run.from || value["through"] !== run.through) {
    problems.add("HISTORY", name, `says it holds seq ${String(value["from"])} to ${String(value["through"])}`);
  }
}

/** @param {import("./lines.mjs").LineValue} value @param {string} where @param {import("./commits.mjs").Position} position */
function toCommit(value, where, position) {
  const line = /** @type {Record<string, never>} */ (value);
  return {
    seq: Number(line["commit"]),
    crc: String(line["record"]),
    prev: String(line["prev"]),
    txid: String(line["txid"]),
    time: String(line["time"]),
    author: String(line["author"]),
    session: /** @type {string | undefined} */ (line["session"]),
    key: /** @type {string | undefined} */ (line["key"]),
    fingerprint: /** @type {string | undefined} */ (line["fingerprint"]),
    result: /** @type {unknown} */ (line["result"]),
    defines: /** @type {readonly import("./index-keys.mjs").IndexDefinition[]} */ (line["defines"] ?? []),
    /** @type {StoredVersion[]} */
    versions: [],
    expected: Number(line["versions"]),
    where,
    position,
  };
}

/**
 * @param {{ commits: { seq: number, versions: StoredVersion[] }[], value: import("./lines.mjs").LineValue, where: string, position: import("./commits.mjs").Position, problems: Problems }} options
 */
function addVersion({ commits, value, where, position, problems }) {
  const commit = commits.at(-1);
  const version = /** @type {StoredVersion} */ (
    /** @type {unknown} */ ({ ...value, deleted: value["deleted"] === true, where, position })
  );
  if (commit === undefined || commit.seq !== version.seq) {
    problems.add("HISTORY", where, `is a version of seq ${version.seq} under commit ${commit?.seq}`);
    return;
  }
  commit.versions.push(version);
}
