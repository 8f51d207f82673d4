/** What a read may cost: every query, walk, path and pattern takes these bounds, and a guard that keeps them. */
import { setImmediate } from "node:timers/promises";
import type { Clock } from "@knotwork/disk";
import { GraphError } from "./graph-error.ts";

export interface QueryBounds {
  /** At most so many results. The rest is left out, and that is no error. */
  readonly limit?: number;
  /** At most so many nodes and edges looked at on the way to the results; with more: LIMIT_EXCEEDED. */
  readonly maxVisited?: number;
  /** From the call on; then: TIMED_OUT. Checked between entities, so one slow read may overstep it. */
  readonly timeoutMs?: number;
  /** Ends the read with ABORTED. */
  readonly signal?: AbortSignal;
}

export interface GuardOptions {
  readonly clock: Clock;
  /** What is being done, for messages: "walk from T-1". */
  readonly action: string;
  /** When the bounds name no `maxVisited`. Default: unlimited. */
  readonly maxVisitedDefault?: number;
}

/** Clock and signal are looked at once in so many visits. */
const visitsPerLook = 64;
/** A read that needs no input or output lets timers, signals and other callers run this often. */
const turnMs = 10;

/** Counts what one read looks at, and ends it when it oversteps its bounds. Made when the call is made. */
export class BoundsGuard {
  readonly #bounds: QueryBounds;
  readonly #options: GuardOptions;
  readonly #maxVisited: number;
  readonly #startMs: number;
  #visited = 0;
  #untilLook = 0;
  #turnEndsMs: number;
  #turnIsOver = false;

  /** @throws RangeError for a bound that is not a number >= 0 */
  constructor(bounds: QueryBounds, options: GuardOptions) {
    assertBounds(bounds);
    this.#bounds = bounds;
    this.#options = options;
    this.#maxVisited = bounds.maxVisited ?? options.maxVisitedDefault ?? Infinity;
    this.#startMs = options.clock.monotonicMs();
    this.#turnEndsMs = this.#startMs + turnMs;
  }

  get visited(): number {
    return this.#visited;
  }

  /** The read begins anew, on a newer state: what it looked at counts no more, its time goes on. */
  restart(): void {
    this.#visited = 0;
    this.#untilLook = 0;
  }

  /**
   * Call it for every node and edge looked at.
   * @throws GraphError LIMIT_EXCEEDED, TIMED_OUT, ABORTED
   */
  visit(count = 1): void {
    this.#visited += count;
    if (this.#visited > this.#maxVisited) throw this.#visitedTooMany();
    this.#untilLook -= count;
    if (this.#untilLook <= 0) this.look();
  }

  /**
   * Looks at the clock and the signal, whatever was visited.
   * @throws GraphError TIMED_OUT, ABORTED
   */
  look(): void {
    this.#untilLook = visitsPerLook;
    const { signal, timeoutMs = Infinity } = this.#bounds;
    if (signal?.aborted === true) throw this.#aborted(signal.reason);
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#startMs > timeoutMs) throw this.#timedOut(timeoutMs);
    this.#turnIsOver ||= nowMs >= this.#turnEndsMs;
  }

  /**
   * A promise to await when the read has kept the event loop for long: without it no signal could be given while a read
   * answers from memory. `undefined` mostly.
   */
  pause(): Promise<void> | undefined {
    return this.#turnIsOver ? this.#pause() : undefined;
  }

  async #pause(): Promise<void> {
    await setImmediate();
    this.#turnIsOver = false;
    this.#turnEndsMs = this.#options.clock.monotonicMs() + turnMs;
    this.look();
  }

  #visitedTooMany(): GraphError {
    const { action } = this.#options;
    const limit = this.#maxVisited;
    return new GraphError("LIMIT_EXCEEDED", `Cannot ${action}: more than ${limit} nodes and edges were visited`, {
      hint: "Narrow the read by types, conditions, depth or an index, or raise maxVisited.",
      context: { action, maxVisited: limit, visited: this.#visited },
    });
  }

  #timedOut(timeoutMs: number): GraphError {
    const { action } = this.#options;
    return new GraphError("TIMED_OUT", `Cannot ${action}: it took longer than ${timeoutMs} ms`, {
      hint: "Narrow the read by types, conditions, depth or an index, or raise timeoutMs.",
      retryable: true,
      context: { action, timeoutMs, visited: this.#visited },
    });
  }

  #aborted(cause: unknown): GraphError {
    const { action } = this.#options;
    return new GraphError("ABORTED", `Cannot ${action}: its signal was aborted`, {
      hint: "The caller ended the read. Ask again without the signal, or with a new one.",
      context: { action, visited: this.#visited },
      cause,
    });
  }
}

/** @throws RangeError for a bound that is not a number >= 0 */
export function assertBounds({ limit, maxVisited, timeoutMs }: QueryBounds): void {
  for (const [name, count] of [
    ["limit", limit],
    ["maxVisited", maxVisited],
  ] as const) {
    if (count === undefined || count === Infinity || (Number.isSafeInteger(count) && count >= 0)) continue;
    throw new RangeError(`Cannot read: ${name} is ${count}, not a whole number of 0 or more`);
  }
  if (timeoutMs === undefined || timeoutMs >= 0) return;
  throw new RangeError(`Cannot read: timeoutMs is ${timeoutMs}, not 0 or more`);
}
