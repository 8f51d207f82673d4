/**
 * Appends records at the end of the log, under the lock (ENGINE section 1, steps 2 to 4).
 *
 * Invariants:
 * - Before the write: the segment is the file its path names, ends with the last whole record, and has no seal (S2).
 * - After the write the file has the expected size; if not, only what this holder appended is cut (F1).
 * - Appended records are visible here before the lock is free (V1).
 */
import { isDiskError, RETRY_LOCK } from "@knotwork/disk";
import type { Clock, Disk, DiskStat, ProcessLock } from "@knotwork/disk";
import { WalError } from "./errors.ts";
import type { LogSync } from "./log-sync.ts";
import type { LogTail } from "./log-tail.ts";
import type { RecordDraft } from "./record.ts";
import { encodeRecord } from "./record-format.ts";
import type { EncodedRecord } from "./record-format.ts";
import { assertTailIsUnsynced, cutTail } from "./recovery.ts";
import type { WalPaths } from "./segment-names.ts";

/** What to append, decided at the end of the log: asked under the lock, synchronous, without effect on anything. */
export type AppendPlan = (end: { readonly seq: number; readonly time: string }) => readonly RecordDraft[];

export interface AppendResult {
  /** The records that are in the log now: all drafts, or fewer when the disk is full. */
  readonly records: readonly { readonly seq: number; readonly time: string }[];
  /** Why the other drafts are not in the log. */
  readonly noSpace?: WalError;
}

/** What every step under the lock works with. */
export interface LockedContext {
  readonly disk: Disk;
  readonly lock: ProcessLock;
  readonly paths: WalPaths;
  readonly tail: LogTail;
  readonly sync: LogSync;
  readonly quarantineDirectory: string;
  /** The state of the tail's segment under its lock; `undefined` when its path does not name the open file. */
  readonly stat: DiskStat | undefined;
}

export interface AppendOptions {
  readonly clock: Clock;
  readonly syncInside: boolean;
  /** Called right before the write: from then on a failure leaves open what is in the log. */
  readonly willWrite: () => void;
}

export function appendRecords(
  context: LockedContext,
  plan: AppendPlan,
  options: AppendOptions,
): AppendResult | typeof RETRY_LOCK {
  const { lock, tail, sync } = context;
  if (options.syncInside && sync.isInFlight) return RETRY_LOCK;
  assertAppendable(context);
  sync.prepareSegment(tail.segment);
  const time = laterTime(tail.time, options.clock.nowMs());
  const drafts = plan({ seq: tail.seq, time });
  if (drafts.length === 0) return { records: [] };
  const encoded = encodeChain(drafts, {
    seq: tail.seq,
    crc: tail.crc,
    durable: sync.durableSeq,
    time,
    offset: tail.offset,
  });
  if (!lock.isStillOurs()) return RETRY_LOCK;
  options.willWrite();
  const { records, noSpace } = writeRecords(context, encoded);
  for (const record of records) tail.accept(record.head, record.location);
  if (options.syncInside && records.length > 0) sync.syncBlocking();
  const appended = records.map((record) => ({ seq: record.head.seq, time: record.head.time }));
  return noSpace === undefined ? { records: appended } : { records: appended, noSpace };
}

/**
 * S2, R1: on return the segment ends with the last whole record, and nothing durable is missing.
 * @throws WalError LOG_DAMAGED, STORE_REPLACED: nothing was changed
 */
export function assertAppendable({ disk, paths, tail, sync, quarantineDirectory, stat }: LockedContext): void {
  const { segment } = tail;
  if (stat === undefined) {
    throw new WalError("STORE_REPLACED", `Cannot append: "${segment.path}" is not the file that was opened`, {
      hint: "The store was moved or replaced while it was open. Open it again.",
      context: { path: segment.path },
    });
  }
  const judgement = { disk, paths, offset: tail.offset, lastSeq: tail.seq, durableSeq: sync.durableSeq };
  const { sizeBytes } = stat;
  if (sizeBytes < tail.offset) throw shrunk(segment.path, tail.offset, sizeBytes);
  if (sizeBytes > tail.offset) cutTail({ ...judgement, segment, sync, quarantineDirectory });
  else if (sync.durableSeq > tail.seq)
    assertTailIsUnsynced({ ...judgement, segment: segment.name, tail: Buffer.alloc(0) });
}

