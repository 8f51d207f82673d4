/** A clock that stands still until it is told to go on; several handles may share it, as processes share a machine. */
import type { Clock } from "@knotwork/graph";

export class ManualClock implements Clock {
  #wallMs: number;
  #monotonicMs = 1_000_000;
  #bootId = "boot-1";

  constructor(start = "2026-01-01T00:00:00.000Z") {
    this.#wallMs = Date.parse(start);
  }

  /** Time goes by, on both clocks. */
  advance(ms: number): void {
    this.#wallMs += ms;
    this.#monotonicMs += ms;
  }

  /** Somebody sets the wall clock. */
  setWall(ms: number): void {
    this.#wallMs += ms;
  }

  /** The machine starts anew; the wall clock goes on. */
  reboot(): void {
    this.#bootId += "+";
    this.#monotonicMs = 0;
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

  /** Waiting takes a turn of the event loop, and no time. */
  async sleepMs(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  pauseMs(_ms: number): void {}
}
