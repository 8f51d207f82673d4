/**
 * What is durable, and how it becomes so.
 *
 * Invariants (ENGINE D1, D2):
 * - `durableSeq` is raised only to the head known when a successful sync started, or to what others proved.
 * - After a failed sync the segment is marked suspect before anybody is told, that file is never synced again by this
 *   process, and the log is poisoned.
 * - At most one sync is in flight.
 */
import type { Clock, Disk, DiskStat } from "@knotwork/disk";
import type { DurableMarks } from "./durable-marks.ts";
import { WalError } from "./errors.ts";
import type { LogTail } from "./log-tail.ts";
import { isGone } from "./segment.ts";
import type { Segment } from "./segment.ts";
import { segmentFirstSeq } from "./segment-names.ts";
import type { WalPaths } from "./segment-names.ts";

export interface LogSyncOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly paths: WalPaths;
  readonly marks: DurableMarks;
  readonly writable: boolean;
  readonly durableSeq: number;
  readonly tail: () => LogTail;
}

/** A sync known to be faster than this is not worth a trip through the thread pool. */
const BLOCKING_SYNC_MS_MAX = 1;

export class LogSync {
  readonly #options: LogSyncOptions;
  #durableSeq: number;
  #poison: WalError | undefined;
  #inFlight: Promise<void> | undefined;
  #lastSyncMs: number = Number.POSITIVE_INFINITY;
  #predecessorSynced = "";

  constructor(options: LogSyncOptions) {
    this.#options = options;
    this.#durableSeq = options.durableSeq;
  }

  get poison(): WalError | undefined {
    return this.#poison;
  }

  /** The highest seq known durable: own syncs, marks that were read, marks that records carry. */
  get durableSeq(): number {
    this.learn(this.#options.tail().durableSeen);
    return this.#durableSeq;
  }

  /** The same, after a look at the marks of other processes. */
  readMarks(): number {
    this.learn(this.#options.marks.read().mark);
    return this.durableSeq;
  }

  learn(seq: number): void {
    if (seq > this.#durableSeq) this.#durableSeq = seq;
  }

  throwIfPoisoned(): void {
    if (this.#poison === undefined) return;
    throw new WalError("HANDLE_POISONED", `Cannot write: an earlier failure left the log in an unknown state`, {
      hint: "Close the store and open it again: what was acknowledged is there.",
      cause: this.#poison,
    });
  }

  /** Ends acknowledging until the log is opened again; gives the error to report. */
  poisonWith(cause: unknown, what: string): WalError {
    const error = new WalError("OUTCOME_UNKNOWN", `Cannot tell whether the commit took effect: ${what}`, {
      hint: "Open the store again and look: a commit under the same idempotency key takes effect once.",
      cause,
    });
    this.#poison ??= error;
    return error;
  }

  async waitDurable(seq: number): Promise<void> {
    while (this.durableSeq < seq && this.readMarks() < seq) {
      this.throwIfPoisoned();
      this.#inFlight ??= this.#syncOnce().finally(() => {
        this.#inFlight = undefined;
      });
      await this.#inFlight;
    }
  }

  waitDurableBlocking(seq: number): void {
    if (this.durableSeq >= seq || this.readMarks() >= seq) return;
    this.throwIfPoisoned();
    this.syncBlocking();
  }

  /** Syncs all that was read or appended so far, without yielding. */
  syncBlocking(): void {
    const attempt = this.#begin();
    this.#guard(attempt, () => attempt.segment.syncData());
    this.#finish(attempt);
  }

  /**
   * S3: the first append of a process to a segment waits until the segment before, its seal and the names in `wal/` are
   * durable, so that no durable record can stand behind a seal that a power cut takes away.
   */
  syncPredecessor(segment: Segment): void {
    if (this.#predecessorSynced === segment.name) return;
    const { disk, paths } = this.#options;
    if (this.durableSeq < segment.firstSeq && segment.firstSeq > 1) {
      const previous = previousSegment(disk, paths, segment.firstSeq);
      if (previous !== undefined) this.#syncByName(previous);
      disk.syncDirectory(paths.directory);
    }
    this.#predecessorSynced = segment.name;
  }

  /** D1: marks a segment whose sync failed, then poisons. Gives the error to report. */
  syncFailed(segment: { readonly name: string; readonly stat: DiskStat }, cause: unknown): WalError {
    const seq = this.#durableSeq;
    this.#options.marks.addSuspect({
      segment: segment.name,
      dev: String(segment.stat.dev),
      ino: String(segment.stat.ino),
      seq,
    });
    return this.poisonWith(cause, `the sync of "${segment.name}" failed`);
  }

  async #syncOnce(): Promise<void> {
    const { clock } = this.#options;
    const attempt = this.#begin();
    const startMs = clock.monotonicMs();
    if (this.#lastSyncMs < BLOCKING_SYNC_MS_MAX) this.#guard(attempt, () => attempt.segment.syncData());
    else await this.#guardAsync(attempt);
    this.#lastSyncMs = clock.monotonicMs() - startMs;
    this.#finish(attempt);
  }

  #begin(): SyncAttempt {
    const tail = this.#options.tail();
    if (this.#options.writable) this.syncPredecessor(tail.segment);
    return { segment: tail.segment, seq: tail.seq, stat: tail.segment.stat() };
  }

  #guard(attempt: SyncAttempt, sync: () => void): void {
    try {
      sync();
    } catch (error) {
      throw this.syncFailed({ name: attempt.segment.name, stat: attempt.stat }, error);
    }
  }

  async #guardAsync(attempt: SyncAttempt): Promise<void> {
    attempt.segment.retain();
    try {
      await attempt.segment.syncDataAsync();
    } catch (error) {
      throw this.syncFailed({ name: attempt.segment.name, stat: attempt.stat }, error);
    } finally {
      attempt.segment.release();
    }
  }

  /** D1, D2: the slots are read again before the mark is raised or anything is acknowledged. */
  #finish(attempt: SyncAttempt): void {
    const { marks } = this.#options;
    const isSuspect = marks
      .read()
      .suspects.some((suspect) => suspect.ino === String(attempt.stat.ino) && suspect.dev === String(attempt.stat.dev));
    if (isSuspect) throw this.poisonWith(undefined, `another process failed to sync "${attempt.segment.name}"`);
    this.learn(attempt.seq);
    marks.raise(this.#durableSeq);
  }

  #syncByName(name: string): void {
    const { disk, paths } = this.#options;
    try {
      const file = disk.open(paths.segment(name), "read");
      const stat = file.stat();
      try {
        file.syncData();
      } catch (error) {
        throw this.syncFailed({ name, stat }, error);
      } finally {
        file.close();
      }
    } catch (error) {
      // A checkpoint dropped it: then all of it is durable in history.
      if (!isGone(error)) throw error;
    }
  }
}

interface SyncAttempt {
  readonly segment: Segment;
  /** The head when the sync started: what it proves. */
  readonly seq: number;
  readonly stat: DiskStat;
}

function previousSegment(disk: Disk, paths: WalPaths, firstSeq: number): string | undefined {
  return disk
    .list(paths.directory)
    .filter((name) => (segmentFirstSeq(name) ?? firstSeq) < firstSeq)
    .at(-1);
}
