/**
 * Record ↔ bytes (docs/FORMAT.md, "Record"). The head ends at a byte count that stands at a fixed place, so that it is
 * read without touching the bodies:
 *
 *     {"crc":"9f0e12ab","head":     214,"seq":17,…,"rows":[…],"sizes":[…],"body":[…],"result":…}
 *     └────────────── head bytes, made an object by one more brace ──────┘
 */
import { assert } from "@knotwork/disk";
import { jsonText, LINE_FEED, LINE_REST_START, lineWithoutCrc, verifiedCrc, writeCrc } from "./line-format.ts";
import type { RecordDraft, RecordHead, RecordLocation } from "./record.ts";
import { decodeHead, startsOf } from "./record-head.ts";

const HEAD_MEMBER = '"head":';
const HEAD_DIGITS = 8;
const HEAD_START = LINE_REST_START + HEAD_MEMBER.length;
const HEAD_REST_START = HEAD_START + HEAD_DIGITS;
const BODY_MEMBER = ',"body":[';
/** Behind the last body, the bracket of the bodies included. */
const RESULT_MEMBER = '],"result":';
/** Behind all: a brace and the line feed. */
const LINE_END_BYTES = 2;
const NO_HEAD_BYTES = " ".repeat(HEAD_DIGITS);
const HEAD_MARK = Buffer.from(HEAD_MEMBER, "latin1");

/** What the log adds to a draft. */
export interface RecordStamp {
  readonly seq: number;
  readonly durable: number;
  readonly prev: string;
  readonly time: string;
}

export interface EncodedRecord {
  /** The whole line, line feed included. */
  readonly bytes: Buffer;
  readonly head: RecordHead;
  readonly location: RecordLocation;
}

/** The line of a record that will stand at `offset` of its segment. */
export function encodeRecord(draft: RecordDraft, stamp: RecordStamp, offset = 0): EncodedRecord {
  const { txid, author, session, key, rows, bodies } = draft;
  assert(rows.length === bodies.length, "A record has one body a row");
  const { seq, durable, prev, time } = stamp;
  const fingerprint = key === undefined ? undefined : (draft.fingerprint ?? "");
  const sizes = bodies.map((body) => Buffer.byteLength(body));
  const { operations, subjects } = startsOf(rows);
  const head: RecordHead = {
    seq,
    durable,
    prev,
    txid,
    time,
    operations,
    subjects,
    author,
    session,
    key,
    fingerprint,
    rows,
    sizes,
  };
  const ending = draft.result === undefined ? "]" : `${RESULT_MEMBER}${draft.result}`;
  const bytes = lineWithoutCrc(
    `${HEAD_MEMBER}${NO_HEAD_BYTES}${headMembers(head)}${BODY_MEMBER}${bodies.join(",")}${ending}}`,
  );
  // Counted from the end, whose parts were measured before: measuring the head's text would cost as much as encoding it.
  const bodyStart = bytes.length - Buffer.byteLength(ending) - LINE_END_BYTES - joinedBytes(sizes);
  const headBytes = bodyStart - BODY_MEMBER.length;
  bytes.write(String(headBytes).padStart(HEAD_DIGITS), HEAD_START, "latin1");
  return { bytes, head, location: { offset, length: bytes.length, bodyStart, crc: writeCrc(bytes) } };
}

/** Bytes of bodies with a comma between each two. */
function joinedBytes(sizes: readonly number[]): number {
  let sum = Math.max(0, sizes.length - 1);
  for (const size of sizes) sum += size;
  return sum;
}

/** Spelled out member by member: a third of the time that JSON.stringify takes for the whole object. */
function headMembers(head: RecordHead): string {
  const { seq, durable, prev, txid, time, author, session, key, fingerprint, rows, sizes } = head;
  const optional =
    (session === undefined ? "" : `,"session":${jsonText(session)}`) +
    (key === undefined ? "" : `,"key":${jsonText(key)},"fingerprint":${jsonText(fingerprint)}`);
  return (
    `,"seq":${seq},"durable":${durable},"prev":"${prev}","txid":${jsonText(txid)},"time":"${time}",` +
    `"author":${jsonText(author)}${optional},"rows":${jsonText(rows)},"sizes":[${sizes.join(",")}]`
  );
}

/** True when the line in [start, end) claims to be a record (its CRC not looked at). */
export function isRecordLine(bytes: Buffer, start: number, end: number): boolean {
  return (
    end - start > HEAD_START + HEAD_DIGITS &&
    bytes.compare(HEAD_MARK, 0, HEAD_MARK.length, start + LINE_REST_START, HEAD_START + start) === 0
  );
}

export interface DecodedRecord {
  readonly head: RecordHead;
  readonly location: RecordLocation;
}

/** The head of the record line in [start, end) (line feed excluded) at `offset` of its segment; `undefined` when not sound. */
export function decodeRecord(bytes: Buffer, start: number, end: number, offset: number): DecodedRecord | undefined {
  if (!isRecordLine(bytes, start, end)) return undefined;
  const crc = verifiedCrc(bytes, start, end);
  if (crc === undefined) return undefined;
  const headBytes = decimalAt(bytes, start + HEAD_START, start + HEAD_REST_START);
  assert(headBytes > HEAD_REST_START && start + headBytes < end, "A record's head ends inside its line");
  const head = decodeHead(bytes.toString("latin1", start + HEAD_REST_START, start + headBytes));
  return { head, location: { offset, length: end - start + 1, bodyStart: headBytes + BODY_MEMBER.length, crc } };
}

/** A number in decimal digits, blanks before it. */
function decimalAt(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte !== 0x20) value = value * 10 + (byte - 0x30);
  }
  return value;
}

/** Whether any line in `bytes` is a sound record. */
export function holdsRecord(bytes: Buffer): boolean {
  let start = 0;
  for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
    if (decodeRecord(bytes, start, end, start) !== undefined) return true;
    start = end + 1;
  }
  return false;
}

/** Where each body starts, counted from the start of the line; a comma stands between two. */
export function bodyStarts({ sizes }: RecordHead, { bodyStart }: RecordLocation): readonly number[] {
  let start = bodyStart;
  return sizes.map((size) => {
    const here = start;
    start += size + 1;
    return here;
  });
}

/** The text of the result in a record's line (line feed excluded); `undefined` when it has none. */
export function resultText({ sizes }: RecordHead, { bodyStart }: RecordLocation, line: Buffer): Buffer | undefined {
  const start = bodyStart + joinedBytes(sizes) + RESULT_MEMBER.length;
  return start < line.length ? line.subarray(start, line.length - 1) : undefined;
}

/** A whole record, bodies and result included. */
export interface WholeRecord extends Omit<RecordHead, "operations" | "subjects"> {
  readonly body: readonly unknown[];
  readonly result?: unknown;
}

/** Parses a whole line whose CRC was verified before. */
export function decodeWholeRecord(line: Buffer): WholeRecord {
  return JSON.parse(line.toString("utf8", 0, line.length)) as WholeRecord;
}
