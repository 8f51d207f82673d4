/** A clock that stands still until the test moves it. */
import { setImmediate as turnOfEventLoop } from "node:timers/promises";
import { assert } from "../assert.ts";
import type { Clock } from "../clock.ts";

export interface TestClockOptions {
  /** Wall clock at the start, milliseconds since 1970. Default: 2026-01-01T00:00:00Z. */
  readonly nowMs?: number;
  /** Monotonic clock at the start. Default 1000. */
  readonly monotonicMs?: number;
  readonly bootId?: string;
}

interface Sleeper {
  readonly wakeAtMs: number;
  readonly wake: () => void;
}

export class TestClock implements Clock {
  #bootId: string;
  #wallMs: number;
  #monotonicMs: number;
  #sleepers: readonly Sleeper[] = [];

  constructor(options: TestClockOptions = {}) {
    this.#wallMs = options.nowMs ?? Date.UTC(2026, 0, 1);
    this.#monotonicMs = options.monotonicMs ?? 1000;
    this.#bootId = options.bootId ?? "test-boot";
  }

  /** How many sleeps are under way. */
  get sleeperCount(): number {
    return this.#sleepers.length;
  }

  nowMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  bootId(): string {
    return this.#bootId;
  }

  sleepMs(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((wake) => {
      const sleeper: Sleeper = { wakeAtMs: this.#monotonicMs + ms, wake };
      this.#sleepers = [...this.#sleepers, sleeper].toSorted((a, b) => a.wakeAtMs - b.wakeAtMs);
      signal?.addEventListener("abort", () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        wake();
      });
    });
  }

  /** Time passes; nobody else runs, so sleepers that are due wake only afterwards. */
  pauseMs(ms: number): void {
    this.#pass(ms);
  }

  /** Lets `ms` pass, waking sleepers one after the other at their time. Resolves when what they woke has come to rest. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#monotonicMs + ms;
    await turnOfEventLoop();
    while (this.#sleepers[0] !== undefined && this.#sleepers[0].wakeAtMs <= endMs) await this.#wakeFirst();
    this.#pass(Math.max(0, endMs - this.#monotonicMs));
  }

  /** Lets time pass from sleep to sleep until `promise` settles, and gives what it gives. */
  async advanceUntil<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const observed = promise.finally(() => {
      isSettled = true;
    });
    // Handled below; without this an early rejection would count as unhandled.
    observed.catch(() => undefined);
    await turnOfEventLoop();
    while (!isSettled) {
      assert(this.#sleepers.length > 0, "the promise waits for something other than this clock");
      await this.#wakeFirst();
    }
    return observed;
  }

  /** The same for a promise that waits for other things, too: time passes only while somebody sleeps. */
  async advanceWhileAsleep<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const observed = promise.finally(() => {
      isSettled = true;
    });
    observed.catch(() => undefined);
    while (!isSettled) {
      await turnOfEventLoop();
      if (!isSettled) await this.#wakeFirst();
    }
    return observed;
  }

  /** Moves the wall clock alone, as an administrator or NTP does. */
  stepWallClock(ms: number): void {
    this.#wallMs += ms;
  }

  /** The machine restarts: another boot id, the monotonic clock from 0. Nobody sleeps any more. */
  reboot(bootId: string): void {
    this.#bootId = bootId;
    this.#monotonicMs = 0;
    this.#sleepers = [];
  }

  async #wakeFirst(): Promise<void> {
    const [first, ...others] = this.#sleepers;
    if (first === undefined) return;
    this.#sleepers = others;
    this.#pass(Math.max(0, first.wakeAtMs - this.#monotonicMs));
    first.wake();
    await turnOfEventLoop();
  }

  #pass(ms: number): void {
    this.#wallMs += ms;
    this.#monotonicMs += ms;
  }
}
