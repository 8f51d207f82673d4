/**
 * The order in which the calls of one transaction take effect: a write, and a read behind it, as they were called, also when
 * nobody awaits them. A call that need not wait runs at once, and leaves nothing behind here.
 */
import { isPromise } from "./awaitable.ts";
import type { Awaitable } from "./engine.ts";

export class CallOrder {
  readonly #assertActive: () => void;
  /** Calls that have not ended. */
  readonly #pending = new Set<Promise<unknown>>();
  /** The last write called, while it has not ended; rejects never. */
  #lastWrite: Promise<unknown> | undefined;

  /** `assertActive` throws when calls are taken no more. */
  constructor(assertActive: () => void) {
    this.#assertActive = assertActive;
  }

  /** Resolves when the writes called before have ended; never rejects. */
  async writesEnded(): Promise<void> {
    await this.#lastWrite;
  }

  read<T>(read: () => Awaitable<T>): Promise<T> {
    const started = this.#start(read);
    return isPromise(started) ? this.#track(started) : Promise.resolve(started);
  }

  write<T>(write: () => Awaitable<T>): Promise<T> {
    const started = this.#start(write);
    if (!isPromise(started)) return Promise.resolve(started);
    const ended: Promise<unknown> = started.then(
      () => this.#endWrite(ended),
      () => this.#endWrite(ended),
    );
    this.#lastWrite = ended;
    return this.#track(started);
  }

  /** Resolves when all calls have ended. @throws what the first of them threw that had not ended before */
  async ended(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  /** What calls under way run into from now on is nobody's concern. */
  ignore(): void {
    for (const call of this.#pending) call.catch(() => undefined);
  }

  #start<T>(call: () => Awaitable<T>): Awaitable<T> {
    const before = this.#lastWrite;
    try {
      this.#assertActive();
      if (before === undefined) return call();
      return before.then(() => {
        this.#assertActive();
        return call();
      });
    } catch (error) {
      // Told a turn of the event loop later: `ended` hears of it even when nobody awaits this call.
      return new Promise<T>((_, reject) => setImmediate(reject, error));
    }
  }

  #endWrite(ended: Promise<unknown>): void {
    if (this.#lastWrite === ended) this.#lastWrite = undefined;
  }

  /** What is given back is handled by nobody but the caller, and by `ended` if the call has not ended then. */
  #track<T>(call: Promise<T>): Promise<T> {
    const tracked = call.finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
    return tracked;
  }
}
