/** Time, passed in by whoever opens a store, never taken from globals by the engine. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. May jump. */
  nowMs(): number;
  /** Monotonic clock of this boot, milliseconds with fractions; one clock for all processes of the machine. */
  monotonicMs(): number;
  /** Names the boot of the machine: monotonic times of two processes compare only when equal. */
  bootId(): string;
  /** Waits without blocking the event loop, until `signal` is aborted at the latest; that is no error. */
  sleepMs(ms: number, signal?: AbortSignal): Promise<void>;
  /** Blocks this thread (Atomics.wait). Only for the short waits between two attempts at a lock, or at a pipe that is full. */
  pauseMs(ms: number): void;
}
