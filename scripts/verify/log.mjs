// The write-ahead log (docs/FORMAT.md, "Segment" and "Record"): every CRC, the chain of `prev`, gapless seq, headers and
// seals. Reads what is there; cuts and repairs nothing.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { placesOfLines, parseObject, soundLine } from "./lines.mjs";

const SEGMENT_NAME = /^(\d{16})\.jsonl$/;
const LOG_FORMAT = 1;

/** @typedef {import("./problems.mjs").Problems} Problems */

/**
 * @typedef {object} LogRecord one commit, as its line has it
 * @property {number} seq
 * @property {number} durable
 * @property {string} prev
 * @property {string} crc
 * @property {string} txid
 * @property {string} time
 * @property {string} author
 * @property {string | undefined} session
 * @property {string | undefined} key
 * @property {string | undefined} fingerprint
 * @property {readonly (readonly unknown[])[]} rows
 * @property {readonly unknown[]} body
 * @property {unknown} result
 * @property {string} where file and offset
 */

/**
 * @typedef {object} Log
 * @property {readonly LogRecord[]} records
 * @property {number} segments
 * @property {number} unfinishedBytes
 * @property {readonly { readonly name: string, readonly seq: number, readonly crc: string }[]} leftovers successors that were
 *   never sealed to, and the record that each was to follow: it was durable before they were created
 */

/** @typedef {{ readonly name: string, readonly bytes: Buffer }} SegmentFile */

/** @typedef {{ seq: number, crc: string } | undefined} Before the record before the one to come; unknown at the very start */

/**
 * @param {{ readonly dir: string, readonly storeId: string, readonly replay: string, readonly problems: Problems }} options
 * @returns {Log}
 */
export function readLog({ dir, storeId, replay, problems }) {
  const { segments, unnamed } = segmentsOf(dir, replay);
  /** @type {LogRecord[]} */
  const records = [];
  /** @type {Before} */
  let before;
  let unfinishedBytes = 0;
  for (const [index, { name, bytes }] of segments.entries()) {
    const following = segments[index + 1]?.name;
    const segment = readSegment({ bytes, name, isLast: following === undefined, storeId, before, problems });
    records.push(...segment.records);
    before = segment.before;
    unfinishedBytes = segment.unfinishedBytes;
    if (following !== undefined && segment.next !== following) {
      problems.add("SEAL", name, `names ${JSON.stringify(segment.next)} as its successor, but ${following} follows`);
    }
    if (following === undefined && segment.next !== undefined) {
      problems.add("SEGMENT_MISSING", name, `is sealed and names ${segment.next}, which is not there`);
    }
  }
  const leftovers = unnamed.flatMap((segment) => leftoverOf({ ...segment, storeId, problems }));
  return { records, segments: segments.length, unfinishedBytes, leftovers };
}

/**
 * Those that make the log, and apart the successors of seals that a crash kept from being written: nothing names them, and
 * nothing stands behind their header.
 *
 * @param {string} dir @param {string} replay
 * @returns {{ readonly segments: readonly SegmentFile[], readonly unnamed: readonly SegmentFile[] }}
 */
function segmentsOf(dir, replay) {
  const files = readdirSync(dir)
    .filter((name) => SEGMENT_NAME.test(name))
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(dir, name)) }));
  const named = new Set([replay, ...files.map(({ bytes }) => successorOf(bytes))]);
  const isUnnamed = files.map(({ name, bytes }) => !named.has(name) && [...placesOfLines(bytes)].length <= 1);
  return {
    segments: files.filter((_, index) => !isUnnamed[index]),
    unnamed: files.filter((_, index) => isUnnamed[index]),
  };
}

/** @param {Buffer} bytes @returns {unknown} the segment that the last whole line names, if it is a seal */
function successorOf(bytes) {
  const last = [...placesOfLines(bytes)].findLast(({ terminated }) => terminated);
  const line = last && soundLine(bytes, last.start, last.end);
  return /** @type {Record<string, unknown> | undefined} */ (line?.value["seal"])?.["next"];
}

/**
 * None when its header was not finished.
 *
 * @param {SegmentFile & { readonly storeId: string, readonly problems: Problems }} options
 * @returns {Log["leftovers"]}
 */
function leftoverOf({ name, bytes, storeId, problems }) {
  const [place] = placesOfLines(bytes);
  if (place?.terminated !== true) return [];
  const before = checkHeader({ bytes, place, name, storeId, before: undefined, problems });
  return before === undefined ? [] : [{ name, ...before }];
}

/**
 * @param {{ bytes: Buffer, name: string, isLast: boolean, storeId: string, before: Before, problems: Problems }} options
 * @returns {{ records: LogRecord[], before: Before, next: string | undefined, unfinishedBytes: number }}
 */
