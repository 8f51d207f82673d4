import { KnotworkError } from "@knotwork/disk";

/**
 * Errors of the log. Codes: `LOG_DAMAGED`, `STORE_REPLACED`, `FORMAT_UNKNOWN`, `NO_SPACE`, `OUTCOME_UNKNOWN`,
 * `HANDLE_POISONED`, `READ_ONLY`, `LIMIT_EXCEEDED`. Each has a section in docs/ERRORS.md.
 */
export class WalError extends KnotworkError {}

/** The log moved on without us: the segment that follows is gone, so the caller must start from a newer manifest. */
export class LogGapError extends WalError {
  readonly segment: string;

  constructor(segment: string) {
    super("LOG_GAP", `Cannot follow the log: segment "${segment}" is gone`, { retryable: true, context: { segment } });
    this.segment = segment;
  }
}
