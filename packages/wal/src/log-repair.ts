/**
 * Replaces a segment that some process failed to sync (ENGINE D1). After a failed sync the kernel may hold bytes that
 * the disk does not, and a second sync reports success over the hole; only a fresh copy of what can be read is sound.
 *
 * Invariants:
 * - The caller holds `wal/lock`. The copy is locked too before it takes the name (L2).
 * - The copy has the same bytes at the same offsets up to the last whole line, so offsets and seals stay valid.
 * - The old bytes stay in quarantine, copied, not linked: the old file must end with no name, which is how every
 *   reader learns of the replacement.
 */
import { join } from "node:path";
import { isDiskError, randomToken, writeFully } from "@knotwork/disk";
import type { Disk, DiskFile, Random } from "@knotwork/disk";
import type { DurableMarks, Suspect } from "./durable-marks.ts";
import { WalError } from "./errors.ts";
import { crcHex, LINE_FEED, verifiedCrc } from "./line-format.ts";
import { discard, writeQuarantineFile } from "./recovery.ts";
import type { WalPaths } from "./segment-names.ts";

export interface LogRepairOptions {
  readonly disk: Disk;
  readonly random: Random;
  readonly paths: WalPaths;
  readonly marks: DurableMarks;
  readonly quarantineDirectory: string;
}

/**
 * Replaces every segment that a suspect slot names. Returns true when it replaced one.
 * @throws WalError LOG_DAMAGED when what was durable before the failed sync cannot be read any more
 */
export function replaceSuspectSegments(options: LogRepairOptions): boolean {
  let replaced = false;
  for (const suspect of options.marks.read().suspects) {
    const stat = options.disk.stat(options.paths.segment(suspect.segment));
    const isSameFile = stat !== undefined && String(stat.ino) === suspect.ino && String(stat.dev) === suspect.dev;
    if (isSameFile) {
      replaceSegment(options, suspect);
      replaced = true;
    }
    options.marks.clearSuspect(suspect);
  }
  return replaced;
}

function replaceSegment(options: LogRepairOptions, suspect: Suspect): void {
  const { disk, paths, quarantineDirectory } = options;
  const path = paths.segment(suspect.segment);
  const bytes = readAll(disk, path);
  const sound = bytes.subarray(0, soundLength(bytes, suspect, path));
  writeQuarantineFile(
    disk,
    join(quarantineDirectory, `${suspect.segment}.suspect-${suspect.ino}-${crcHex(bytes)}`),
    bytes,
  );
  const temporary = join(paths.directory, `.repair-${randomToken(options.random, 12)}`);
  const copy = writeCopy(disk, temporary, sound);
  try {
    disk.syncDirectory(quarantineDirectory);
    disk.syncDirectory(paths.directory);
    disk.rename(temporary, path);
    disk.syncDirectory(paths.directory);
  } catch (error) {
    discard(disk, temporary);
    throw error;
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

/** Length through the last whole sound line. What follows was never acknowledged, unless the slot says otherwise. */
function soundLength(bytes: Buffer, suspect: Suspect, path: string): number {
  let end = 0;
  let lastSeq = 0;
  for (let lineEnd = bytes.indexOf(LINE_FEED); lineEnd !== -1; lineEnd = bytes.indexOf(LINE_FEED, end)) {
    if (verifiedCrc(bytes, end, lineEnd) === undefined) break;
    const line = JSON.parse(bytes.toString("utf8", end, lineEnd)) as {
      readonly seq?: number;
      readonly seal?: { readonly last: number };
    };
    lastSeq = line.seq ?? line.seal?.last ?? lastSeq;
    end = lineEnd + 1;
  }
  if (lastSeq >= suspect.seq || (lastSeq === 0 && end > 0 && suspect.seq < firstSeqOf(bytes))) return end;
  throw new WalError(
    "LOG_DAMAGED",
    `Cannot replace a segment that failed to sync: record ${lastSeq + 1} was durable and cannot be read`,
    {
      hint: "Nothing was changed and reading goes on. Run: knot doctor",
      context: { path, offset: end, lastSeq, durableSeq: suspect.seq },
    },
  );
}

function firstSeqOf(bytes: Buffer): number {
  return (JSON.parse(bytes.toString("utf8", 0, bytes.indexOf(LINE_FEED))) as { readonly first: number }).first;
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

/** Whether an error of a repair is lack of space: then the repair is tried again later. */
export function isNoSpace(error: unknown): boolean {
  return isDiskError(error, "ENOSPC", "EDQUOT");
}
