/**
 * What is durable, and how it becomes so.
 *
 * Invariants (ENGINE D1, D2):
 * - `durableSeq` is raised only to the head known when a successful sync started, or to what others proved.
 * - After a failed sync the segment is marked suspect before anybody is told, that file is never synced again by this
 *   process, and the log is poisoned: nothing that was not durable before counts as durable here afterwards.
 * - At most one sync is in flight: a descriptor reports a failure once, so the success of a second one would prove nothing
 *   as long as the first has not told its own. Who must not wait for it proves nothing by syncing meanwhile.
 */
import { isDiskError, isSameFile } from "@knotwork/disk";
import type { Clock, Disk, FileIdentity } from "@knotwork/disk";
import type { DurableMarks } from "./durable-marks.ts";
import { WalError } from "./errors.ts";
import type { LogTail } from "./log-tail.ts";
import { asOutcomeUnknown, outcomeUnknown } from "./outcome-unknown.ts";
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
  /** No sync goes through the thread pool: what is synced at once is known to be durable at once. */
  readonly onlyInPlace: boolean;
  readonly tail: () => LogTail;
}

export interface WaitOptions {
  /** This thread goes on meanwhile, unless all is synced in place. */
  readonly inBackground?: boolean;
  /** Appended here a moment ago: hardly anybody can have synced it, and if somebody has, one sync is made for nothing. */
  readonly isNew?: boolean;
}

/** A sync known to be faster than this is not worth a trip through the thread pool. */
const BLOCKING_SYNC_MS_MAX = 1;

export class LogSync {
  readonly #options: LogSyncOptions;
  #durableSeq: number;
  #poison: WalError | undefined;
  #inFlight: Promise<void> | undefined;
  #isInPool = false;
  #lastSyncMs: number = Number.POSITIVE_INFINITY;
  #preparedSegment = "";

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

