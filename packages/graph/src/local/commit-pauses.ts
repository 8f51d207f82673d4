/**
 * What commits owe to who shortens the log: without it the commits of many make it grow faster than one can shorten it. It is
 * paid in few pauses: a process that sleeps behind each commit has cold caches.
 */
import type { Clock } from "@knotwork/disk";

const PAUSE_MS = 32;

export class CommitPauses {
  readonly #clock: Clock;
  #owedMs = 0;
  #pausing: Promise<void> | undefined;
  #end: AbortController | undefined;
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Nobody pauses any more. */
  close(): void {
    this.#isClosed = true;
    this.#end?.abort();
  }

  /** Nothing is owed any more. */
  forget(): void {
    this.#owedMs = 0;
  }

  /** After a commit that owes so much. When enough is owed all callers of this process pause; commits behind which a pause runs owe nothing. */
  owe(ms: number): Promise<void> | undefined {
    if (this.#isClosed) return undefined;
    if (this.#pausing !== undefined) return this.#pausing;
    this.#owedMs += ms;
    if (this.#owedMs < PAUSE_MS) return undefined;
    this.#owedMs = 0;
    this.#end = new AbortController();
    return (this.#pausing = this.#clock.sleepMs(PAUSE_MS, this.#end.signal).finally(() => {
      this.#pausing = undefined;
    }));
  }
}
