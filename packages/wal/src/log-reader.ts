/** Reads whole records of segments that are not appended to any more: what a checkpoint moves, what a check verifies. */
import type { Disk } from "@knotwork/disk";
import { LogGapError, WalError } from "./errors.ts";
import { LINE_FEED } from "./line-format.ts";
import type { LogStart } from "./log-tail.ts";
import { decodeRecord } from "./record-format.ts";
import type { DecodedRecord } from "./record-format.ts";
import { isGone, Segment } from "./segment.ts";
import { decodeSeal } from "./segment-format.ts";
import type { WalPaths } from "./segment-names.ts";

export interface LogReaderOptions {
  readonly disk: Disk;
  readonly paths: WalPaths;
  readonly storeId: string;
  readonly start: LogStart;
  /** The last seq to read. */
  readonly through: number;
}

const CHUNK_BYTES = 1024 * 1024;

/** A record with its line: the bodies are parsed by whoever needs them (`decodeWholeRecord`). */
export interface RecordLine extends DecodedRecord {
  /** The line without its line feed; valid until the next one is asked for. */
  readonly line: Buffer;
}

/**
 * Yields the records behind `start` up to `through`, each verified and chained to the one before.
 * @throws LogGapError when a segment is gone; WalError LOG_DAMAGED at the first byte that is not sound
 */
export function* readRecords(options: LogReaderOptions): Generator<RecordLine> {
  const { through } = options;
  let last = { seq: options.start.seq, crc: options.start.crc };
  let name: string | undefined = options.start.segment;
  while (name !== undefined && last.seq < through) {
    const segment = openSegment(options, name);
    try {
      name = undefined;
      for (const line of readLines(segment)) {
        const decoded = decodeRecord(line.bytes, 0, line.bytes.length, line.offset);
        if (decoded === undefined) {
          name = decodeSeal(line.bytes, 0, line.bytes.length)?.next;
          if (name === undefined) throw damaged(segment.path, line.offset, last.seq + 1);
          break;
        }
        if (decoded.head.seq !== last.seq + 1 || decoded.head.prev !== last.crc)
          throw damaged(segment.path, line.offset, last.seq + 1);
        last = { seq: decoded.head.seq, crc: decoded.location.crc };
        yield { head: decoded.head, location: decoded.location, line: line.bytes };
        if (last.seq === through) return;
      }
    } finally {
      segment.release();
    }
  }
  if (last.seq < through) throw damaged(options.paths.directory, 0, last.seq + 1);
}

/** The lines behind the header, without their line feeds. Bytes behind the last line feed are left out. */
function* readLines(segment: Segment): Generator<{ readonly bytes: Buffer; readonly offset: number }> {
  let offset = segment.recordsStart;
  let chunkBytes = CHUNK_BYTES;
  for (;;) {
    const chunk = segment.read(offset, chunkBytes);
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      yield { bytes: chunk.subarray(start, end), offset: offset + start };
      start = end + 1;
    }
    if (start === 0 && chunk.length < chunkBytes) return;
    chunkBytes = start === 0 ? chunkBytes * 2 : CHUNK_BYTES;
    offset += start;
  }
}

function openSegment({ disk, paths, storeId }: LogReaderOptions, name: string): Segment {
  try {
    return Segment.open({ disk, paths, storeId, writable: false }, name);
  } catch (error) {
    if (isGone(error)) throw new LogGapError(name);
    throw error;
  }
}

function damaged(path: string, offset: number, seq: number): WalError {
  return new WalError("LOG_DAMAGED", `Cannot read the log: record ${seq} is damaged or missing`, {
    hint: "Nothing was changed. Run: knot doctor",
    context: { path, offset, seq },
  });
}
