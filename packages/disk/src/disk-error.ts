/** Builds the `DiskError` of every disk implementation, so that all of them speak with the same words. */
import { DiskError, type ErrorContext } from "./errors.ts";

const STATE_BY_CODE: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EBADF: "the file was closed",
  EEXIST: "it exists already",
  EINVAL: "it is not a regular file",
  EIO: "the device failed",
  EISDIR: "it is a directory",
  ELOOP: "it is a symbolic link",
  EMFILE: "this process has too many open files",
  ENFILE: "the machine has too many open files",
  ENOENT: "no such file or directory",
  ENOSPC: "no space left on the device",
  ENOTDIR: "it is not a directory",
  ENOTEMPTY: "the directory is not empty",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  EXDEV: "the two paths are on different file systems",
};

const HINT_BY_CODE: Readonly<Record<string, string>> = {
  EACCES: "Check the owner and the mode of the path and of the directories above it.",
  EMFILE: "Raise the limit of open files (ulimit -n), or close stores that are not used.",
  ENOSPC: "Free space on the device, then try again.",
  EROFS: "Use a path on a file system that can be written.",
};

export interface DiskErrorDetail {
  readonly code: string;
  /** What was tried, as a verb phrase: `open`, `take the lock on`. */
  readonly action: string;
  readonly path: string;
  readonly context?: ErrorContext;
  readonly cause?: unknown;
}

export function diskError(detail: DiskErrorDetail): DiskError {
  const { code, action, path, context, cause } = detail;
  const state = STATE_BY_CODE[code] ?? stateOf(cause) ?? "the operating system refused";
  const hint = HINT_BY_CODE[code];
  return new DiskError(code, `Cannot ${action} "${path}": ${state} (${code})`, {
    ...(hint === undefined ? {} : { hint }),
    context: { path, ...context },
    cause,
  });
}

/** The `DiskError` for an error of `node:fs`; an error that is not the operating system's (misuse) comes back as it is. */
export function asDiskError(error: unknown, action: string, path: string): unknown {
  const code = errnoOf(error);
  return code === undefined ? error : diskError({ code, action, path, cause: error });
}

/** The errno name of an error the operating system gave, `undefined` for any other value. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  return /^E[A-Z0-9]+$/.test(error.code) ? error.code : undefined;
}

/** Node writes "ENOENT: no such file or directory, open '…'": the part between is the state. */
function stateOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  return /^[A-Z0-9]+: ([^,]+)/.exec(cause.message)?.[1];
}
