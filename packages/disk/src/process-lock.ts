/**
 * The exclusive lock that processes take before they append: a kernel lock (flock) on a file that is opened once and
 * never unlinked. The kernel frees it when its holder dies. ENGINE section 1, step 1.
 *
 * Invariants:
 * - `tryAcquire` returned true: this process held the kernel lock on the file that the path named at that moment (L1).
 * - Nobody here unlinks the lock file. Somebody else may (`git clean`): then holders of the old and of a new file do not
 *   see each other, so a holder asks `isStillOurs` right before it appends, and opens the file by its path again.
 */
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { assert } from "./assert.ts";
import type { Clock } from "./clock.ts";
import type { Disk, DiskFile } from "./disk.ts";
import { fileIdentity, type FileIdentity, isSameFile } from "./file-identity.ts";
import { encodeLockHolder, type LockHolder, openHolderNote, readHolderNote, writeHolderNote } from "./lock-holder.ts";
import { LockWaiters } from "./lock-waiters.ts";
import { TurnQueue } from "./turn-queue.ts";

export interface ProcessLockOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  /** The lock file; its directory exists. The note of the holder is the file `holder` beside it, `waiters` shows who waits. */
  readonly path: string;
  /** Permission bits of these files when they are created. Default 0600. */
  readonly mode?: number;
  /** Who we are, for the messages of others. Default: this process on this host. */
  readonly self?: { readonly pid: number; readonly host: string };
}

/** The note of the holder is written at least so often by a process that nobody else takes the lock from. */
const NOTE_EVERY_MS = 100;
/** So many attempts that found the lock taken, and the path is looked at. */
const LOOK_EVERY = 4;

export class ProcessLock {
  readonly path: string;
  /** The callers of `runLocked` in this process. */
  readonly turns: TurnQueue = new TurnQueue();
  /** The processes that wait for it: `runLocked` joins and asks them. */
  readonly waiters: LockWaiters;
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #mode: number;
  #self: { readonly pid: number; readonly host: string } | undefined;
  readonly #notePath: string;
  #file: DiskFile | undefined;
  #identity: FileIdentity | undefined;
  #note: DiskFile | undefined;
  /** When the note was last written by us, as far as it can still stand there. */
  #notedMs: number | undefined;
  #takenInARow = 0;
  #missedCount = 0;
  #held = false;
  #closed = false;

  constructor(options: ProcessLockOptions) {
    this.path = options.path;
    this.#disk = options.disk;
    this.#clock = options.clock;
    this.#mode = options.mode ?? 0o600;
    this.#self = options.self;
    this.#notePath = join(dirname(options.path), "holder");
    this.waiters = new LockWaiters({
      disk: options.disk,
      path: join(dirname(options.path), "waiters"),
      mode: this.#mode,
    });
  }

  /** True between a `tryAcquire` that returned true and `release`. */
  get held(): boolean {
    return this.#held;
  }

  /** How often it was taken since another holder was seen, or others were let go first. */
  get takenInARow(): number {
    return this.#takenInARow;
  }

  /** Others had their chance. */
  countAnew(): void {
    this.#takenInARow = 0;
  }

  /**
   * Takes the lock without waiting. False: another owner has it, or the lock file was removed or replaced meanwhile (at
   * the latest the fourth such try finds out, and the next opens it by its path again).
   * @throws DiskError LOCKS_UNAVAILABLE; ENOENT when the directory is gone; EACCES …
   */
  tryAcquire(): boolean {
    assert(!this.#held, `the process lock "${this.path}" is taken twice`);
    assert(!this.#closed, `the process lock "${this.path}" is used after close`);
    const file = (this.#file ??= this.#open());
    if (!file.tryLock("exclusive")) {
      this.#missedCount += 1;
      // Who has it may have another file than the one at the path: rare enough to be looked at now and then.
      if (this.#missedCount % LOOK_EVERY === 0 && !this.isStillOurs()) this.#closeFiles();
      return false;
    }
    if (!this.isStillOurs()) {
      this.#closeFiles();
      return false;
    }
    this.#held = true;
    this.#takenInARow += 1;
    this.#writeNote();
    return true;
  }

  /**
   * ENGINE L1: the open file is still the one its path names. Asked again right before an append. An inode that is held open
   * is given to no other file, so one look at the path says it all: what has this name has at least one.
   */
  isStillOurs(): boolean {
    if (this.#identity === undefined) return false;
    const named = this.#disk.stat(this.path);
    return named !== undefined && isSameFile(named, this.#identity);
  }

  /** Somebody else had the lock since our last note: the next one is written at once. */
  sawAnotherHolder(): void {
    this.#notedMs = undefined;
    this.#takenInARow = 0;
  }

  /** Frees the lock. The note of the holder stays: it says who had the lock last. */
  release(): void {
    assert(this.#held && this.#file !== undefined, `the process lock "${this.path}" is released without being held`);
    this.#held = false;
    this.#file.unlock();
  }

  /** Who took the lock last, as far as is known. */
  readHolder(): LockHolder | undefined {
    return readHolderNote(this.#disk, this.#notePath);
  }

  /** Closes the files, which frees the lock. The object cannot be used afterwards. */
  close(): void {
    this.#closed = true;
    this.#held = false;
    this.#closeFiles();
  }

  #open(): DiskFile {
    // Not under the lock, and not by who only reads: the system is asked for the name of the host.
    this.#self ??= { pid: process.pid, host: hostname() };
    const file = this.#disk.open(this.path, "open-or-create", { mode: this.#mode });
    try {
      this.#identity = fileIdentity(file);
    } catch (error) {
      file.close();
      throw error;
    }
    this.#note = openHolderNote(this.#disk, this.#notePath, this.#mode);
    this.#notedMs = undefined;
    return file;
  }

  /** A process that commits alone would write the same note again and again: then it says when it last did. */
  #writeNote(): void {
    if (this.#note === undefined || this.#self === undefined) return;
    const nowMs = this.#clock.nowMs();
    if (this.#notedMs !== undefined && Math.abs(nowMs - this.#notedMs) < NOTE_EVERY_MS) return;
    this.#notedMs = nowMs;
    writeHolderNote(this.#note, encodeLockHolder({ ...this.#self, since: new Date(nowMs).toISOString() }));
  }

  #closeFiles(): void {
    this.waiters.close();
    this.#file?.close();
    this.#note?.close();
    this.#file = undefined;
    this.#identity = undefined;
    this.#note = undefined;
  }
}
