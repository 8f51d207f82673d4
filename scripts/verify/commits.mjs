// All commits of a store in order, from history and log: gapless, chained, and with one version of an entity after the
// other. Where both history and log hold a commit they must say the same.

import { edgeId, expectedFields } from "./index-keys.mjs";

/** @typedef {import("./problems.mjs").Problems} Problems */
/** @typedef {import("./index-keys.mjs").IndexDefinition} IndexDefinition */
/** @typedef {{ readonly offset: number, readonly length: number }} Position of a line in its history run */

/**
 * @typedef {object} StoredVersion
 * @property {string} id
 * @property {string} type
 * @property {number} version
 * @property {number} seq
 * @property {string | undefined} createdAt says nothing for a tombstone
 * @property {string} updatedAt
 * @property {string} author
 * @property {boolean} deleted
 * @property {string} [from]
 * @property {string} [to]
 * @property {Readonly<Record<string, unknown>>} props
 * @property {string} where
 * @property {Position | undefined} position in history
 * @property {boolean} [purged] its text was removed
 * @property {boolean} [lost] stands in for a version that a repair could not read
 */

/**
 * @typedef {object} Commit
 * @property {number} seq
 * @property {string} crc of its record
 * @property {string} prev
 * @property {string} txid
 * @property {string} time
 * @property {string} author
 * @property {string | undefined} session
 * @property {string | undefined} key
 * @property {string | undefined} fingerprint
 * @property {unknown} result
 * @property {readonly IndexDefinition[]} defines
 * @property {readonly StoredVersion[]} versions
 * @property {string} where
 * @property {Position | undefined} position in history
 */

/**
 * What rows say beside the bodies: the indexed fields of a put, and the id of an edge.
 *
 * @param {{ records: readonly import("./log.mjs").LogRecord[], definitions: readonly IndexDefinition[], problems: Problems }} options
 *   `definitions`: those declared before the first record
 */
export function checkRows({ records, definitions: given, problems }) {
  const definitions = [...given];
  for (const { rows, body, where } of records) {
    /** @type {IndexDefinition[]} */
    const declared = [];
    for (const [index, row] of rows.entries()) {
      if (row[0] === "define") declared.push(rowToDefinition(row));
      if (row[0] !== "put") continue;
      const [, id, type, , fields, , from, to] =
        /** @type {readonly [string, string, string, number, unknown, unknown, string?, string?]} */ (row);
      const props = /** @type {import("./index-keys.mjs").Props} */ (body[index]);
      if (canonical(fields) !== canonical(expectedFields(type, props, definitions))) {
        problems.add("RECORD", where, `has a row for ${id} whose indexed fields are not those of its body`);
      }
      if (from !== undefined && to !== undefined && id !== edgeId(from, type, to))
        problems.add("EDGE_ID", where, `names an edge ${id}, which is not the id of its ends`);
    }
    definitions.push(...declared);
  }
}

/** @param {readonly unknown[]} row @returns {IndexDefinition} */
function rowToDefinition(row) {
  const [, name, type, parts, kind] =
    /** @type {readonly [string, string, string, IndexDefinition["parts"], IndexDefinition["kind"]]} */ (row);
  return { name, type, parts, ...(kind === undefined ? {} : { kind }) };
}

/** @param {import("./log.mjs").LogRecord} record @param {Problems} problems @returns {Commit} */
export function recordToCommit(record, problems) {
  const { seq, crc, prev, txid, time, author, session, key, fingerprint, result, where } = record;
  /** @type {IndexDefinition[]} */
  const defines = [];
  /** @type {StoredVersion[]} */
  const versions = [];
  for (const [index, row] of record.rows.entries()) {
    const cells = /** @type {readonly never[]} */ (row);
    if (row[0] === "define") {
      defines.push(rowToDefinition(row));
      continue;
    }
    const deleted = row[0] === "delete";
    if (!deleted && row[0] !== "put")
      problems.add("RECORD", where, `has an unknown operation ${JSON.stringify(row[0])}`);
    const [from, to] = deleted ? cells.slice(4) : cells.slice(6);
    const createdAt = deleted ? undefined : row[5] === 0 ? time : String(row[5]);
    versions.push({
      id: String(row[1]),
      type: String(row[2]),
      version: Number(row[3]),
      seq,
      createdAt,
      updatedAt: time,
      author,
      deleted,
      ...(from === undefined || to === undefined ? {} : { from, to }),
      props: deleted ? {} : /** @type {Readonly<Record<string, unknown>>} */ (record.body[index]),
      where,
      position: undefined,
    });
  }
  return {
    seq,
    crc,
    prev,
    txid,
    time,
    author,
    session,
    key,
    fingerprint,
    result,
    defines,
    versions,
    where,
    position: undefined,
  };
}

