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
import { isDiskError, writeFully } from "@knotwork/disk";
import type { Disk } from "@knotwork/disk";
import { WalError } from "./errors.ts";
import { crcHex, LINE_FEED } from "./line-format.ts";
import { decodeRecord } from "./record-format.ts";
import type { Segment } from "./segment.ts";

export interface CutTailOptions {
  readonly disk: Disk;
  readonly segment: Segment;
  /** Offset behind the last whole record, and that record's seq. */
  readonly offset: number;
  readonly lastSeq: number;
  /** The highest seq that a mark, a manifest, a sound record or this process knows durable. */
  readonly durableSeq: number;
  readonly quarantineDirectory: string;
}

/**
 * Copies the tail to quarantine and cuts it. On return the log ends, durably, with its last whole record.
 * @throws WalError LOG_DAMAGED when the tail held something durable: nothing was changed
 * @throws DiskError when the copy failed: nothing was cut
 */
export function cutTail(options: CutTailOptions): void {
  const { segment, offset } = options;
  assertTailIsUnsynced(options);
  const tail = segment.read(offset, segment.stat().sizeBytes - offset);
  if (tail.length > 0) copyToQuarantine(options, tail);
  segment.truncate(offset);
  segment.syncData();
}

/** @throws WalError LOG_DAMAGED when a valid durable mark reaches into the bytes that cannot be read */
export function assertTailIsUnsynced(options: Omit<CutTailOptions, "quarantineDirectory" | "disk">): void {
  const { segment, offset, lastSeq } = options;
  const tail = segment.read(offset, Math.max(0, segment.stat().sizeBytes - offset));
  const durableSeq = Math.max(options.durableSeq, durableInTail(tail));
  if (durableSeq <= lastSeq) return;
  throw new WalError("LOG_DAMAGED", `Cannot use the log: record ${lastSeq + 1} was durable and cannot be read`, {
    hint: "Nothing was changed and reading goes on. Run: knot doctor",
    context: { path: segment.path, offset, lastSeq, durableSeq },
  });
}

/** The highest durable mark of any sound record among bytes that are not a sound continuation of the log. */
function durableInTail(tail: Buffer): number {
  let durable = 0;
  let lineStart = 0;
  for (;;) {
    const lineEnd = tail.indexOf(LINE_FEED, lineStart);
    if (lineEnd === -1) return durable;
    const record = decodeRecord(tail, lineStart, lineEnd, lineStart) ?? decodeAfterNuls(tail, lineStart, lineEnd);
    if (record !== undefined && record.head.durable > durable) durable = record.head.durable;
    lineStart = lineEnd + 1;
  }
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

/** Writes a copy durably; a copy of the same name and length is the same bytes, since the name carries their CRC. */
export function writeQuarantineFile(disk: Disk, path: string, bytes: Buffer): void {
  const existing = disk.stat(path);
  if (existing !== undefined && existing.sizeBytes === bytes.length) return;
  if (existing !== undefined) disk.unlink(path);
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
