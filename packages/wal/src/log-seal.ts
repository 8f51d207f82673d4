/**
 * Ends the active segment and begins its successor, under the lock (ENGINE S3).
 *
 * Invariants:
 * - Every record of the segment is durable before its seal exists.
 * - The successor and its name are durable before the seal that points to it exists.
 * - Nothing follows a seal.
 */
import { isDiskError, RETRY_LOCK, writeFully } from "@knotwork/disk";
import type { DiskFile } from "@knotwork/disk";
import { assertAppendable, noSpace } from "./log-append.ts";
import type { LockedContext } from "./log-append.ts";
import type { LogSync } from "./log-sync.ts";
import type { LogStart } from "./log-tail.ts";
import { assertIsLast, discard } from "./recovery.ts";
import type { Segment } from "./segment.ts";
import { encodeSeal, encodeSegmentHeader } from "./segment-format.ts";
import { segmentName } from "./segment-names.ts";

export interface SealContext extends LockedContext {
  readonly storeId: string;
}

/** Does nothing to a segment without a record. Gives where the successor starts; the tail stands there too. */
export function sealSegment(context: SealContext): LogStart | typeof RETRY_LOCK {
  const { disk, paths, tail, sync } = context;
  if (sync.isInFlight) return RETRY_LOCK;
  assertAppendable(context);
  const { seq, crc, time } = tail;
  if (seq < tail.segment.firstSeq) return { segment: tail.segment.name, seq, crc, time };
  assertIsLast(disk, paths, tail.segment.name);
  sync.prepareSegment(tail.segment);
  sync.syncBlocking();
  const name = segmentName(seq + 1);
  const successor = createSuccessor(context, name);
  try {
    sealWith(context, name);
    tail.advance();
  } finally {
    successor.close();
  }
  return { segment: name, seq, crc, time };
}

/** Writes the seal that names the successor; takes the successor away when there is surely no such seal. */
function sealWith(context: SealContext, name: string): void {
  const { disk, paths, sync } = context;
  try {
    disk.syncDirectory(paths.directory);
    appendSeal(context, name);
  } catch (error) {
    if (sync.poison === undefined) discard(disk, paths.segment(name));
    throw error;
  }
}

function createSuccessor(context: SealContext, name: string): DiskFile {
  const { disk, paths, storeId, tail } = context;
  const path = paths.segment(name);
  // A successor that no seal points to was left by a crash, and holds no record.
  if (disk.stat(path) !== undefined) disk.unlink(path);
  const file = disk.open(path, "create-new");
  try {
    file.tryLock("exclusive");
    writeFully(file, encodeSegmentHeader({ store: storeId, first: tail.seq + 1, prev: tail.crc }).bytes, 0);
    file.syncData();
    return file;
  } catch (error) {
    file.close();
    discard(disk, path);
    throw error;
  }
}

/** From the write on, every failure but a full disk poisons: a seal may stand that names the successor. */
function appendSeal({ tail, sync }: SealContext, next: string): void {
  const { segment } = tail;
  const start = tail.offset;
  const { bytes } = encodeSeal({ next, last: tail.seq, prev: tail.crc });
  const count = tryAppend(segment, bytes, sync);
  const { sizeBytes } = sync.orPoison("the log could not be looked at after a seal", () => segment.stat());
  if (sizeBytes !== start + count)
    throw sync.poisonWith(undefined, "the log has not the size it must have after a seal");
  if (count < bytes.length) {
    if (count > 0) sync.cut(segment, start);
    throw noSpace(segment.path);
  }
  try {
    segment.syncData();
  } catch (error) {
    throw sync.syncFailed(segment, error);
  }
}

/** The number of bytes that were written; 0 when there was no room for any. */
function tryAppend(segment: Segment, bytes: Buffer, sync: LogSync): number {
  try {
    return segment.append(bytes);
  } catch (error) {
    if (isDiskError(error, "ENOSPC", "EDQUOT")) return 0;
    throw sync.poisonWith(error, "the seal could not be written");
  }
}