  /** Poisoned, it learns nothing: what others prove durable may be other records than those that were seen here. */
  learn(seq: number): void {
    if (this.#poison === undefined && seq > this.#durableSeq) this.#durableSeq = seq;
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
    const error = outcomeUnknown(cause, what);
    this.#poison ??= error;
    return error;
  }

  /** Runs a step whose failure leaves the store in an unknown state. */
  orPoison<T>(what: string, step: () => T): T {
    try {
      return step();
    } catch (error) {
      throw this.poisonWith(error, what);
    }
  }

  /** Resolves when `seq` is durable. */
  async waitDurable(seq: number, options: WaitOptions = {}): Promise<void> {
    const { inBackground = false, isNew = false } = options;
    let isDurable = isNew ? this.durableSeq >= seq : this.#isDurable(seq);
    while (!isDurable) {
      this.throwIfPoisoned();
      this.#inFlight ??= this.#syncOnce(inBackground).finally(() => {
        this.#inFlight = undefined;
      });
      await this.#inFlight;
      isDurable = this.#isDurable(seq);
    }
  }

  waitDurableBlocking(seq: number): void {
    if (this.#isDurable(seq)) return;
    this.throwIfPoisoned();
    this.syncBlocking();
  }

  /** Whether another thread is in a sync: what is synced here meanwhile is not known to be durable. */
  get isInFlight(): boolean {
    return this.#isInPool;
  }

  /**
   * Syncs all that was read or appended so far, without yielding. What it did counts as durable unless another sync is in
   * flight. @throws WalError OUTCOME_UNKNOWN
   */
  syncBlocking(): void {
    try {
      const attempt = this.#begin();
      this.#guard(attempt, () => attempt.segment.syncData());
      if (!this.isInFlight) this.#finish(attempt);
    } catch (error) {
      throw asOutcomeUnknown(error);
    }
  }

  /**
   * S3: the first append of a process to a segment, and its first sync, wait until the segment before, its seal and the
   * names in `wal/` are durable, so that no durable record can stand behind a seal that a power cut takes away.
   */
  prepareSegment(segment: Segment): void {
    if (this.#preparedSegment === segment.name) return;
    const { disk, paths } = this.#options;
    if (this.durableSeq < segment.firstSeq && segment.firstSeq > 1) {
      const previous = previousSegment(disk, paths, segment.firstSeq);
      if (previous !== undefined) this.#syncByName(previous);
      disk.syncDirectory(paths.directory);
    }
    this.#preparedSegment = segment.name;
  }

  /** Cuts a segment, durably on return. Whatever fails poisons: what the file holds is not known then. */
  cut(segment: Segment, sizeBytes: number): void {
    this.orPoison(`"${segment.name}" could not be cut`, () => segment.truncate(sizeBytes));
    try {
      segment.syncData();
    } catch (error) {
      throw this.syncFailed(segment, error);
    }
  }

  /** Makes the name of a segment durable that took the place of another (D1). A failure makes the new file suspect too. */
  syncName(segment: NamedFile): void {
    const { disk, paths } = this.#options;
    try {
      disk.syncDirectory(paths.directory);
    } catch (error) {
      throw this.syncFailed(segment, error);
    }
  }

  /** D1: marks a segment whose sync failed, then poisons. Gives the error to report. */
  syncFailed(segment: NamedFile, cause: unknown): WalError {
    const seq = this.#durableSeq;
    this.#options.marks.addSuspect({
      segment: segment.name,
      dev: String(segment.identity.dev),
      ino: String(segment.identity.ino),
      seq,
    });
    return this.poisonWith(cause, `the sync of "${segment.name}" failed`);
  }

  async #syncOnce(inBackground: boolean): Promise<void> {
    const { clock } = this.#options;
    try {
      const attempt = this.#begin();
      const startMs = clock.monotonicMs();
      if (this.#options.onlyInPlace || (!inBackground && this.#lastSyncMs < BLOCKING_SYNC_MS_MAX))
        this.#guard(attempt, () => attempt.segment.syncData());
      else await this.#guardAsync(attempt);
      // In the background other work stands between the end of a sync and the news of it.
      if (!inBackground) this.#lastSyncMs = clock.monotonicMs() - startMs;
      this.#finish(attempt);
    } catch (error) {
      throw asOutcomeUnknown(error);
    }
  }

  #isDurable(seq: number): boolean {
    if (this.durableSeq >= seq) return true;
    if (this.#poison !== undefined) return false;
    try {
      return this.readMarks() >= seq;
    } catch (error) {
      // The marks of others only spare a sync.
      if (!isDiskError(error)) throw error;
      return false;
    }
  }

  #begin(): SyncAttempt {
    const tail = this.#options.tail();
    this.prepareSegment(tail.segment);
    const { segment, seq } = tail;
    return { name: segment.name, identity: segment.identity, segment, seq };
  }

  #guard(attempt: SyncAttempt, sync: () => void): void {
    try {
      sync();
    } catch (error) {
      throw this.syncFailed(attempt, error);
    }
  }

  async #guardAsync(attempt: SyncAttempt): Promise<void> {
    attempt.segment.retain();
    this.#isInPool = true;
    try {
      await attempt.segment.syncDataAsync();
    } catch (error) {
      throw this.syncFailed(attempt, error);
    } finally {
      this.#isInPool = false;
      attempt.segment.release();
    }
  }

  /** D1, D2: the slots are read again before the mark is raised or anything is acknowledged. */
  #finish(attempt: SyncAttempt): void {
    const { disk, marks } = this.#options;
    const { segment, identity } = attempt;
    const suspects = marks.read().suspects.filter((suspect) => suspect.segment === segment.name);
    if (suspects.some((suspect) => suspect.ino === String(identity.ino) && suspect.dev === String(identity.dev)))
      throw this.poisonWith(undefined, `another process failed to sync "${segment.name}"`);
    // The slot came and went while it was synced: the copy may lack what was to be proved. (A checkpoint leaves no file.)
    const named = disk.stat(segment.path);
    if (named !== undefined && !isSameFile(named, identity))
      throw this.poisonWith(undefined, `"${segment.name}" was replaced while it was synced`);
    // The slot of another file under this name: a repair replaced it, and may not have made the new name durable yet.
    if (suspects.length > 0) this.syncName({ name: segment.name, identity });
    this.learn(attempt.seq);
    marks.raise(this.#durableSeq);
  }

  #syncByName(name: string): void {
    const { disk, paths } = this.#options;
    try {
      const file = disk.open(paths.segment(name), "read");
      const identity = file.stat();
      try {
        file.syncData();
      } catch (error) {
        throw this.syncFailed({ name, identity }, error);
      } finally {
        file.close();
      }
    } catch (error) {
      // A checkpoint dropped it: then all of it is durable in history.
      if (!isGone(error)) throw error;
    }
  }
}

/** A segment's name, and the file that stood or stands under it. */
export interface NamedFile {
  readonly name: string;
  readonly identity: FileIdentity;
}

/** The file that is synced, whatever stands under its name afterwards. */
interface SyncAttempt extends NamedFile {
  readonly segment: Segment;
  /** The head when the sync started: what it proves. */
  readonly seq: number;
}

function previousSegment(disk: Disk, paths: WalPaths, firstSeq: number): string | undefined {
  return disk
    .list(paths.directory)
    .filter((name) => (segmentFirstSeq(name) ?? firstSeq) < firstSeq)
    .at(-1);
}
