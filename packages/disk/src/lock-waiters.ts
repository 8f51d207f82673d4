/**
 * Who waits for a process lock, known to the others: each holds a shared lock on one file beside it (`wal/waiters`), so that
 * a process that takes the lock again and again learns that it keeps somebody out. ENGINE section 1, step 1.
 *
 * A courtesy: nothing depends on it, and a disk that refuses it costs fairness alone.
 */
import type { Disk, DiskFile } from "./disk.ts";
import { isDiskError } from "./errors.ts";

export interface LockWaitersOptions {
  readonly disk: Disk;
  readonly path: string;
  readonly mode: number;
}

export class LockWaiters {
  readonly #options: LockWaitersOptions;
  #file: DiskFile | undefined;
  #joined = false;

  constructor(options: LockWaitersOptions) {
    this.#options = options;
  }

  /** Shows that this process waits, until `leave`. */
  join(): void {
    if (!this.#joined) this.#joined = this.#try((file) => file.tryLock("shared"));
  }

  leave(): void {
    if (!this.#joined) return;
    this.#joined = false;
    this.#try((file) => {
      file.unlock();
      return true;
    });
  }

  /** Whether any process waits. Two that ask at the same moment may both take the other for one that does. */
  exist(): boolean {
    return this.#try((file) => {
      if (!file.tryLock("exclusive")) return true;
      file.unlock();
      return false;
    });
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#joined = false;
  }

  /** False when the disk refuses. */
  #try(step: (file: DiskFile) => boolean): boolean {
    const { disk, path, mode } = this.#options;
    try {
      this.#file ??= disk.open(path, "open-or-create", { mode });
      return step(this.#file);
    } catch (error) {
      if (isDiskError(error)) return false;
      throw error;
    }
  }
}
