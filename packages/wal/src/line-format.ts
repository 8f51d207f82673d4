/**
 * The line that every text file of a store is made of (docs/FORMAT.md, "Lines"): a JSON object whose first member is
 * the CRC-32 of all that follows it, so that each line verifies alone.
 *
 *     {"crc":"9f0e12ab",REST}\n        crc = CRC-32 of REST} in hex, without the line feed
 */
import { crc32 } from "node:zlib";

const CRC_PREFIX = Buffer.from('{"crc":"', "latin1");
const CRC_SUFFIX = Buffer.from('",', "latin1");
const CRC_START = CRC_PREFIX.length;
const CRC_END = CRC_START + 8;

/** Where the bytes that the CRC covers begin. */
export const LINE_REST_START: number = CRC_END + CRC_SUFFIX.length;

export const LINE_FEED = 0x0a;

/** The CRC that stands before the first record. */
export const NO_CRC = "00000000";

export function crcHex(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, "0");
}

/** JSON text in which U+2028 and U+2029 are escaped: some readers split lines there. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return /[\u2028\u2029]/u.test(text) ? text.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029") : text;
}

export interface EncodedLine {
  /** The whole line, line feed included. */
  readonly bytes: Buffer;
  readonly crc: string;
}

/** Makes a line of `rest`: the members after `crc`, without the opening brace and with the closing one. */
export function encodeLine(rest: string): EncodedLine {
  const bytes = Buffer.from(`{"crc":"00000000",${rest}\n`, "utf8");
  const crc = crcHex(bytes.subarray(LINE_REST_START, bytes.length - 1));
  bytes.write(crc, CRC_START, "latin1");
  return { bytes, crc };
}

/** The line of an object that has at least one member. */
export function encodeObjectLine(value: object): EncodedLine {
  return encodeLine(jsonText(value).slice(1));
}

/** What the line at `start` says is its CRC. */
export function lineCrc(bytes: Buffer, start = 0): string {
  return bytes.toString("latin1", start + CRC_START, start + CRC_END);
}

/** The CRC of the line in [start, end) (line feed excluded) if it has the form of a line and the CRC is right. */
export function verifiedCrc(bytes: Buffer, start: number, end: number): string | undefined {
  if (end - start <= LINE_REST_START) return undefined;
  if (bytes.compare(CRC_PREFIX, 0, CRC_PREFIX.length, start, start + CRC_START) !== 0) return undefined;
  if (bytes.compare(CRC_SUFFIX, 0, CRC_SUFFIX.length, start + CRC_END, start + LINE_REST_START) !== 0) return undefined;
  const crc = lineCrc(bytes, start);
  return crcHex(bytes.subarray(start + LINE_REST_START, end)) === crc ? crc : undefined;
}

/** The object of a line in [start, end), or `undefined` when the line is not sound. */
export function decodeObjectLine(
  bytes: Buffer,
  start = 0,
  end: number = lineEnd(bytes, start),
): Readonly<Record<string, unknown>> | undefined {
  if (verifiedCrc(bytes, start, end) === undefined) return undefined;
  // Behind a right CRC stands what a writer wrote: text that does not parse is a defect, not damage.
  return JSON.parse(bytes.toString("utf8", start, end)) as Readonly<Record<string, unknown>>;
}

function lineEnd(bytes: Buffer, start: number): number {
  const end = bytes.indexOf(LINE_FEED, start);
  return end === -1 ? bytes.length : end;
}
