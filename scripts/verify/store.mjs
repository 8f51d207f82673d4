// A whole store, read by its documented formats alone: header, manifest, history, log, index runs.

import { join } from "node:path";
import { checkRows, joinCommits, recordToCommit } from "./commits.mjs";
import { readHistoryRun } from "./history.mjs";
import { readIndexRun } from "./index-run.mjs";
import { readLog } from "./log.mjs";
import { readManifest, readStoreId } from "./manifest.mjs";

/** @typedef {import("./problems.mjs").Problems} Problems */
/** @typedef {import("./commits.mjs").Commit} Commit */
/** @typedef {import("./index-run.mjs").IndexEntry} IndexEntry */
/** @typedef {import("./manifest.mjs").IndexRun} IndexRun */

/**
 * @typedef {object} Store
 * @property {readonly Commit[]} commits all of them, oldest first
 * @property {readonly import("./index-keys.mjs").IndexDefinition[]} definitions declared by any commit
 * @property {readonly string[]} completeIndexes
 * @property {readonly { readonly run: IndexRun, readonly entries: readonly IndexEntry[] }[]} indexRuns
 * @property {{ readonly generation: number, readonly checkpointSeq: number, readonly segments: number, readonly unfinishedBytes: number }} facts
 */

/** @param {{ dir: string, problems: Problems }} options @returns {Store} */
export function readStore({ dir, problems }) {
  const storeId = readStoreId(dir, problems);
  const manifest = storeId === undefined ? undefined : readManifest(dir, storeId, problems);
  if (storeId === undefined || manifest === undefined) {
    return {
      commits: [],
      definitions: [],
      completeIndexes: [],
      indexRuns: [],
      facts: { generation: 0, checkpointSeq: 0, segments: 0, unfinishedBytes: 0 },
    };
  }
  const history = manifest.history.flatMap((run) => readHistoryRun({ dir, run, storeId, problems }));
  const { records, segments, unfinishedBytes, leftovers } = readLog({
    dir: join(dir, "wal"),
    storeId,
    replay: manifest.replay,
    problems,
  });
  const commits = joinCommits({
    history,
    log: records.map((record) => recordToCommit(record, problems)),
    historyFloor: manifest.historyFloor,
    problems,
  });
  const before = commits.filter((commit) => commit.seq < (records[0]?.seq ?? 0)).flatMap((commit) => commit.defines);
  checkRows({ records, definitions: before, problems });
  checkLeftovers({ leftovers, commits, problems });
  checkCheckpoint({ manifest, commits, problems });

  const indexRuns = manifest.index.map((run) => {
    const name = `index/${run.file}`;
    return { run, entries: readIndexRun({ path: join(dir, name), name, storeId, bytes: run.bytes, problems }) };
  });
  return {
    commits,
    definitions: commits.flatMap((commit) => commit.defines),
    completeIndexes: manifest.complete,
    indexRuns,
    facts: { generation: manifest.generation, checkpointSeq: manifest.seq, segments, unfinishedBytes },
  };
}

/** @param {{ leftovers: import("./log.mjs").Log["leftovers"], commits: readonly Commit[], problems: Problems }} options */
function checkLeftovers({ leftovers, commits, problems }) {
  for (const { name, seq, crc } of leftovers) {
    if (seq === 0 || commits.some((commit) => commit.seq === seq && commit.crc === crc)) continue;
    problems.add("SEAL", name, `was made to follow seq ${seq} (${crc}), which was durable then and is not there`);
  }
}

/** @param {{ manifest: import("./manifest.mjs").Manifest, commits: readonly Commit[], problems: Problems }} options */
function checkCheckpoint({ manifest, commits, problems }) {
  const last = commits.at(-1)?.seq ?? 0;
  if (last < manifest.seq)
    problems.add(
      "MANIFEST",
      "MANIFEST.json",
      `names a checkpoint at seq ${manifest.seq}, but the last commit is seq ${last}`,
    );
  const checkpoint = commits.find((commit) => commit.seq === manifest.seq);
  if (checkpoint !== undefined && (checkpoint.crc !== manifest.recordCrc || checkpoint.time !== manifest.recordTime)) {
    problems.add("MANIFEST", "MANIFEST.json", `does not name the record of seq ${manifest.seq} as it is`);
  }
  const declared = new Set(
    commits.filter((commit) => commit.seq <= manifest.seq).flatMap((commit) => commit.defines.map(({ name }) => name)),
  );
  const named = new Set(manifest.definitions.map(({ name }) => name));
  if (declared.size !== named.size || [...declared].some((name) => !named.has(name))) {
    problems.add(
      "MANIFEST",
      "MANIFEST.json",
      `knows the indexes ${[...named].join(", ")}; declared were ${[...declared].join(", ")}`,
    );
  }
}