function readSegment({ bytes, name, isLast, storeId, before: given, problems }) {
  const places = [...placesOfLines(bytes)];
  /** @type {LogRecord[]} */
  const records = [];
  /** @type {Before} */
  let before = given;
  /** @type {string | undefined} */
  let next;
  let unfinishedBytes = 0;

  const [first] = places;
  if (first === undefined) {
    problems.add("SEGMENT_HEADER", name, "is empty");
    return { records, before, next, unfinishedBytes };
  }
  before = checkHeader({ bytes, place: first, name, storeId, before, problems });

  for (const place of places.slice(1)) {
    const where = `${name} at byte ${place.start}`;
    if (next !== undefined) {
      problems.add("SEAL", where, "stands after the seal");
      break;
    }
    if (!place.terminated) {
      // A writer that was killed in the middle of a write leaves this; it was never acknowledged.
      if (isLast) unfinishedBytes = place.end - place.start;
      else problems.add("LINE", where, "is not finished, but the segment is not the last one");
      break;
    }
    const line = soundLine(bytes, place.start, place.end);
    if (line === undefined) {
      problems.add("LINE", where, "is not a line with a right CRC");
      break;
    }
    if (line.value["seal"] !== undefined) {
      next = checkSeal({ value: line.value, where, before, problems });
      continue;
    }
    const record = checkRecord({ bytes, place, line, where, before, problems });
    records.push(record);
    before = { seq: record.seq, crc: record.crc };
  }
  return { records, before, next, unfinishedBytes };
}

/**
 * @param {{ bytes: Buffer, place: import("./lines.mjs").LinePlace, name: string, storeId: string, before: Before, problems: Problems }} options
 * @returns {Before} what stands before the first record
 */
function checkHeader({ bytes, place, name, storeId, before, problems }) {
  const line = soundLine(bytes, place.start, place.end);
  const header = line?.value;
  if (header === undefined || header["log"] !== LOG_FORMAT) {
    problems.add("SEGMENT_HEADER", name, "does not begin with a sound header of log format 1");
    return before;
  }
  const first = Number(header["first"]);
  const prev = String(header["prev"]);
  if (header["store"] !== storeId) problems.add("SEGMENT_HEADER", name, `belongs to store ${String(header["store"])}`);
  if (first !== Number(SEGMENT_NAME.exec(name)?.[1]))
    problems.add("SEGMENT_HEADER", name, `says it begins with seq ${first}`);
  if (before !== undefined && (before.seq !== first - 1 || before.crc !== prev)) {
    problems.add(
      "CHAIN",
      name,
      `begins after seq ${first - 1} (${prev}), but seq ${before.seq} (${before.crc}) stands before it`,
    );
  }
  return { seq: first - 1, crc: prev };
}

/**
 * @param {{ value: import("./lines.mjs").LineValue, where: string, before: Before, problems: Problems }} options
 * @returns {string} the successor
 */
function checkSeal({ value, where, before, problems }) {
  const seal = /** @type {Record<string, unknown>} */ (value["seal"]);
  if (seal["last"] !== before?.seq || seal["prev"] !== before?.crc) {
    problems.add("SEAL", where, `seals after seq ${String(seal["last"])}, but seq ${before?.seq} stands before it`);
  }
  return String(seal["next"]);
}

/**
 * @param {{ bytes: Buffer, place: import("./lines.mjs").LinePlace, line: import("./lines.mjs").SoundLine, where: string, before: Before, problems: Problems }} options
 * @returns {LogRecord}
 */
function checkRecord({ bytes, place, line, where, before, problems }) {
  const { value, crc } = line;
  const record = /** @type {LogRecord} */ (/** @type {unknown} */ ({ ...value, crc, where }));
  if (before !== undefined && record.seq !== before.seq + 1) {
    problems.add("SEQ", where, `has seq ${record.seq}, but seq ${before.seq} stands before it`);
  }
  if (before !== undefined && record.prev !== before.crc) {
    problems.add("CHAIN", where, `names ${record.prev} as the record before it, which has CRC ${before.crc}`);
  }
  if (record.durable >= record.seq)
    problems.add("RECORD", where, `says that seq ${record.durable} was durable before seq ${record.seq}`);
  checkHead({ bytes, place, value, where, problems });
  return record;
}

/**
 * The head must be readable alone, say the same as the whole line, and give the right sizes of the bodies.
 *
 * @param {{ bytes: Buffer, place: import("./lines.mjs").LinePlace, value: import("./lines.mjs").LineValue, where: string, problems: Problems }} options
 */
function checkHead({ bytes, place, value, where, problems }) {
  const headBytes = Number(value["head"]);
  const head = parseObject(`${bytes.toString("utf8", place.start, place.start + headBytes)}}`);
  const { body, result: _, ...expected } = value;
  if (head === undefined || JSON.stringify(head) !== JSON.stringify(expected)) {
    problems.add("RECORD", where, `has a head of ${headBytes} bytes that does not say what the record says`);
    return;
  }
  const bodies = /** @type {readonly unknown[]} */ (body);
  const rows = /** @type {readonly unknown[]} */ (value["rows"]);
  const sizes = /** @type {readonly number[]} */ (value["sizes"]);
  if (rows.length !== bodies.length || sizes.length !== bodies.length) {
    problems.add("RECORD", where, `has ${rows.length} rows, ${sizes.length} sizes and ${bodies.length} bodies`);
    return;
  }
  let offset = place.start + headBytes + ',"body":['.length;
  for (const [index, size] of sizes.entries()) {
    const text = bytes.toString("utf8", offset, offset + size);
    if (JSON.stringify(parseAny(text)) !== JSON.stringify(bodies[index])) {
      problems.add("RECORD", where, `does not hold body ${index} at the place its head says`);
      return;
    }
    offset += size + 1;
  }
}

/** @param {string} text @returns {unknown} */
function parseAny(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
