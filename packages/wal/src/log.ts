/**
 * The write-ahead log of one process: follows what others append, appends under the kernel lock, syncs outside it
 * (ENGINE sections 1 and 2; docs/GUARANTEES.md).
 *
 * Invariants:
 * - "Under the lock" always means `wal/lock` and an exclusive lock on the active segment's own descriptor (L1, L2), in
 *   one synchronous section.
 * - A seq is called durable only by a sync that started after its record was written (D2).
 * - After a failed sync, or a write whose extent is unknown, nothing is acknowledged until the log is opened again.
 */
import { isDiskError, ProcessLock, RETRY_LOCK, runLocked } from "@knotwork/disk";
import type { Clock, Disk, Random } from "@knotwork/disk";
import { DurableMarks } from "./durable-marks.ts";
import { WalError } from "./errors.ts";
import { appendRecords, noSpace } from "./log-append.ts";
import type { AppendPlan, AppendResult, LockedContext } from "./log-append.ts";
import { replaceSuspectSegments } from "./log-repair.ts";
import { assertIsLast } from "./recovery.ts";
import { sealSegment } from "./log-seal.ts";
import { LogSync, type WaitOptions } from "./log-sync.ts";
import { LogTail } from "./log-tail.ts";
import type { LogStart, RecordListener } from "./log-tail.ts";
import { lockActiveSegment, unlockSegment } from "./segment-lock.ts";
import type { LockedSegment } from "./segment-lock.ts";
import type { SegmentOptions } from "./segment.ts";
import { walPaths } from "./segment-names.ts";
import type { WalPaths } from "./segment-names.ts";
import { findTailDamage } from "./tail-damage.ts";

export interface LogOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  /** The `wal/` directory of the store. */
  readonly directory: string;
  readonly quarantineDirectory: string;
  readonly storeId: string;
  readonly writable: boolean;
  readonly start: LogStart;
  /** The highest seq known durable from elsewhere: the manifest. */
  readonly durableSeq: number;
  /** Called for every whole record, own or foreign, once, in order, when it becomes visible here. */
  readonly onRecord: RecordListener;
  readonly lockTimeoutMs?: number;
  /** Syncs block this thread, each of them: for who shows nothing that is not known to be durable. Default false. */
  readonly syncsOnlyInPlace?: boolean;
}

export interface LockedOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** More than so much left to read is read without the lock. */
const CATCH_UP_LOCKED_BYTES_MAX = 256 * 1024;
const CATCH_UP_RETRIES = 3;

export class Log {
  readonly #options: LogOptions;
  readonly #paths: WalPaths;
  readonly #segments: SegmentOptions;
  readonly #lock: ProcessLock;
  readonly #marks: DurableMarks;
  readonly #sync: LogSync;
  #tail: LogTail;
  #locked: LockedSegment | undefined;
  #lastSegmentChecked = "";

