/**
 * Replaces a segment that some process failed to sync (ENGINE D1). After a failed sync the kernel may hold bytes that
 * the disk does not, and a second sync reports success over the hole; only a fresh copy of what can be read is sound.
 *
 * Invariants:
 * - The caller holds `wal/lock`. The copy is locked too before it takes the name (L2).
 * - The copy has the same bytes at the same offsets up to the last whole line, so offsets and seals stay valid.
 * - The old bytes stay in quarantine, copied, not linked: the old file must end with no name, which is how every
 *   reader learns of the replacement.
 * - Before the old file loses its name a byte is added to it: who has read to its end sees by one short read that there
 *   is something to look at (`LogTail.isAtEnd`). Should the repairer die in between, the next one finds an unsynced tail.
 *   Nobody stands at the end of a sealed one, and nothing is added behind a seal, where it would be damage.
 */
import { join } from "node:path";
import { randomToken, writeFully } from "@knotwork/disk";
import type { Disk, DiskFile, Random } from "@knotwork/disk";
import type { DurableMarks, Suspect } from "./durable-marks.ts";
import { WalError } from "./errors.ts";
import { crcHex, LINE_FEED } from "./line-format.ts";
import type { LockedContext } from "./log-append.ts";
import { decodeRecord } from "./record-format.ts";
import { assertTailIsUnsynced, discard, writeQuarantineFile } from "./recovery.ts";
import { decodeSeal, decodeSegmentHeader } from "./segment-format.ts";

export interface LogRepairOptions extends Omit<LockedContext, "lock" | "tail"> {
  readonly storeId: string;
  readonly random: Random;
  readonly marks: DurableMarks;
}

/**
 * Replaces every segment that a suspect slot names. Returns true when it replaced one.
 * @throws WalError LOG_DAMAGED when what was durable before the failed sync cannot be read any more
 * @throws DiskError when a copy could not be made: nothing was changed
 * @throws WalError OUTCOME_UNKNOWN when the copy could not take the place of the segment for certain
 */
export function replaceSuspectSegments(options: LogRepairOptions): boolean {
  const { disk, paths, marks, sync } = options;
  let replaced = false;
  for (const suspect of marks.read().suspects) {
    const stat = disk.stat(paths.segment(suspect.segment));
    const isSameFile = stat !== undefined && String(stat.ino) === suspect.ino && String(stat.dev) === suspect.dev;
    if (isSameFile) replaceSegment(options, suspect);
    // Whoever replaced it died before the name was durable, perhaps.
    else if (stat !== undefined) sync.syncName({ name: suspect.segment, identity: stat });
    replaced ||= isSameFile;
    marks.clearSuspect(suspect);
  }
  return replaced;
}

function replaceSegment(options: LogRepairOptions, suspect: Suspect): void {
  const { disk, paths, quarantineDirectory, sync } = options;
  const name = suspect.segment;
  const path = paths.segment(name);
  const bytes = readAll(disk, path);
  const { length, isSealed } = soundPart(options, bytes, suspect);
  writeQuarantineFile(disk, join(quarantineDirectory, `${name}.suspect-${suspect.ino}-${crcHex(bytes)}`), bytes);
  const temporary = join(paths.directory, `.repair-${randomToken(options.random, 12)}`);
  const copy = writeCopy(disk, temporary, bytes.subarray(0, length));
  try {
    prepareReplacement(options, { temporary, path, isSealed });
    sync.orPoison("a segment that failed to sync could not be replaced", () => disk.rename(temporary, path));
    sync.syncName({ name, identity: copy.stat() });
  } finally {
    copy.close();
  }
}

function readAll(disk: Disk, path: string): Buffer {
  const file = disk.open(path, "read");
  try {
    const bytes = Buffer.allocUnsafe(file.stat().sizeBytes);
    return bytes.subarray(0, file.read(bytes, 0, bytes.length, 0));
  } finally {
    file.close();
  }
}

/** All through the last whole line of the chain, seal included. What follows is judged like every tail (R1). */
function soundPart(
  options: LogRepairOptions,
  bytes: Buffer,
  suspect: Suspect,
): { readonly length: number; readonly isSealed: boolean } {
  const { disk, paths, storeId, sync } = options;
  const path = paths.segment(suspect.segment);
  const header = decodeSegmentHeader(bytes, storeId, path);
  if (header === undefined) throw headerDamaged(path);
  let offset = header.bytes;
  let seq = header.header.first - 1;
  let crc = header.header.prev;
  for (let end = bytes.indexOf(LINE_FEED, offset); end !== -1; end = bytes.indexOf(LINE_FEED, offset)) {
    const record = decodeRecord(bytes, offset, end, offset);
    if (record === undefined) {
      const seal = decodeSeal(bytes, offset, end);
      if (seal?.last === seq && seal.prev === crc) return { length: end + 1, isSealed: true };
      break;
    }
    if (record.head.seq !== seq + 1 || record.head.prev !== crc) break;
    seq = record.head.seq;
    crc = record.location.crc;
    offset = end + 1;
  }
  const durableSeq = Math.max(suspect.seq, sync.readMarks());
  const tail = bytes.subarray(offset);
  assertTailIsUnsynced({ disk, paths, segment: suspect.segment, tail, offset, lastSeq: seq, durableSeq });
  return { length: offset, isSealed: false };
}

function headerDamaged(path: string): WalError {
  return new WalError("LOG_DAMAGED", "Cannot replace a segment that failed to sync: its header is damaged", {
    hint: "Nothing was changed and reading goes on. Run: knot doctor",
    context: { path, offset: 0 },
  });
}

function writeCopy(disk: Disk, path: string, bytes: Buffer): DiskFile {
  const file = disk.open(path, "create-new");
  try {
    // Locked before it takes the name, so that nobody appends to it until the kernel lock is free (L2).
    file.tryLock("exclusive");
    writeFully(file, bytes, 0);
    file.syncData();
    return file;
  } catch (error) {
    file.close();
    discard(disk, path);
    throw error;
  }
}

/** What must be so before the copy takes the name. */
function prepareReplacement(
  { disk, paths, quarantineDirectory }: LogRepairOptions,
  { temporary, path, isSealed }: { readonly temporary: string; readonly path: string; readonly isSealed: boolean },
): void {
  try {
    disk.syncDirectory(quarantineDirectory);
    disk.syncDirectory(paths.directory);
    if (!isSealed) addSign(disk, path);
  } catch (error) {
    discard(disk, temporary);
    throw error;
  }
}

/** A byte that belongs to no line. It need not last: it is for those who have the file open now. */
function addSign(disk: Disk, path: string): void {
  const file = disk.open(path, "append");
  try {
    writeFully(file, Buffer.from("#"));
  } finally {
    file.close();
  }
}
