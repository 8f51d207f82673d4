/**
 * Runs a synchronous section under a process lock. Waiting never blocks the kernel lock queue: attempts are non-blocking,
 * tens, then hundreds of microseconds apart for a short spell, then the event loop runs between spells. ENGINE section 1,
 * step 1.
 *
 * Invariants:
 * - Between `tryAcquire` and `release` there is no await: no other code of this process runs while the lock is held.
 * - Callers of one process are served first come, first served; processes compete. One that took the lock many times in a row
 *   lets those go first that wait.
 */
import { assert } from "./assert.ts";
import type { Clock } from "./clock.ts";
import { DiskError } from "./errors.ts";
import type { ProcessLock } from "./process-lock.ts";
import type { Random } from "./random.ts";

/** A section returns this to have the lock released and taken again: what it needs is busy at the moment. */
export const RETRY_LOCK: unique symbol = Symbol("RETRY_LOCK");

export interface RunLockedOptions {
  readonly lock: ProcessLock;
  readonly clock: Clock;
  readonly random: Random;
  /** How long to wait, from the call on. 0 tries once, Infinity waits for ever. Default 5000. */
  readonly timeoutMs?: number;
  /** Ends the waiting, within 5 ms; a section that runs is not interrupted. */
  readonly signal?: AbortSignal;
  /**
   * Called before each attempt, without the lock, for work that shortens the section. Whoever sees in it that others had the
   * lock tells it so (`ProcessLock.sawAnotherHolder`), or the process stands back for nothing.
   */
  readonly beforeAttempt?: () => void;
}

const TIMEOUT_MS = 5000;
/** How long one spell of attempts may block this thread. */
const SPELL_MS = 2;
/** The pause before the second attempt, doubled before each further one: an attempt costs as much CPU as a tenth of a commit. */
const PAUSE_MIN_MS = 0.03;
const PAUSE_MAX_MS = 0.1;
const PAUSE_DOUBLINGS = 3;
/**
 * So many sections in a row, and those who wait go first: the kernel's lock is no queue, and a process that needs it again
 * at once nearly always gets it. Fewer in a row cost more changes of holder, each of which waits for one to wake.
 */
const IN_A_ROW_MAX = 16;
const STAND_BACK_MS = 1;
const BACK_OFF_MIN_MS = 1;
const BACK_OFF_MAX_MS = 5;

/**
 * Takes the lock, runs `section` once, releases the lock and gives what the section returned. The lock is free again when
 * the promise settles, however it settles.
 * @throws DiskError LOCK_TIMEOUT (retryable, names the holder) when the lock, or a section that answers RETRY_LOCK, took too long
 * @throws the reason of `signal`; whatever `section`, `beforeAttempt` or the disk threw
 */
export async function runLocked<T>(options: RunLockedOptions, section: () => T | typeof RETRY_LOCK): Promise<T> {
  const wait = new Wait(options);
  const { turns } = options.lock;
  const turn = turns.enter(() => wait.throwIfGivenUp());
  if (turn !== undefined) await turn;
  try {
    letOthersGoFirst(options, wait);
    for (let spell = 0; ; spell += 1) {
      const result = attemptForOneSpell(options, wait, section);
      if (result !== RETRY_LOCK) return result;
      wait.throwIfGivenUp();
      turns.dismiss();
      await options.clock.sleepMs(Math.min(backOffMs(spell, options.random), wait.remainingMs()));
    }
  } finally {
    options.lock.waiters.leave();
    turns.leave();
  }
}

/** Pauses until one of those who wait has had the lock, as far as `beforeAttempt` can tell, for 1 ms at most. */
function letOthersGoFirst({ lock, clock, beforeAttempt }: RunLockedOptions, wait: Wait): void {
  if (lock.takenInARow < IN_A_ROW_MAX) return;
  beforeAttempt?.();
  const endMs = clock.monotonicMs() + Math.min(STAND_BACK_MS, wait.remainingMs());
  while (lock.takenInARow > 0 && clock.monotonicMs() < endMs && lock.waiters.exist()) {
    clock.pauseMs(PAUSE_MAX_MS);
    beforeAttempt?.();
  }
  lock.countAnew();
}

/** Attempts until one succeeds, the spell is over or the time is up; RETRY_LOCK when none succeeded. */
function attemptForOneSpell<T>(
  options: RunLockedOptions,
  wait: Wait,
  section: () => T | typeof RETRY_LOCK,
): T | typeof RETRY_LOCK {
  const { lock, clock, random } = options;
  const spellEndMs = clock.monotonicMs() + Math.min(SPELL_MS, wait.remainingMs());
  for (let attempt = 0; ; attempt += 1) {
    options.signal?.throwIfAborted();
    options.beforeAttempt?.();
    wait.attempts += 1;
    if (lock.tryAcquire()) {
      lock.waiters.leave();
      const result = runSection(lock, section);
      if (result !== RETRY_LOCK) return result;
    }
    if (clock.monotonicMs() >= spellEndMs) return RETRY_LOCK;
    lock.waiters.join();
    const pauseMs = PAUSE_MIN_MS + random() * (PAUSE_MAX_MS - PAUSE_MIN_MS);
    clock.pauseMs(pauseMs * 2 ** Math.min(attempt, PAUSE_DOUBLINGS));
  }
}

function runSection<T>(lock: ProcessLock, section: () => T | typeof RETRY_LOCK): T | typeof RETRY_LOCK {
  try {
    const result = section();
    assert(!(result instanceof Promise), "a locked section must be synchronous");
    return result;
  } finally {
    lock.release();
  }
}

/** 1, 2, 4, 5, 5 … ms, each cut by up to a half so that waiting processes do not wake together. */
function backOffMs(spell: number, random: Random): number {
  const fullMs = Math.min(BACK_OFF_MAX_MS, BACK_OFF_MIN_MS * 2 ** Math.min(spell, 10));
  return fullMs * (0.5 + random() / 2);
}

/** How long one caller has waited, and whether it still wants to. */
class Wait {
  attempts = 0;
  readonly #options: RunLockedOptions;
  readonly #startMs: number;
  readonly #timeoutMs: number;

  constructor(options: RunLockedOptions) {
    const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    if (!(timeoutMs >= 0)) throw new RangeError(`timeoutMs must be 0 or more, not ${timeoutMs}`);
    this.#options = options;
    this.#startMs = options.clock.monotonicMs();
    this.#timeoutMs = timeoutMs;
  }

  remainingMs(): number {
    return Math.max(0, this.#timeoutMs - this.#waitedMs());
  }

  /** @throws when the caller was aborted or its time is up */
  throwIfGivenUp(): void {
    this.#options.signal?.throwIfAborted();
    if (this.remainingMs() === 0) throw this.#timeoutError();
  }

  #waitedMs(): number {
    return this.#options.clock.monotonicMs() - this.#startMs;
  }

  #timeoutError(): DiskError {
    const { lock } = this.#options;
    const holder = lock.readHolder();
    const waitedMs = Math.round(this.#waitedMs());
    const who =
      holder === undefined ? "another process" : `process ${holder.pid} on ${holder.host} since ${holder.since}`;
    return new DiskError("LOCK_TIMEOUT", `Cannot lock "${lock.path}" within ${waitedMs} ms: last taken by ${who}`, {
      hint: "Try again. The lock is freed when its holder finishes or dies; never remove the lock file.",
      retryable: true,
      context: {
        path: lock.path,
        holderPid: holder?.pid,
        holderHost: holder?.host,
        holderSince: holder?.since,
        attempts: this.attempts,
        waitedMs,
      },
    });
  }
}
