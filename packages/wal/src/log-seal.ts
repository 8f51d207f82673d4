/**
 * Ends the active segment and begins its successor, under the lock (ENGINE S3).
 *
 * Invariants:
 * - Every record of the segment is durable before its seal exists.
 * - The successor and its name are durable before the seal that points to it exists.
 * - Nothing follows a seal.
 */
import { isDiskError, writeFully } from "@knotwork/disk";
import type { Disk, DiskFile, ProcessLock } from "@knotwork/disk";
import { WalError } from "./errors.ts";
import { LINE_FEED } from "./line-format.ts";
import { assertAppendable, noSpace } from "./log-append.ts";
import type { LogSync } from "./log-sync.ts";
import type { LogTail } from "./log-tail.ts";
import { decodeRecord } from "./record-format.ts";
import { discard } from "./recovery.ts";
import { encodeSeal, encodeSegmentHeader } from "./segment-format.ts";
import { segmentName } from "./segment-names.ts";
import type { WalPaths } from "./segment-names.ts";

export interface SealContext {
  readonly disk: Disk;
  readonly lock: ProcessLock;
  readonly paths: WalPaths;
  readonly storeId: string;
  readonly tail: LogTail;
  readonly sync: LogSync;
  readonly quarantineDirectory: string;
}

/** Does nothing to a segment without a record. On return the tail stands at the start of the successor. */
export function sealSegment(context: SealContext): void {
  const { disk, paths, tail, sync } = context;
  assertAppendable(context);
  if (tail.seq < tail.segment.firstSeq) return;
  sync.syncPredecessor(tail.segment);
  sync.syncBlocking();
  const name = segmentName(tail.seq + 1);
  const successor = createSuccessor(context, name);
  try {
    disk.syncDirectory(paths.directory);
    appendSeal(context, name);
  } catch (error) {
    if (sync.poison === undefined) discard(disk, paths.segment(name));
    throw error;
  } finally {
    successor.close();
  }
  tail.advance();
}

function createSuccessor(context: SealContext, name: string): DiskFile {
  const { disk, paths, storeId, tail } = context;
  const path = paths.segment(name);
  discardOrphan(context, path);
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

/** A successor that no seal points to was left by a crash; it must not hold a record. */
function discardOrphan(context: SealContext, path: string): void {
  const { disk, tail } = context;
  if (disk.stat(path) === undefined) return;
  const file = disk.open(path, "read");
  try {
    const bytes = Buffer.alloc(file.stat().sizeBytes);
    file.read(bytes, 0, bytes.length, 0);
    if (holdsRecord(bytes)) {
      throw new WalError(
        "LOG_DAMAGED",
        `Cannot seal the log: the segment after record ${tail.seq} holds records, and the seal before it is missing`,
        {
          hint: "Nothing was changed and reading goes on. Run: knot doctor",
          context: { path },
        },
      );
    }
  } finally {
    file.close();
  }
  disk.unlink(path);
}

function holdsRecord(bytes: Buffer): boolean {
  let start = 0;
  for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
    if (decodeRecord(bytes, start, end, start) !== undefined) return true;
    start = end + 1;
  }
  return false;
}

function appendSeal(context: SealContext, next: string): void {
  const { tail, sync } = context;
  const start = tail.offset;
  const { bytes } = encodeSeal({ next, last: tail.seq, prev: tail.crc });
  try {
    const count = tail.segment.append(bytes);
    if (count !== bytes.length) {
      tail.segment.truncate(start);
      throw noSpace(tail.segment.path);
    }
  } catch (error) {
    if (error instanceof WalError || isDiskError(error, "ENOSPC", "EDQUOT")) throw error;
    throw sync.poisonWith(error, "the seal could not be written");
  }
  const stat = tail.segment.stat();
  if (stat.sizeBytes !== start + bytes.length)
    throw sync.poisonWith(undefined, "the log has not the size it must have after a seal");
  try {
    tail.segment.syncData();
  } catch (error) {
    throw sync.syncFailed({ name: tail.segment.name, stat }, error);
  }
}
