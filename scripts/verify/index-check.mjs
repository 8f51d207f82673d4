// The index says what history and log say (docs/FORMAT.md, "Keys"): for every seq that an index run covers, exactly the
// entries that follow from the versions, and no other.
//
// The keys of a run: "p" + id, "c" + seq, "k" + idempotency key, "x" + transaction id, "i" + name of the index + key.
// The first four carry the place of a line in its history run: u48 offset, u32 length ("p" of a tombstone: then "d").

import { encodeParts, expectedKeys } from "./index-keys.mjs";

const BUILT_IN = ["type", "out", "in"];

/** @typedef {import("./problems.mjs").Problems} Problems */
/** @typedef {import("./commits.mjs").Commit} Commit */
/** @typedef {import("./commits.mjs").StoredVersion} StoredVersion */
/** @typedef {import("./commits.mjs").Position} Position */
/** @typedef {import("./index-keys.mjs").IndexDefinition} IndexDefinition */

/** How many different problems of one kind are told apart before they are only counted. */
const NAMED_MAX = 5;

/**
 * @param {import("./store.mjs").Store} store @param {Problems} problems
 * @returns {number} how many entries were compared
 */
export function checkIndex({ commits, definitions, completeIndexes, indexRuns }, problems) {
  const covered = coveredSeqs(
    indexRuns.map(({ run }) => run),
    completeIndexes,
  );
  const expected = expectedEntries({ commits, definitions, covered });
  /** @type {Set<string>} */
  const found = new Set();
  const surplus = new Listing(problems, "INDEX_SURPLUS");
  const missing = new Listing(problems, "INDEX_MISSING");
  for (const { run, entries } of indexRuns) {
    for (const { key, seq, remove, value } of entries) {
      const where = `index/${run.file}`;
      const text = entryText({ key, seq, remove, value });
      if (seq < run.from || seq > run.through)
        problems.add("INDEX_RUN", where, `holds seq ${seq}, outside of ${run.from} to ${run.through}`);
      if (!expected.has(text)) surplus.add(where, describe(key, seq, remove));
      found.add(text);
    }
  }
  for (const [text, { key, seq, remove }] of expected) {
    if (!found.has(text)) missing.add("index", describe(key, seq, remove));
  }
  surplus.finish();
  missing.finish();
  return expected.size;
}

/** @typedef {{ readonly key: string, readonly seq: number, readonly remove: boolean, readonly value: string }} Entry */

/**
 * For each index, whether the runs hold its entries for a seq.
 *
 * @param {readonly import("./manifest.mjs").IndexRun[]} runs @param {readonly string[]} completeIndexes
 */
function coveredSeqs(runs, completeIndexes) {
  const whole = new Set([...BUILT_IN, ...completeIndexes]);
  /** @param {string} index @param {number} seq */
  return (index, seq) => whole.has(index) && runs.some((run) => seq >= run.from && seq <= run.through);
}

/**
 * @param {{ commits: readonly Commit[], definitions: readonly IndexDefinition[], covered: (index: string, seq: number) => boolean }} options
 * @returns {ReadonlyMap<string, Entry>}
 */
function expectedEntries({ commits, definitions, covered }) {
  /** @type {Map<string, Entry>} */
  const expected = new Map();
  /** @param {Entry} entry */
  const expect = (entry) => expected.set(entryText(entry), entry);
  /** @type {Map<string, StoredVersion>} */
  const newest = new Map();
  for (const commit of commits) {
    const { seq } = commit;
    if (covered("type", seq)) for (const entry of commitEntries(commit)) expect(entry);
    for (const version of commit.versions) {
      const before = newest.get(version.id);
      newest.set(version.id, version);
      const value = positionValue(version.position) + (version.deleted ? "d" : "");
      if (covered("type", seq)) expect({ key: `p${encodeParts([version.id])}`, seq, remove: false, value });
      const after = new Map(keysOf(version, definitions).map((one) => [one.key, one]));
      const gone = new Map((before === undefined ? [] : keysOf(before, definitions)).map((one) => [one.key, one]));
      for (const { index, key } of after.values()) {
        if (!gone.has(key) && covered(index, seq)) expect({ key, seq, remove: false, value: "" });
      }
      for (const { index, key } of gone.values()) {
        if (!after.has(key) && covered(index, seq)) expect({ key, seq, remove: true, value: "" });
      }
    }
  }
  return expected;
}

/** @param {Commit} commit @returns {readonly Entry[]} */
function commitEntries({ seq, txid, key, position }) {
  const value = positionValue(position);
  const keys = [
    `c${encodeParts([seq])}`,
    `x${encodeParts([txid])}`,
    ...(key === undefined ? [] : [`k${encodeParts([key])}`]),
  ];
  return keys.map((one) => ({ key: one, seq, remove: false, value }));
}

/** @param {StoredVersion} version @param {readonly IndexDefinition[]} definitions */
function keysOf({ id, type, from, to, props, deleted }, definitions) {
  const keys = expectedKeys({ id, type, from, to, props, deleted }, definitions);
  return keys.map(({ index, key }) => ({ index, key: `i${encodeParts([index])}${key}` }));
}

/** @param {Position | undefined} position */
function positionValue(position) {
  const bytes = Buffer.alloc(10);
  bytes.writeUIntBE(position?.offset ?? 0, 0, 6);
  bytes.writeUInt32BE(position?.length ?? 0, 6);
  return bytes.toString("latin1");
}

/** @param {Entry} entry */
function entryText({ key, seq, remove, value }) {
  return `${seq} ${remove ? "-" : "+"} ${key} ${value}`;
}

/** @param {string} key @param {number} seq @param {boolean} remove */
function describe(key, seq, remove) {
  return `${remove ? "removal" : "entry"} at seq ${seq} of key ${JSON.stringify(key)}`;
}

/** Names the first few and counts the rest. */
class Listing {
  /** @readonly @type {Problems} */
  #problems;
  /** @readonly @type {string} */
  #code;
  #count = 0;

  /** @param {Problems} problems @param {string} code */
  constructor(problems, code) {
    this.#problems = problems;
    this.#code = code;
  }

  /** @param {string} where @param {string} message */
  add(where, message) {
    this.#count += 1;
    if (this.#count <= NAMED_MAX) this.#problems.add(this.#code, where, message);
  }

  finish() {
    if (this.#count > NAMED_MAX) this.#problems.add(this.#code, "index", `and ${this.#count - NAMED_MAX} more`);
  }
}