  /** Opens the log behind `start`; nothing is read before `advance`. @throws as `LogTail` */
  constructor(options: LogOptions) {
    const { disk, clock, directory, storeId, writable } = options;
    this.#options = options;
    this.#paths = walPaths(directory);
    this.#segments = { disk, paths: this.#paths, storeId, writable };
    this.#lock = new ProcessLock({ disk, clock, path: this.#paths.lock });
    this.#marks = new DurableMarks({ disk, path: this.#paths.durable, store: storeId, writable });
    this.#tail = new LogTail(this.#segments, options.start, options.onRecord);
    this.#sync = new LogSync({
      disk,
      clock,
      paths: this.#paths,
      marks: this.#marks,
      writable,
      durableSeq: options.durableSeq,
      onlyInPlace: options.syncsOnlyInPlace ?? false,
      tail: () => this.#tail,
    });
  }

  /** Seq, CRC and time of the last record that was read. */
  get last(): { readonly seq: number; readonly crc: string; readonly time: string } {
    return { seq: this.#tail.seq, crc: this.#tail.crc, time: this.#tail.time };
  }

  /** Bytes of the active segment up to the last whole record: what the next checkpoint would move, at least. */
  get activeSegmentBytes(): number {
    return this.#tail.offset;
  }

  /** The highest seq this process knows durable, by its own syncs or the marks of others. */
  get durableSeq(): number {
    return this.#sync.readMarks();
  }

  /** How many records were read that others appended, or somebody before this handle. */
  get readCount(): number {
    return this.#tail.readCount;
  }

  get activeSegment(): string {
    return this.#tail.segment.name;
  }

  /** The error that ended acknowledging, if any. */
  get poison(): WalError | undefined {
    return this.#sync.poison;
  }

  /**
   * Reads to the end of the log; every commit acknowledged before the call is visible afterwards. Takes no lock.
   * @returns false when bytes follow the last whole record: somebody is appending, or a tail waits to be cut
   * @throws LogGapError: start again from a newer manifest
   */
  advance(): boolean {
    return this.#tail.advance();
  }

  /** Whether `advance` has nothing to read, at half its cost (see `LogTail.isAtEnd`). */
  isAtEnd(): boolean {
    return this.#tail.isAtEnd();
  }

  /** What is wrong behind the last record, judged as a writer would before appending; an unfinished append is not. */
  tailDamage(): WalError | undefined {
    return findTailDamage({ ...this.#lockedContext(), durableSeq: () => this.#sync.readMarks() });
  }

  /** Goes on behind another record, after a gap. Segments that somebody retained stay readable. */
  restart(start: LogStart, durableSeq: number): void {
    const tail = new LogTail(this.#segments, start, this.#options.onRecord);
    this.#tail.close();
    this.#tail = tail;
    this.#sync.learn(durableSeq);
  }

  /**
   * Appends what `plan` gives, decided under the lock at the end of the log. `plan` may be asked more than once; only what
   * its last answer gave is appended. Records that were appended were handed to `onRecord` before the lock was free (V1).
   * They are not durable yet unless `syncInside`: see `waitDurable`.
   * @throws DiskError LOCK_TIMEOUT; WalError LOG_DAMAGED, STORE_REPLACED, READ_ONLY: nothing was appended
   * @throws WalError OUTCOME_UNKNOWN, HANDLE_POISONED
   */
  async append(
    plan: AppendPlan,
    options: LockedOptions & { readonly syncInside?: boolean } = {},
  ): Promise<AppendResult> {
    let isWritten = false;
    const appendOptions = {
      clock: this.#options.clock,
      syncInside: options.syncInside ?? false,
      willWrite: () => void (isWritten = true),
    };
    try {
      return await this.underLock(() => appendRecords(this.#lockedContext(), plan, appendOptions), options);
    } catch (error) {
      if (isWritten && isDiskError(error)) throw this.#sync.poisonWith(error, "the disk failed after the write");
      throw this.#asNoSpace(error);
    }
  }

  /** Runs a synchronous section under the lock (L1 and L2), caught up to the end of the log. */
  async underLock<T>(section: () => T | typeof RETRY_LOCK, options: LockedOptions = {}): Promise<T> {
    this.#sync.throwIfPoisoned();
    if (!this.#options.writable)
      throw new WalError("READ_ONLY", "Cannot write: the store is open read-only", {
        hint: "Open it without readOnly.",
      });
    const timeoutMs = options.timeoutMs ?? this.#options.lockTimeoutMs;
    let catchUps = 0;
    return runLocked(
      {
        lock: this.#lock,
        clock: this.#options.clock,
        random: this.#options.random,
        beforeAttempt: () => this.#catchUp(),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
      () => {
        this.#locked = lockActiveSegment(
          this.#tail,
          catchUps < CATCH_UP_RETRIES ? CATCH_UP_LOCKED_BYTES_MAX : Infinity,
        );
        if (this.#locked === undefined) {
          catchUps += 1;
          return RETRY_LOCK;
        }
        return this.#inSegmentLock(section);
      },
    );
  }

  /** Runs a step whose failure leaves the store in an unknown state: nothing is acknowledged after it. */
  orPoison<T>(what: string, step: () => T): T {
    return this.#sync.orPoison(what, step);
  }

  /** Resolves when the record `seq` (already read or appended) is durable. @throws WalError OUTCOME_UNKNOWN, HANDLE_POISONED */
  async waitDurable(seq: number, options: Pick<WaitOptions, "isNew"> = {}): Promise<void> {
    await this.#sync.waitDurable(seq, options);
  }

  /** The same for a record that nobody waits for: blocks this thread only with `syncsOnlyInPlace`. */
  async waitDurableInBackground(seq: number): Promise<void> {
    await this.#sync.waitDurable(seq, { inBackground: true });
  }

  /** The same for a commit that nobody here has to acknowledge: not in a log whose sync failed (D1), which the next writer replaces first. */
  async proveDurable(seq: number): Promise<void> {
    this.#sync.throwIfPoisoned();
    if (this.#marks.read().suspects.length === 0) await this.#sync.waitDurable(seq);
  }

  /** The same without yielding. Beside a sync in the thread pool nothing is known then: see `syncsOnlyInPlace`. */
  waitDurableBlocking(seq: number): void {
    this.#sync.waitDurableBlocking(seq);
  }

  /**
   * Ends the active segment and begins the next, so that all records so far stand in sealed segments. On return they are
   * durable. Gives where replay starts behind them.
   * @throws as `append`; WalError NO_SPACE when there is no room for the successor: nothing changed
   */
  async seal(options: LockedOptions = {}): Promise<LogStart> {
    this.advance();
    await this.waitDurable(this.last.seq);
    const { storeId } = this.#options;
    try {
      return await this.underLock(() => sealSegment({ storeId, ...this.#lockedContext() }), options);
    } catch (error) {
      throw this.#asNoSpace(error);
    }
  }

  /** Closes the files. Whoever still retains a segment can read it. */
  close(): void {
    this.#tail.close();
    this.#lock.close();
    this.#marks.close();
  }

  /** A full disk before anything was written is definite. */
  #asNoSpace(error: unknown): unknown {
    return isDiskError(error, "ENOSPC", "EDQUOT") ? noSpace(this.#paths.directory, error) : error;
  }

  /** What others append meanwhile need not be read under the lock. Under it the file itself is looked at, not its end alone. */
  #catchUp(): void {
    if (!this.#tail.isAtEnd()) this.#tail.advance();
    if (!this.#tail.isOwn) this.#lock.sawAnotherHolder();
  }

  #inSegmentLock<T>(section: () => T | typeof RETRY_LOCK): T | typeof RETRY_LOCK {
    try {
      this.#sync.readMarks();
      if (this.#marks.suspects.length > 0) {
        const repair = { ...this.#options, marks: this.#marks, ...this.#lockedContext() };
        if (replaceSuspectSegments(repair)) return RETRY_LOCK;
      }
      this.#assertIsLast();
      return section();
    } finally {
      if (this.#locked !== undefined) unlockSegment(this.#locked.segment);
      this.#locked = undefined;
    }
  }

  /** Once a segment: a seal cannot get lost while this process follows the log. */
  #assertIsLast(): void {
    const { name } = this.#tail.segment;
    if (this.#lastSegmentChecked === name) return;
    assertIsLast(this.#options.disk, this.#paths, name);
    this.#lastSegmentChecked = name;
  }

  /** What every step under the lock works with. */
  #lockedContext(): LockedContext {
    return {
      disk: this.#options.disk,
      lock: this.#lock,
      paths: this.#paths,
      tail: this.#tail,
      sync: this.#sync,
      quarantineDirectory: this.#options.quarantineDirectory,
      stat: this.#locked?.stat,
    };
  }
}