function shrunk(path: string, expectedBytes: number, foundBytes: number): WalError {
  return new WalError("LOG_DAMAGED", `Cannot use the log: it is shorter than it was`, {
    hint: "Nothing was changed and reading goes on. Run: knot doctor",
    context: { path, expectedBytes, foundBytes },
  });
}

function encodeChain(
  drafts: readonly RecordDraft[],
  end: {
    readonly seq: number;
    readonly crc: string;
    readonly durable: number;
    readonly time: string;
    readonly offset: number;
  },
): readonly EncodedRecord[] {
  const encoded: EncodedRecord[] = [];
  let { seq, crc, offset } = end;
  for (const draft of drafts) {
    seq += 1;
    const record = encodeRecord(draft, { seq, durable: end.durable, prev: crc, time: end.time }, offset);
    encoded.push(record);
    crc = record.location.crc;
    offset += record.bytes.length;
  }
  return encoded;
}

function writeRecords(
  context: LockedContext,
  encoded: readonly EncodedRecord[],
): { readonly records: readonly EncodedRecord[]; readonly noSpace?: WalError } {
  const { tail, sync } = context;
  const bytes =
    encoded.length === 1 && encoded[0] !== undefined
      ? encoded[0].bytes
      : Buffer.concat(encoded.map((record) => record.bytes));
  const start = tail.offset;
  const failure = tryWrite(() => tail.segment.append(bytes));
  const { sizeBytes } = tail.segment.stat();
  if (failure === undefined && sizeBytes === start + bytes.length) return { records: encoded };
  if (failure !== undefined && !failure.isNoSpace) throw sync.poisonWith(failure.cause, "the write failed");
  const written = failure?.isShort === true ? failure.count : sizeBytes - start;
  if (sizeBytes !== start + written || written < 0 || written >= bytes.length)
    throw sync.poisonWith(failure?.cause, "the log has not the size it must have after a write");
  const records = wholeRecords(encoded, written);
  const wholeBytes = records.reduce((sum, record) => sum + record.bytes.length, 0);
  if (wholeBytes < written) sync.cut(tail.segment, start + wholeBytes);
  return { records, noSpace: noSpace(tail.segment.path, failure?.cause) };

  function tryWrite(write: () => number): WriteFailure | undefined {
    try {
      const count = write();
      return count === bytes.length ? undefined : { isNoSpace: true, isShort: true, count, cause: undefined };
    } catch (cause) {
      return { isNoSpace: isDiskError(cause, "ENOSPC", "EDQUOT"), isShort: false, count: 0, cause };
    }
  }
}

interface WriteFailure {
  readonly isNoSpace: boolean;
  readonly isShort: boolean;
  readonly count: number;
  readonly cause: unknown;
}

/** Whole records are commits: others have seen them. Only the unfinished rest may go. */
function wholeRecords(encoded: readonly EncodedRecord[], writtenBytes: number): readonly EncodedRecord[] {
  let end = 0;
  return encoded.filter((record) => {
    end += record.bytes.length;
    return end <= writtenBytes;
  });
}

export function noSpace(path: string, cause?: unknown): WalError {
  return new WalError("NO_SPACE", `Cannot write: the disk is full`, {
    hint: "Nothing happened. Free some space and try again.",
    retryable: true,
    context: { path },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Times in the log never decrease, whatever the wall clock does. */
function laterTime(last: string, nowMs: number): string {
  const now = new Date(nowMs).toISOString();
  return now > last ? now : last;
}
