/**
 * Tells watchers that there may be new commits, and sees to it that commits nobody made durable become so.
 *
 * Invariants:
 * - The directory of the log is watched only while somebody listens, and nothing keeps the process alive then but a sync
 *   that is due.
 * - D3: what was seen beyond the durable mark for 200 ms is synced here, whoever wrote it. In a segment that some process
 *   failed to sync nothing is proved that way: the next writer replaces it first.
 */
import { isDiskError } from "@knotwork/disk";
import type { DirectoryWatch } from "@knotwork/disk";
import type { Log } from "@knotwork/wal";
import type { Machine } from "./local-engine-options.ts";

const LATE_SYNC_MS = 200;

/** Files beside the segments that are written for other reasons. */
const SILENT = new Set(["lock", "holder", "waiters"]);

export class WatchHints {
  readonly #machine: Machine;
  readonly #log: Log;
  readonly #listeners = new Set<() => void>();
  #watch: DirectoryWatch | undefined;
  #lateSync: Promise<void> | undefined;
  #lateSyncEnd: AbortController | undefined;
  #failure: Error | undefined;

  constructor(machine: Machine, log: Log) {
    this.#machine = machine;
    this.#log = log;
  }

  /** Calls `listener` when there may be more; gives the function that ends it. */
  add(listener: () => void): () => void {
    // Two who listen with one function are two.
    const own = (): void => listener();
    this.#listeners.add(own);
    if (this.#listeners.size === 1) this.#watch = this.#open();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.#close();
    };
  }

  /** There may be more: wakes all who listen. */
  wake(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Commits up to `seq` were seen and are not durable yet. @throws what an earlier sync failed with */
  sawUnsynced(seq: number): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#listeners.size === 0) return;
    this.#lateSync ??= this.#syncLater(seq).finally(() => {
      this.#lateSync = undefined;
      this.wake();
    });
  }

  /** Ends everything. Whoever still listens is told nothing more. */
  async close(): Promise<void> {
    this.#listeners.clear();
    this.#close();
    await this.#lateSync;
  }

  async #syncLater(seq: number): Promise<void> {
    this.#lateSyncEnd = new AbortController();
    const { signal } = this.#lateSyncEnd;
    await this.#machine.clock.sleepMs(LATE_SYNC_MS, signal);
    if (signal.aborted) return;
    try {
      await this.#log.proveDurable(seq);
    } catch (error) {
      // Told to whoever asks next for what is durable.
      this.#failure = error instanceof Error ? error : new Error(String(error));
    }
  }

  #open(): DirectoryWatch | undefined {
    const { disk, paths } = this.#machine;
    try {
      return disk.watchDirectory(paths.walDirectory, (name) => {
        if (name === undefined || !SILENT.has(name)) this.wake();
      });
    } catch (error) {
      // No watch to be had: watchers look once a second.
      if (!isDiskError(error)) throw error;
      return undefined;
    }
  }

  #close(): void {
    this.#watch?.close();
    this.#watch = undefined;
    this.#lateSyncEnd?.abort();
  }
}
