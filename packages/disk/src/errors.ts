/** Codes of the disk layer beside the errno names that pass through. Documented in docs/ERRORS.md. */
export interface ErrorContext {
  /** A list holds texts or flat objects: several failures of one call, for instance. */
  readonly [name: string]: string | number | boolean | undefined | readonly (string | object)[];
}

export interface KnotworkErrorOptions {
  readonly hint?: string;
  readonly retryable?: boolean;
  readonly context?: ErrorContext;
  readonly cause?: unknown;
}

/**
 * The base of every coded error, in every package. `code` is stable and documented (docs/ERRORS.md); the message says
 * what happened, `hint` what to do; `cause` is the original. Absence is `undefined`, misuse is a TypeError, a broken
 * invariant an assert: none of them is this.
 */
export class KnotworkError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly retryable: boolean;
  readonly context: ErrorContext;

  constructor(code: string, message: string, options: KnotworkErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
    this.context = options.context ?? {};
  }
}

/** An operating error (`code` is the errno name), `LOCKS_UNAVAILABLE`, `LOCK_TIMEOUT` or `LOCK_LOST`. */
export class DiskError extends KnotworkError {}

/** True for a `DiskError` with one of the codes. */
export function isDiskError(error: unknown, ...codes: readonly string[]): error is DiskError {
  return error instanceof DiskError && (codes.length === 0 || codes.includes(error.code));
}
