/**
 * Makes relaxed commits durable a little later: 200 ms after the first, at close, and at the normal exit of the process. Commits
 * go on meanwhile: beside somebody who fills the disk's queue a sync can take a second.
 *
 * A failed sync poisons the log; the next call on the handle reports it.
 */
import { WalError } from "@knotwork/wal";
import type { Log } from "@knotwork/wal";

const RELAXED_SYNC_MS = 200;

/** Handles with something to sync when the process exits: one listener serves them all. */
const atExit = new Set<RelaxedSync>();
const syncAll = (): void => {
  const failures: unknown[] = [];
  for (const relaxed of atExit) {
    try {
      relaxed.syncNow();
    } catch (error) {
      // Other stores may stand on other disks.
      failures.push(error);
    }
  }
  if (failures.length > 1)
    throw new AggregateError(failures, "Cannot sync what was committed relaxed to several stores");
  if (failures.length === 1) throw failures[0];
};

export class RelaxedSync {
  readonly #log: Log;
  readonly #underWay = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Something was acknowledged that is not durable yet. */
  soon(): void {
    if (this.#timer !== undefined) return;
    if (atExit.size === 0) process.on("exit", syncAll);
    atExit.add(this);
    this.#timer = setTimeout(() => this.#syncWhenDue(), RELAXED_SYNC_MS).unref();
  }

  /** Makes what was acknowledged durable, without yielding. @throws WalError OUTCOME_UNKNOWN */
  syncNow(): void {
    if (!atExit.delete(this)) return;
    if (atExit.size === 0) process.off("exit", syncAll);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#log.poison === undefined) this.#log.waitDurableBlocking(this.#log.last.seq);
  }

  /** The same when nothing is acknowledged any more; on return no sync is under way. */
  async close(): Promise<void> {
    await Promise.all(this.#underWay);
    this.syncNow();
  }

  #syncWhenDue(): void {
    this.#timer = undefined;
    const sync = this.#sync().finally(() => {
      this.#underWay.delete(sync);
      if (this.#timer !== undefined || this.#underWay.size > 0) return;
      atExit.delete(this);
      if (atExit.size === 0) process.off("exit", syncAll);
    });
    this.#underWay.add(sync);
  }

  async #sync(): Promise<void> {
    try {
      if (this.#log.poison === undefined) await this.#log.waitDurableInBackground(this.#log.last.seq);
    } catch (error) {
      if (!(error instanceof WalError)) throw error;
      // Nobody waits for this sync. When it failed the log is poisoned, and the next call is told; else it is tried again.
      if (this.#log.poison === undefined) this.soon();
    }
  }
}
