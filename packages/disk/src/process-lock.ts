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
import { encodeLockHolder, type LockHolder, openHolderNote, readHolderNote, writeHolderNote } from "./lock-holder.ts";
import { TurnQueue } from "./turn-queue.ts";

export interface ProcessLockOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  /** The lock file; its directory exists. The note of the holder is the file `holder` beside it. */
  readonly path: string;
  /** Permission bits of the two files when they are created. Default 0600. */
  readonly mode?: number;
  /** Who we are, for the messages of others. Default: this process on this host. */
  readonly self?: { readonly pid: number; readonly host: string };
}

export class ProcessLock {
  readonly path: string;
  /** The callers of `runLocked` in this process. */
  readonly turns: TurnQueue = new TurnQueue();
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #mode: number;
  readonly #self: { readonly pid: number; readonly host: string };
  readonly #notePath: string;
  #file: DiskFile | undefined;
  #note: DiskFile | undefined;
  #lastNote: { readonly atMs: number; readonly bytes: Uint8Array } | undefined;
  #held = false;
  #closed = false;

  constructor(options: ProcessLockOptions) {
    this.path = options.path;
    this.#disk = options.disk;
    this.#clock = options.clock;
    this.#mode = options.mode ?? 0o600;
    this.#self = options.self ?? { pid: process.pid, host: hostname() };
    this.#notePath = join(dirname(options.path), "holder");
  }

  /** True between a `tryAcquire` that returned true and `release`. */
  get held(): boolean {
    return this.#held;
  }

  /**
   * Takes the lock without waiting. False: another owner has it, or the lock file was removed or replaced meanwhile (then
   * it has been opened by its path again, and the next try is good).
   * @throws DiskError LOCKS_UNAVAILABLE; ENOENT when the directory is gone; EACCES …
   */
  tryAcquire(): boolean {
    assert(!this.#held, `the process lock "${this.path}" is taken twice`);
    assert(!this.#closed, `the process lock "${this.path}" is used after close`);
    const file = (this.#file ??= this.#open());
    if (!file.tryLock("exclusive")) {
      if (!this.isStillOurs()) this.#closeFiles();
      return false;
    }
    if (!this.isStillOurs()) {
      this.#closeFiles();
      return false;
    }
    this.#held = true;
    if (this.#note !== undefined) writeHolderNote(this.#note, this.#ownNote());
    return true;
  }

  /** ENGINE L1: the open file is still the one its path names. Asked again right before an append. */
  isStillOurs(): boolean {
    if (this.#file === undefined) return false;
    const open = this.#file.stat();
    if (open.linkCount === 0) return false;
    const named = this.#disk.stat(this.path);
    return named !== undefined && named.ino === open.ino && named.dev === open.dev;
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
    const file = this.#disk.open(this.path, "open-or-create", { mode: this.#mode });
    this.#note = openHolderNote(this.#disk, this.#notePath, this.#mode);
    return file;
  }

  /** Written at every lock, but spelled out anew only when the clock has moved on: commits can be microseconds apart. */
  #ownNote(): Uint8Array {
    const nowMs = this.#clock.nowMs();
    if (this.#lastNote?.atMs !== nowMs) {
      const bytes = encodeLockHolder({ ...this.#self, since: new Date(nowMs).toISOString() });
      this.#lastNote = { atMs: nowMs, bytes };
    }
    return this.#lastNote.bytes;
  }

  #closeFiles(): void {
    this.#file?.close();
    this.#note?.close();
    this.#file = undefined;
    this.#note = undefined;
  }
}
