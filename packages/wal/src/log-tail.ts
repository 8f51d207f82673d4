/**
 * Follows the log: hands on every whole record once, in order, and stops at the first byte that is not part of one.
 *
 * Invariants (ENGINE F2, S2):
 * - Only whole lines are consumed; no byte of an unfinished line is kept between two calls.
 * - Each record has seq = last + 1 and prev = the CRC of the last one.
 * - The tail moves to another segment only by a valid seal.
 */
import { WalError, LogGapError } from "./errors.ts";
import { LINE_FEED } from "./line-format.ts";
import { decodeRecord } from "./record-format.ts";
import type { RecordHead, RecordLocation } from "./record.ts";
import { isGone, Segment } from "./segment.ts";
import type { SegmentOptions } from "./segment.ts";
import { decodeSeal } from "./segment-format.ts";
import type { Seal } from "./segment-format.ts";

/** Where a reader starts: behind the record `seq`, at the segment whose first record follows it. */
export interface LogStart {
  readonly segment: string;
  readonly seq: number;
  readonly crc: string;
  readonly time: string;
}

export type RecordListener = (head: RecordHead, location: RecordLocation, segment: Segment) => void;

/** Verified and cut up before it leaves the processor's cache. */
const CHUNK_BYTES = 256 * 1024;
/** No line is longer: a transaction is at most 8 MiB. */
const LINE_BYTES_MAX = 64 * 1024 * 1024;
const EPOCH = new Date(0).toISOString();

export class LogTail {
  readonly #options: SegmentOptions;
  readonly #onRecord: RecordListener;
  #segment: Segment;
  #offset: number;
  #seq: number;
  #crc: string;
  #time: string;
  #durableSeen = 0;
  /** Offset of the last record in this segment; `undefined` before the first. */
  #lastOffset: number | undefined;
  #isOwn = false;
  #readCount = 0;
  /** What is read at once. Records keep nothing of it. */
  #chunk: Buffer | undefined;

  /** @throws LogGapError when the segment is gone; WalError LOG_DAMAGED when it does not follow `start` */
  constructor(options: SegmentOptions, start: LogStart, onRecord: RecordListener) {
    this.#options = options;
    this.#onRecord = onRecord;
    this.#segment = openFollowing(options, start.segment, start);
    this.#offset = this.#segment.recordsStart;
    this.#seq = start.seq;
    this.#crc = start.crc;
    this.#time = start.time === "" ? EPOCH : start.time;
  }

  get segment(): Segment {
    return this.#segment;
  }
  /** Offset behind the last whole record. */
  get offset(): number {
    return this.#offset;
  }
  get seq(): number {
    return this.#seq;
  }
  get crc(): string {
    return this.#crc;
  }
  get time(): string {
    return this.#time;
  }
  /** Whether the last record was appended through this tail: nobody else has appended since. */
  get isOwn(): boolean {
    return this.#isOwn;
  }
  /** How many records were read; those that `accept` took are not. */
  get readCount(): number {
    return this.#readCount;
  }
  /** The highest durable mark that a record carried. */
  get durableSeen(): number {
    return this.#durableSeen;
  }

