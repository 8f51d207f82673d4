// Lines as docs/FORMAT.md describes them: a JSON object whose first member is the CRC-32 of what follows that member.
//
//     {"crc":"9f0e12ab",REST}\n        crc = CRC-32 of REST}, eight lower-case hex digits

import { crc32 } from "node:zlib";

const CRC_MEMBER = /^\{"crc":"([0-9a-f]{8})",$/;
const REST_START = '{"crc":"00000000",'.length;
const LINE_FEED = 0x0a;

/** The CRC that stands for "no line before". */
export const NO_CRC = "00000000";

/** @typedef {Readonly<Record<string, unknown>>} LineValue */
/** @typedef {{ readonly crc: string, readonly value: LineValue }} SoundLine */
/** @typedef {{ readonly start: number, readonly end: number, readonly terminated: boolean }} LinePlace */

/**
 * Where the lines are: split at byte 0x0A only. The last one may lack its line feed.
 *
 * @param {Buffer} bytes
 * @returns {Generator<LinePlace>}
 */
export function* placesOfLines(bytes) {
  for (let start = 0; start < bytes.length;) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed === -1 ? bytes.length : feed;
    yield { start, end, terminated: feed !== -1 };
    start = end + 1;
  }
}

/**
 * The line in [start, end), line feed excluded, or `undefined` when its form, its CRC or its JSON is wrong.
 *
 * @param {Buffer} bytes @param {number} start @param {number} end
 * @returns {SoundLine | undefined}
 */
export function soundLine(bytes, start, end) {
  const crc = CRC_MEMBER.exec(bytes.toString("latin1", start, start + REST_START))?.[1];
  if (crc === undefined || crcHex(bytes.subarray(start + REST_START, end)) !== crc) return undefined;
  const value = parseObject(bytes.toString("utf8", start, end));
  return value === undefined ? undefined : { crc, value };
}

/** @param {Uint8Array} bytes */
export function crcHex(bytes) {
  return crc32(bytes).toString(16).padStart(8, "0");
}

/** @param {string} text @returns {LineValue | undefined} */
export function parseObject(text) {
  try {
    const value = /** @type {unknown} */ (JSON.parse(text));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @param {unknown} value @returns {value is LineValue} */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
