/**
 * The line that every text file of a store is made of (docs/FORMAT.md, "Lines"): a JSON object whose first member is
 * the CRC-32 of all that follows it, so that each line verifies alone.
 *
 *     {"crc":"9f0e12ab",REST}\n        crc = CRC-32 of REST} in hex, without the line feed
 */
import { isAscii } from "node:buffer";
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
  // Two searches cost a tenth of one by a pattern, and nothing in text of one byte a character.
  const isPlain = !text.includes("\u2028") && !text.includes("\u2029");
  return isPlain ? text : text.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

export interface EncodedLine {
  /** The whole line, line feed included. */
  readonly bytes: Buffer;
  readonly crc: string;
}

/** Makes a line of `rest`: the members after `crc`, without the opening brace and with the closing one. */
export function encodeLine(rest: string): EncodedLine {
  const bytes = lineWithoutCrc(rest);
  return { bytes, crc: writeCrc(bytes) };
}

/** The same, but for its CRC: for a caller who changes bytes of it before `writeCrc`. */
export function lineWithoutCrc(rest: string): Buffer {
  return Buffer.from(`{"crc":"${NO_CRC}",${rest}\n`, "utf8");
}

/** Puts the CRC into a line that is complete otherwise. */
export function writeCrc(line: Buffer): string {
  const crc = crcHex(line.subarray(LINE_REST_START, line.length - 1));
  line.write(crc, CRC_START, "latin1");
  return crc;
}

/**
 * Completes a line in [start, end) (line feed excluded) whose members already stand at `start + LINE_REST_START`: writes the CRC
 * member before them.
 */
export function sealLine(bytes: Buffer, start: number, end: number): void {
  bytes.set(CRC_PREFIX, start);
  bytes.write(crcHex(bytes.subarray(start + LINE_REST_START, end)), start + CRC_START, "latin1");
  bytes.set(CRC_SUFFIX, start + CRC_END);
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
  return isSoundLine(bytes, start, end) ? lineCrc(bytes, start) : undefined;
}

/** Whether a line in [start, end) (line feed excluded) has the form of a line and the right CRC. */
export function isSoundLine(bytes: Buffer, start: number, end: number): boolean {
  return verifiedRest(bytes, start, end) !== undefined;
}

/** The object of a line in [start, end), or `undefined` when the line is not sound. */
export function decodeObjectLine(
  bytes: Buffer,
  start = 0,
  end: number = lineEnd(bytes, start),
): Readonly<Record<string, unknown>> | undefined {
  const rest = verifiedRest(bytes, start, end);
  if (rest === undefined) return undefined;
  // Plain ASCII, as most lines are, is read twice as fast as latin1.
  const text = bytes.toString(isAscii(rest) ? "latin1" : "utf8", start, end);
  // Behind a right CRC stands what a writer wrote: text that does not parse is a defect, not damage.
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}

/** The bytes that the CRC of the line covers, if they have it. Compares numbers: texts of them would cost as much again. */
function verifiedRest(bytes: Buffer, start: number, end: number): Buffer | undefined {
  if (end - start <= LINE_REST_START || end > bytes.length) return undefined;
  if (!standsAt(bytes, CRC_PREFIX, start) || !standsAt(bytes, CRC_SUFFIX, start + CRC_END)) return undefined;
  const rest = bytes.subarray(start + LINE_REST_START, end);
  return hexAt(bytes, start + CRC_START, start + CRC_END) === crc32(rest) ? rest : undefined;
}

/** Whether these bytes stand there; false where `bytes` ends before. */
export function standsAt(bytes: Buffer, expected: Buffer, at: number): boolean {
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
  return true;
}

/** A number in lower-case hexadecimal digits; NaN for other bytes. */
function hexAt(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    const isDigit = byte >= 0x30 && byte <= 0x39;
    if (!isDigit && (byte < 0x61 || byte > 0x66)) return NaN;
    value = value * 16 + (isDigit ? byte - 0x30 : byte - 0x57);
  }
  return value;
}

function lineEnd(bytes: Buffer, start: number): number {
  const end = bytes.indexOf(LINE_FEED, start);
  return end === -1 ? bytes.length : end;
}
