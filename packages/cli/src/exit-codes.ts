/**
 * Which exit code a failed command ends with. Scripts branch on these numbers, so each error code of every package has
 * its line here (`exit-codes.test.ts` scans the sources); a code without one, such as a rare errno, ends with 1.
 */

/** 0 ok, 1 failed, 2 wrong usage or missing identity, 3 not found, 4 conflict, 5 lock timeout, 6 damaged, 7 outcome unknown, 8 limit or no space. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

export const EXIT_OK: ExitCode = 0;
export const EXIT_FAILED: ExitCode = 1;
export const EXIT_USAGE: ExitCode = 2;
export const EXIT_NOT_FOUND: ExitCode = 3;
export const EXIT_CONFLICT: ExitCode = 4;
export const EXIT_LOCK_TIMEOUT: ExitCode = 5;
export const EXIT_DAMAGED: ExitCode = 6;
export const EXIT_OUTCOME_UNKNOWN: ExitCode = 7;
export const EXIT_LIMIT: ExitCode = 8;

/** By exit code. */
export const EXIT_MEANINGS: readonly string[] = [
  "done; nothing ready is an answer too (data is null)",
  "failed",
  "wrong usage, or nobody said who they are",
  "not found, the store included",
  "conflict, claim held by somebody else, or stale fence",
  "lock timeout; try again",
  "the store is damaged",
  "the outcome is unknown",
  "a limit was exceeded, or no space is left",
];

const CODES_BY_EXIT: readonly (readonly [ExitCode, readonly string[]])[] = [
  [
    EXIT_FAILED,
    [
      "ABORTED",
      "BATCH_FAILED",
      "CHILDREN_OPEN",
      "CURSOR_DIVERGED",
      "CYCLE",
      "FILE_EXISTS",
      "FORMAT_UNKNOWN",
      "GRAPH_CLOSED",
      "INDEX_UNSUPPORTED",
      "INTERNAL",
      "INVALID_TRANSITION",
      "LOCKS_UNAVAILABLE",
      "LOCK_LOST",
      "LOG_GAP",
      "NOT_BUILT",
      "NOT_DELETED",
      "NOT_READY",
      "NOT_SUPPORTED",
      "PARENT_CLOSED",
      "READ_ONLY",
      "SNAPSHOT_TOO_OLD",
      "STORE_EXISTS",
      "TRANSACTION_OVER",
      "EACCES",
      "EBADF",
      "EEXIST",
      "EIO",
      "ELOOP",
      "EMFILE",
      "ENFILE",
      "EPERM",
      "EROFS",
    ],
  ],
  [
    EXIT_USAGE,
    [
      "AMBIGUOUS_ID",
      "EXCESS_ARGUMENT",
      "IDENTITY_REQUIRED",
      "INVALID_ARGUMENT",
      "INVALID_CURSOR",
      "INVALID_ID",
      "INVALID_QUERY",
      "INVALID_TYPE",
      "INVALID_VALUE",
      "INVALID_WEIGHT",
      "MISSING_ARGUMENT",
      "REPEATED_OPTION",
      "UNKNOWN_COMMAND",
      "UNKNOWN_FIELD",
      "UNKNOWN_OPTION",
      "UNKNOWN_TYPE",
    ],
  ],
  [EXIT_NOT_FOUND, ["DANGLING_EDGE", "ENOENT", "ENOTDIR", "FILE_NOT_FOUND", "NOT_FOUND", "STORE_NOT_FOUND"]],
  [
    EXIT_CONFLICT,
    [
      "ALREADY_EXISTS",
      "CLAIM_HELD",
      "CONFLICT",
      "KEY_REUSED",
      "LAYERS_CONFLICT",
      "STALE_FENCE",
      "STORE_REPLACED",
      "WRONG_AGENT",
      "WRONG_END",
    ],
  ],
  [EXIT_LOCK_TIMEOUT, ["LOCK_TIMEOUT"]],
  [
    EXIT_DAMAGED,
    [
      "BACKUP_DAMAGED",
      "BACKUP_INCOMPLETE",
      "INDEX_DAMAGED",
      "INDEX_KEY_INVALID",
      "LOG_DAMAGED",
      "STORE_DAMAGED",
      "VERSION_DAMAGED",
    ],
  ],
  [EXIT_OUTCOME_UNKNOWN, ["HANDLE_POISONED", "OUTCOME_UNKNOWN"]],
  [EXIT_LIMIT, ["EDQUOT", "EFBIG", "ENOSPC", "LIMIT_EXCEEDED", "NO_SPACE", "TIMED_OUT"]],
];

const EXIT_BY_CODE: ReadonlyMap<string, ExitCode> = new Map(
  CODES_BY_EXIT.flatMap(([exit, codes]) => codes.map((code): [string, ExitCode] => [code, exit])),
);

/** The exit code for an error code; 1 for a code that has no line here. */
export function exitCodeOf(errorCode: string): ExitCode {
  return EXIT_BY_CODE.get(errorCode) ?? EXIT_FAILED;
}

/** The error codes that end a command with `exit`. */
export function errorCodesByExit(exit: number): readonly string[] {
  return CODES_BY_EXIT.flatMap(([each, codes]) => (each === exit ? codes : []));
}

/** Whether an error code has a line of its own. */
export function hasExitCode(errorCode: string): boolean {
  return EXIT_BY_CODE.has(errorCode);
}