  /**
   * Reads to the end of the log. Costs one fstat when nothing is new.
   * @returns true when the log ends with the last whole record, false when other bytes follow it
   * @throws LogGapError when the next segment is gone (a checkpoint dropped it)
   */
  advance(): boolean {
    for (;;) {
      const stat = this.#segment.stat();
      const before = this.#segment;
      const clean = stat.sizeBytes === this.#offset || this.#readTo(stat.sizeBytes);
      if (this.#segment !== before) continue;
      if (stat.linkCount > 0) return clean;
      this.#followReplacement();
    }
  }

  /**
   * Whether nothing follows the last whole record: one read, the cheapest question there is. Every commit shows in it, and a
   * replaced segment too, to which a byte was added before (D1). Only that strangers removed the file shows in `advance` alone.
   */
  isAtEnd(): boolean {
    return this.#segment.endsAt(this.#offset);
  }

  /** Takes over a record this process appended itself. */
  accept(head: RecordHead, location: RecordLocation): void {
    this.#pass(head, location);
    this.#isOwn = true;
    this.#offset = location.offset + location.length;
  }

  close(): void {
    this.#segment.release();
  }

  /** Consumes whole records up to `sizeBytes`; true when nothing else is left. May move to the next segment. */
  #readTo(sizeBytes: number): boolean {
    let chunkBytes = CHUNK_BYTES;
    while (this.#offset < sizeBytes) {
      const start = this.#offset;
      const chunk = this.#read(start, Math.min(chunkBytes, sizeBytes - start));
      const sealed = this.#consume(chunk, start);
      if (sealed !== undefined) {
        this.#moveTo(sealed);
        return true;
      }
      if (this.#offset > start) chunkBytes = CHUNK_BYTES;
      else if (chunk.length < chunkBytes || chunk.includes(LINE_FEED) || chunkBytes >= LINE_BYTES_MAX) return false;
      else chunkBytes *= 2;
    }
    return true;
  }

  #read(offset: number, length: number): Buffer {
    this.#chunk ??= length < CHUNK_BYTES ? undefined : Buffer.allocUnsafeSlow(CHUNK_BYTES);
    return this.#segment.read(offset, length, this.#chunk);
  }

  #consume(chunk: Buffer, base: number): Seal | undefined {
    let lineStart = 0;
    for (;;) {
      const lineEnd = chunk.indexOf(LINE_FEED, lineStart);
      if (lineEnd === -1) return undefined;
      const record = decodeRecord(chunk, lineStart, lineEnd, base + lineStart);
      if (record === undefined) {
        const seal = decodeSeal(chunk, lineStart, lineEnd);
        return seal !== undefined && seal.last === this.#seq && seal.prev === this.#crc ? seal : undefined;
      }
      if (record.head.seq !== this.#seq + 1 || record.head.prev !== this.#crc) return undefined;
      this.#pass(record.head, record.location);
      this.#isOwn = false;
      this.#readCount += 1;
      lineStart = lineEnd + 1;
      this.#offset = base + lineStart;
    }
  }

  #pass(head: RecordHead, location: RecordLocation): void {
    this.#seq = head.seq;
    this.#crc = location.crc;
    this.#time = head.time;
    this.#lastOffset = location.offset;
    if (head.durable > this.#durableSeen) this.#durableSeen = head.durable;
    this.#onRecord(head, location, this.#segment);
  }

  #moveTo(seal: Seal): void {
    const next = openFollowing(this.#options, seal.next, { seq: this.#seq, crc: this.#crc });
    this.#segment.release();
    this.#segment = next;
    this.#offset = next.recordsStart;
    this.#lastOffset = undefined;
  }

  /** The open file has no name any more and no seal: a repair put a copy in its place. */
  #followReplacement(): void {
    try {
      this.#segment.reopen(this.#lastOffset === undefined ? undefined : { offset: this.#lastOffset, crc: this.#crc });
    } catch (error) {
      if (isGone(error)) throw new LogGapError(this.#segment.name);
      throw error;
    }
  }
}

function openFollowing(
  options: SegmentOptions,
  name: string,
  last: { readonly seq: number; readonly crc: string },
): Segment {
  let segment: Segment;
  try {
    segment = Segment.open(options, name);
  } catch (error) {
    if (isGone(error)) throw new LogGapError(name);
    throw error;
  }
  if (segment.firstSeq !== last.seq + 1 || segment.header.prev !== last.crc) {
    segment.release();
    throw new WalError("LOG_DAMAGED", `Cannot follow the log: segment "${name}" does not continue record ${last.seq}`, {
      hint: "Nothing was changed. Run: knot doctor",
      context: { path: segment.path, expected: last.crc, found: segment.header.prev },
    });
  }
  return segment;
}
