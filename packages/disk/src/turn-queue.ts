/** The callers of one process who want the same lock, served first come, first served. */

interface Waiter {
  readonly start: () => void;
  readonly refuse: (reason: unknown) => void;
  readonly throwIfGivenUp: () => void;
}

export class TurnQueue {
  #waiters: Waiter[] = [];
  #taken = false;

  /**
   * `undefined`: it is the caller's turn now. Otherwise a promise that resolves when it is, or rejects with what
   * `throwIfGivenUp` threw when `dismiss` asked. Whoever got a turn calls `leave` exactly once.
   */
  enter(throwIfGivenUp: () => void): Promise<void> | undefined {
    if (!this.#taken) {
      this.#taken = true;
      return undefined;
    }
    return new Promise((start, refuse) => {
      this.#waiters.push({ start, refuse, throwIfGivenUp });
    });
  }

  leave(): void {
    const next = this.#waiters.shift();
    if (next === undefined) this.#taken = false;
    else next.start();
  }

  /** Called by whoever has the turn and has to wait: those behind who will not wait any longer leave now, not after it. */
  dismiss(): void {
    this.#waiters = this.#waiters.filter((waiter) => {
      try {
        waiter.throwIfGivenUp();
        return true;
      } catch (reason) {
        waiter.refuse(reason);
        return false;
      }
    });
  }
}
