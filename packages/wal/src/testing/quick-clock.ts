/** A clock that runs by itself: whoever sleeps wakes after a turn of the event loop, and so much later. */
import { setImmediate as turnOfEventLoop } from "node:timers/promises";
import type { Clock } from "@knotwork/disk";

const START_MS = Date.UTC(2026, 0, 1);

export class QuickClock implements Clock {
  #elapsedMs = 0;

  nowMs(): number {
    return START_MS + Math.floor(this.#elapsedMs);
  }

  monotonicMs(): number {
    return 1000 + this.#elapsedMs;
  }

  bootId(): string {
    return "test-boot";
  }

  async sleepMs(ms: number): Promise<void> {
    this.#elapsedMs += ms;
    await turnOfEventLoop();
  }

  pauseMs(ms: number): void {
    this.#elapsedMs += ms;
  }

  /** Lets time pass for everybody. */
  pass(ms: number): void {
    this.#elapsedMs += ms;
  }
}