/**
 * History first, then what only the log holds.
 *
 * @param {{ history: readonly Commit[], log: readonly Commit[], historyFloor: number, problems: Problems }} options
 * @returns {readonly Commit[]}
 */
export function joinCommits({ history, log, historyFloor, problems }) {
  const lastInHistory = history.at(-1)?.seq ?? 0;
  const bySeq = new Map(history.map((commit) => [commit.seq, commit]));
  for (const commit of log) {
    const known = bySeq.get(commit.seq);
    // What retention or a purge took out of history may still stand in a segment that was not removed yet.
    if (known !== undefined && known.seq >= historyFloor && !known.versions.some((version) => version.purged))
      compare(known, commit, problems);
  }
  const commits = [...history, ...log.filter((commit) => commit.seq > lastInHistory)];
  checkChain(commits, problems);
  checkVersions(commits, historyFloor, problems);
  return commits;
}

/** @param {Commit} inHistory @param {Commit} inLog @param {Problems} problems */
function compare(inHistory, inLog, problems) {
  const content = (/** @type {Commit} */ { where: _, position: __, versions, key, fingerprint, result, ...rest }) => ({
    ...rest,
    ...(key === undefined ? {} : { key, fingerprint: fingerprint ?? "", result: result ?? null }),
    versions: versions.map(({ id, type, version, deleted, from, to, props }) => ({
      id,
      type,
      version,
      deleted,
      from,
      to,
      props,
    })),
  });
  const one = canonical(content(inHistory));
  const other = canonical(content(inLog));
  if (one !== other)
    problems.add(
      "HISTORY",
      inHistory.where,
      `does not say of seq ${inHistory.seq} what the log says at ${inLog.where}`,
    );
}

/** @param {readonly Commit[]} commits @param {Problems} problems */
function checkChain(commits, problems) {
  /** @type {Commit | undefined} */
  let before;
  /** @type {Set<string>} */
  const txids = new Set();
  for (const commit of commits) {
    if (commit.seq !== (before?.seq ?? 0) + 1)
      problems.add("SEQ", commit.where, `has seq ${commit.seq} after seq ${before?.seq ?? 0}`);
    else if (before !== undefined && commit.prev !== before.crc)
      problems.add("CHAIN", commit.where, `seq ${commit.seq} does not follow the record of seq ${before.seq}`);
    if (before !== undefined && commit.time < before.time)
      problems.add("TIME", commit.where, `seq ${commit.seq} is earlier than seq ${before.seq}`);
    if (txids.has(commit.txid))
      problems.add("TXID_TWICE", commit.where, `transaction ${commit.txid} was committed before`);
    txids.add(commit.txid);
    before = commit;
  }
}

/**
 * Versions of an entity go 1, 2, 3 … (below the floor some were dropped), and its type, ends and time of creation stay.
 *
 * @param {readonly Commit[]} commits @param {number} historyFloor @param {Problems} problems
 */
function checkVersions(commits, historyFloor, problems) {
  /** @type {Map<string, StoredVersion>} */
  const newest = new Map();
  for (const version of commits.flatMap((commit) => commit.versions)) {
    const before = newest.get(version.id);
    newest.set(version.id, version);
    const where = `${version.id} version ${version.version} (${version.where})`;
    const isNext =
      version.seq < historyFloor
        ? version.version > (before?.version ?? 0)
        : version.version === (before?.version ?? 0) + 1;
    if (!isNext) problems.add("VERSION", where, `comes after version ${before?.version ?? 0}`);
    if (before === undefined) {
      if (version.deleted && version.lost !== true && version.seq >= historyFloor)
        problems.add("VERSION", where, "deletes what never was");
      continue;
    }
    if (version.deleted && before.deleted && version.lost !== true)
      problems.add("VERSION", where, "deletes what is deleted");
    if (!before.deleted && (version.type !== before.type || version.from !== before.from || version.to !== before.to)) {
      problems.add("VERSION", where, "changes its type or its ends");
    }
    if (!before.deleted && !version.deleted && version.createdAt !== before.createdAt) {
      problems.add("VERSION", where, `was created at ${version.createdAt}, its version before at ${before.createdAt}`);
    }
  }
}

/** JSON with the names of every object in order. @param {unknown} value */
function canonical(value) {
  return JSON.stringify(value, (_name, inner) => {
    const any = /** @type {unknown} */ (inner);
    if (typeof any !== "object" || any === null || Array.isArray(any)) return any;
    return Object.fromEntries(Object.entries(any).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
