/**
 * The change feed: every commit behind a cursor, in order, each once, as they come.
 *
 * Invariants (ENGINE section 6):
 * - The wake-up is armed before the log is read, so that nothing that happens in between is slept through.
 * - A wake-up can get lost: the log is read once a second all the same, and the damage that would end it is looked for.
 * - Nothing is read ahead but one page, nothing is pinned: a slow consumer costs no memory and holds no files back.
 */
import type { Clock } from "@knotwork/disk";
import type { Awaitable, CommitInfo, Engine, LogPosition } from "./engine.ts";
import { formatWatchCursor, parseWatchCursor } from "./watch-cursor.ts";

export interface WatchOptions {
  /**
   * The cursor of the last commit that was dealt with, or the seq of one (0: from the very first). Default: what is
   * committed from this call on.
   */
  readonly after?: string | number;
  /** Ends the watch: the call that waits, or the next one, throws its reason. */
  readonly signal?: AbortSignal;
  /**
   * False: give commits as soon as they are visible. A loss of power can take such a commit back, and its cursor is
   * refused then. Default true: only commits that stay.
   */
  readonly durable?: boolean;
}

/** A commit, and the cursor to go on behind it. */
export interface WatchedCommit extends CommitInfo {
  readonly cursor: string;
}

export interface WatchParts {
  readonly engine: Engine;
  readonly clock: Clock;
  /** Called once when the watch has ended and let go of everything. */
  readonly onEnd: (watch: CommitWatch) => void;
}

const PAGE_COMMITS = 256;
const LOOK_AGAIN_MS = 1000;

/**
 * Commits as they come; consume it with `for await`. While a call waits, the process stays alive. It ends, and frees what it
 * holds, with `break`, `return()`, its signal, an error, or when the graph is closed.
 */
export class CommitWatch implements AsyncIterableIterator<WatchedCommit, undefined, undefined> {
  readonly #parts: WatchParts;
  readonly #durable: boolean;
  readonly #signal: AbortSignal | undefined;
  readonly #stop = new AbortController();
  readonly #commits: AsyncGenerator<WatchedCommit, undefined, undefined>;

  /** @throws GraphError INVALID_CURSOR; RangeError */
  constructor(parts: WatchParts, { after, signal, durable = true }: WatchOptions) {
    this.#parts = parts;
    this.#durable = durable;
    this.#signal = signal;
    const start = after === undefined ? startAtHead(parts.engine) : parseWatchCursor(after);
    this.#commits = this.#follow(start);
  }

  /** The next commit, once there is one. @throws CursorDivergedError; KnotworkError SNAPSHOT_TOO_OLD, LOG_DAMAGED; the signal's reason */
  next(): Promise<IteratorResult<WatchedCommit, undefined>> {
    return this.#commits.next();
  }

  /** Ends the watch, also while a call of `next` waits. */
  async return(): Promise<IteratorResult<WatchedCommit, undefined>> {
    this.#stop.abort();
    const ended = await this.#commits.return(undefined);
    this.#parts.onEnd(this);
    return ended;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  async *#follow(start: Awaitable<LogPosition>): AsyncGenerator<WatchedCommit, undefined, undefined> {
    const { engine } = this.#parts;
    const stop = (): void => this.#stop.abort();
    const wakeUp = new WakeUp(this.#parts.clock, this.#stop.signal);
    this.#signal?.addEventListener("abort", stop);
    const disarm = engine.onHint(() => wakeUp.ring());
    try {
      for (let position = await start; ;) {
        this.#signal?.throwIfAborted();
        if (this.#stop.signal.aborted) return undefined;
        wakeUp.arm();
        const page = await engine.log({ after: position, limit: PAGE_COMMITS, durable: this.#durable });
        for (const { commit, mark } of page) {
          this.#signal?.throwIfAborted();
          if (this.#stop.signal.aborted) return undefined;
          position = { seq: commit.seq, mark };
          yield { ...commit, cursor: formatWatchCursor({ seq: commit.seq, mark }) };
        }
        if (page.length === 0 && !(await wakeUp.wait(LOOK_AGAIN_MS))) throwDamage(engine);
      }
    } finally {
      disarm();
      this.#signal?.removeEventListener("abort", stop);
      this.#parts.onEnd(this);
    }
  }
}

/** Asked at once, so that what is committed after the call is seen, whenever the first commit is asked for. */
function startAtHead(engine: Engine): Awaitable<LogPosition> {
  const head = engine.head();
  if (typeof head === "number") return { seq: head };
  const start = head.then((seq) => ({ seq }));
  // Whoever asks for the first commit is told; a watch that nobody consumes must not end the process.
  start.catch(() => undefined);
  return start;
}

function throwDamage(engine: Engine): void {
  const damage = engine.damage?.();
  if (damage !== undefined) throw damage;
}

/** A wait that ends with a ring, which may come before it. */
class WakeUp {
  readonly #clock: Clock;
  readonly #stop: AbortSignal;
  #isRung = false;
  #waiting: AbortController | undefined;

  constructor(clock: Clock, stop: AbortSignal) {
    this.#clock = clock;
    this.#stop = stop;
    stop.addEventListener("abort", () => this.ring());
  }

  /** What rings from now on ends the next wait. */
  arm(): void {
    this.#isRung = false;
  }

  ring(): void {
    this.#isRung = true;
    this.#waiting?.abort();
  }

  /** Waits for a ring since `arm`, at most so long. Gives whether there was one. */
  async wait(timeoutMs: number): Promise<boolean> {
    if (!this.#isRung && !this.#stop.aborted) {
      this.#waiting = new AbortController();
      await this.#clock.sleepMs(timeoutMs, this.#waiting.signal);
      this.#waiting = undefined;
    }
    return this.#isRung;
  }
}
