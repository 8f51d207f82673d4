/**
 * Judges the bytes behind the last whole record and cuts them off: the only file that shortens a log after the writer
 * that appended has gone (docs/GUARANTEES.md, "Recovery"; ENGINE R1, R2).
 *
 * Invariants:
 * - Only the holder of the kernel lock calls it.
 * - A tail is cut only after its copy in quarantine is durable; a tail that cannot be copied is not cut.
 * - What any durable mark covers is never cut: it is damage, reported and left as it is.
 */
import { join } from "node:path";
import { isDiskError, readWholeFile, writeFully } from "@knotwork/disk";
import type { Disk } from "@knotwork/disk";
import { WalError } from "./errors.ts";
import { crcHex, LINE_FEED } from "./line-format.ts";
import type { LogSync } from "./log-sync.ts";
import { decodeRecord, holdsRecord } from "./record-format.ts";
import type { Segment } from "./segment.ts";
import { decodeSeal } from "./segment-format.ts";
import { segmentFirstSeq } from "./segment-names.ts";
import type { WalPaths } from "./segment-names.ts";

export interface Judgement {
  readonly disk: Disk;
  readonly paths: WalPaths;
  /** The segment that cannot be read to its end. */
  readonly segment: string;
  /** What follows its last whole record. */
  readonly tail: Buffer;
  /** Offset behind that record, and its seq. */
  readonly offset: number;
  readonly lastSeq: number;
  /** The highest seq that a mark, a manifest, a sound record or this process knows durable. */
  readonly durableSeq: number;
}

export interface CutTailOptions extends Omit<Judgement, "segment" | "tail"> {
  readonly segment: Segment;
  readonly sync: LogSync;
  readonly quarantineDirectory: string;
}

/**
 * Copies the tail to quarantine and cuts it. On return the log ends, durably, with its last whole record.
 * @throws WalError LOG_DAMAGED when the tail held something durable: nothing was changed
 * @throws DiskError when the copy failed: nothing was cut
 * @throws WalError OUTCOME_UNKNOWN when the cut failed
 */
export function cutTail(options: CutTailOptions): void {
  const { segment, offset, sync } = options;
  const tail = readTail(segment, offset);
  assertTailIsUnsynced({ ...options, segment: segment.name, tail });
  copyToQuarantine(options, tail);
  sync.cut(segment, offset);
}

export function readTail(segment: Segment, offset: number): Buffer {
  return segment.read(offset, Math.max(0, segment.stat().sizeBytes - offset));
}

/**
 * R1: bytes that cannot be read are damage when any valid durable mark reaches into them, and always in a segment that was
 * sealed: a seal is written only when every record before it is durable.
 * @throws WalError LOG_DAMAGED
 */
export function assertTailIsUnsynced(judgement: Judgement): void {
  const { disk, paths, segment, tail, offset, lastSeq } = judgement;
  const found = findDurable(tail);
  const durableSeq = Math.max(judgement.durableSeq, found.durableSeq);
  if (durableSeq <= lastSeq && !found.isSealed && !hasLaterRecord(disk, paths, segment)) return;
  throw new WalError("LOG_DAMAGED", `Cannot use the log: record ${lastSeq + 1} was durable and cannot be read`, {
    hint: "Nothing was changed and reading goes on. Run: knot doctor",
    context: { path: paths.segment(segment), offset, lastSeq, durableSeq },
  });
}

/**
 * S3: no segment behind an unsealed one holds a record; else the seal between them was lost.
 * @throws WalError LOG_DAMAGED
 */
export function assertIsLast(disk: Disk, paths: WalPaths, segment: string): void {
  if (!hasLaterRecord(disk, paths, segment)) return;
  throw new WalError("LOG_DAMAGED", `Cannot use the log: the seal of segment "${segment}" is missing`, {
    hint: "Nothing was changed and reading goes on. Run: knot doctor",
    context: { path: paths.segment(segment) },
  });
}

function hasLaterRecord(disk: Disk, paths: WalPaths, segment: string): boolean {
  return disk
    .list(paths.directory)
    .filter((name) => segmentFirstSeq(name) !== undefined && name > segment)
    .some((name) => holdsRecord(readWholeFile(disk, paths.segment(name)) ?? Buffer.alloc(0)));
}

/** What sound lines among bytes that are not a sound continuation of the log say of what was durable. */
function findDurable(tail: Buffer): { readonly durableSeq: number; readonly isSealed: boolean } {
  let durableSeq = 0;
  let isSealed = false;
  let lineStart = 0;
  for (let lineEnd = tail.indexOf(LINE_FEED); lineEnd !== -1; lineEnd = tail.indexOf(LINE_FEED, lineStart)) {
    const record = decodeRecord(tail, lineStart, lineEnd, lineStart) ?? decodeAfterNuls(tail, lineStart, lineEnd);
    if (record !== undefined && record.head.durable > durableSeq) durableSeq = record.head.durable;
    isSealed ||= decodeSeal(tail, lineStart, lineEnd) !== undefined;
    lineStart = lineEnd + 1;
  }
  return { durableSeq, isSealed };
}

/** A lost page leaves NULs; the line that a later page holds begins behind them, somewhere in the middle of a "line". */
function decodeAfterNuls(tail: Buffer, lineStart: number, lineEnd: number): ReturnType<typeof decodeRecord> {
  const lastNul = tail.subarray(lineStart, lineEnd).lastIndexOf(0);
  return lastNul === -1 ? undefined : decodeRecord(tail, lineStart + lastNul + 1, lineEnd, lineStart);
}

function copyToQuarantine(options: CutTailOptions, tail: Buffer): void {
  const { disk, segment, offset, quarantineDirectory } = options;
  const path = join(quarantineDirectory, `${segment.name}.tail-${offset}-${crcHex(tail)}`);
  writeQuarantineFile(disk, path, tail);
  disk.syncDirectory(quarantineDirectory);
}

/**
 * Writes a copy durably. One of the same name is written anew: a crash while it was written may have left its length and
 * not its bytes, or bytes that are not durable yet.
 */
export function writeQuarantineFile(disk: Disk, path: string, bytes: Buffer): void {
  if (disk.stat(path) !== undefined) disk.unlink(path);
  const file = disk.open(path, "create-new");
  try {
    writeFully(file, bytes, 0);
    file.syncData();
  } catch (error) {
    discard(disk, path);
    throw error;
  } finally {
    file.close();
  }
}

/** Removes a file that nothing names yet. */
export function discard(disk: Disk, path: string): void {
  try {
    disk.unlink(path);
  } catch (error) {
    // The step it belonged to failed already and says so; an orphan is collected later.
    if (!isDiskError(error)) throw error;
  }
}
