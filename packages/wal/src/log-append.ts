/**
 * Appends records at the end of the log, under the lock (ENGINE section 1, steps 2 to 4).
 *
 * Invariants:
 * - Before the write: the segment is the file its path names, ends with the last whole record, and has no seal (S2).
 * - After the write the file has the expected size; if not, only what this holder appended is cut (F1).
 * - Appended records are visible here before the lock is free (V1).
 */
import { isDiskError, RETRY_LOCK } from "@knotwork/disk";
import type { Clock, Disk, ProcessLock } from "@knotwork/disk";
import { WalError } from "./errors.ts";
import type { LogSync } from "./log-sync.ts";
import type { LogTail } from "./log-tail.ts";
import type { RecordDraft } from "./record.ts";
import { encodeRecord } from "./record-format.ts";
import type { EncodedRecord } from "./record-format.ts";
import { assertTailIsUnsynced, cutTail } from "./recovery.ts";

/** What to append, decided at the end of the log: asked under the lock, synchronous, without effect on anything. */
export type AppendPlan = (end: { readonly seq: number; readonly time: string }) => readonly RecordDraft[];

export interface AppendResult {
  /** The records that are in the log now: all drafts, or fewer when the disk is full. */
  readonly records: readonly { readonly seq: number; readonly time: string }[];
  /** Why the other drafts are not in the log. */
  readonly noSpace?: WalError;
}

export interface AppendContext {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly lock: ProcessLock;
  readonly tail: LogTail;
  readonly sync: LogSync;
  readonly quarantineDirectory: string;
  readonly syncInside: boolean;
}

export function appendRecords(context: AppendContext, plan: AppendPlan): AppendResult | typeof RETRY_LOCK {
  const { clock, lock, tail, sync } = context;
  assertAppendable(context);
  sync.syncPredecessor(tail.segment);
  const time = laterTime(tail.time, clock.nowMs());
  const drafts = plan({ seq: tail.seq, time });
  if (drafts.length === 0) return { records: [] };
  const encoded = encodeChain(drafts, { seq: tail.seq, crc: tail.crc, durable: sync.durableSeq, time });
  if (!lock.isStillOurs()) return RETRY_LOCK;
  const { records, noSpace } = writeRecords(context, encoded);
  for (const record of records) tail.accept(record.head, { ...record.location, offset: tail.offset });
  if (context.syncInside && records.length > 0) sync.syncBlocking();
  const appended = records.map((record) => ({ seq: record.head.seq, time: record.head.time }));
  return noSpace === undefined ? { records: appended } : { records: appended, noSpace };
}

/**
 * S2, R1: on return the segment ends with the last whole record, and nothing durable is missing.
 * @throws WalError LOG_DAMAGED, STORE_REPLACED: nothing was changed
 */
export function assertAppendable(context: Pick<AppendContext, "disk" | "tail" | "sync" | "quarantineDirectory">): void {
  const { disk, tail, sync, quarantineDirectory } = context;
  const { segment } = tail;
  const stat = segment.statAtPath();
  if (stat === undefined) {
    throw new WalError("STORE_REPLACED", `Cannot append: "${segment.path}" is not the file that was opened`, {
      hint: "The store was moved or replaced while it was open. Open it again.",
      context: { path: segment.path },
    });
  }
  const judgement = { segment, offset: tail.offset, lastSeq: tail.seq, durableSeq: sync.durableSeq };
  const { sizeBytes } = stat;
  if (sizeBytes < tail.offset) throw shrunk(segment.path, tail.offset, sizeBytes);
  if (sizeBytes > tail.offset) cutTail({ disk, quarantineDirectory, ...judgement });
  else if (sync.durableSeq > tail.seq) assertTailIsUnsynced(judgement);
}

function shrunk(path: string, expectedBytes: number, foundBytes: number): WalError {
  return new WalError("LOG_DAMAGED", `Cannot use the log: it is shorter than it was`, {
    hint: "Nothing was changed and reading goes on. Run: knot doctor",
    context: { path, expectedBytes, foundBytes },
  });
}

function encodeChain(
  drafts: readonly RecordDraft[],
  end: { readonly seq: number; readonly crc: string; readonly durable: number; readonly time: string },
): readonly EncodedRecord[] {
  const encoded: EncodedRecord[] = [];
  let { seq, crc } = end;
  for (const draft of drafts) {
    seq += 1;
    const record = encodeRecord(draft, { seq, durable: end.durable, prev: crc, time: end.time });
    encoded.push(record);
    crc = record.crc;
  }
  return encoded;
}

function writeRecords(
  context: AppendContext,
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
  if (wholeBytes < written) cutOwnBytes(context, start + wholeBytes);
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

function cutOwnBytes(context: AppendContext, sizeBytes: number): void {
  const { tail, sync } = context;
  try {
    tail.segment.truncate(sizeBytes);
  } catch (error) {
    throw sync.poisonWith(error, "an unfinished record could not be cut off");
  }
  const stat = tail.segment.stat();
  try {
    tail.segment.syncData();
  } catch (error) {
    throw sync.syncFailed({ name: tail.segment.name, stat }, error);
  }
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
