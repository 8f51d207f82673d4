/**
 * Long work in turns: between two of them the event loop does what else there is to do, and the process may rest, so that it
 * does not lag behind others for as long as the work takes.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "@knotwork/disk";

export interface Turn {
  readonly workMs: number;
  /** How long other work has the process to itself afterwards. 0: for one turn of the event loop. */
  readonly restMs: number;
}

export const SHORT_TURN: Turn = { workMs: 1, restMs: 0 };

export class Turns {
  readonly #clock: Clock;
  readonly #next: () => Turn;
  #restMs = 0;
  #endMs = 0;

  /** `next` is asked before each turn; what it throws ends the work. */
  constructor(clock: Clock, next: () => Turn = () => SHORT_TURN) {
    this.#clock = clock;
    this.#next = next;
  }

  /** Whether the turn has lasted long enough; true before the first. */
  get isOver(): boolean {
    return this.#clock.monotonicMs() >= this.#endMs;
  }

  /** Lets others have their turn, and begins the next. */
  async end(): Promise<void> {
    if (this.#restMs > 0) await this.#clock.sleepMs(this.#restMs);
    else await nextTurn();
    const { workMs, restMs } = this.#next();
    this.#restMs = restMs;
    this.#endMs = this.#clock.monotonicMs() + workMs;
  }

  async endWhenOver(): Promise<void> {
    if (this.isOver) await this.end();
  }
}
