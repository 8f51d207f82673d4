/** The JSON a command prints under `--json`: one document, always one of two shapes. */
import { BrokenInvariantError, KnotworkError } from "@knotwork/disk";
import { sanitizeJson } from "./output/sanitize.ts";

/** What JSON.stringify turns into JSON: the frozen views of the domain are interfaces, which are no `JsonValue` to the compiler. */
export type Printable = string | number | boolean | null | object;

export interface EnvelopePage {
  /** Give it as `--after` to go on; `null` when there is nothing more. */
  readonly next: string | null;
  readonly truncated: boolean;
}

export interface EnvelopeError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly retryable: boolean;
  readonly context: object;
}

/** The version of the envelope: raised when a field of it changes its meaning or goes away. */
export const ENVELOPE_VERSION = 1;

const WHOLE: EnvelopePage = { next: null, truncated: false };

/** One line of JSON, safe to print, without a line break. A list (`data.items`) always has a page: a whole one by default. */
export function successEnvelope(
  data: Printable,
  page: EnvelopePage | undefined = isList(data) ? WHOLE : undefined,
): string {
  return jsonLine({ v: ENVELOPE_VERSION, ok: true, data, ...(page === undefined ? {} : { page }) });
}

/** One line of JSON, safe to print, without a line break. */
export function errorEnvelope(error: EnvelopeError): string {
  return jsonLine({ v: ENVELOPE_VERSION, ok: false, error });
}

export function jsonLine(value: Printable): string {
  return sanitizeJson(JSON.stringify(value));
}

function isList(data: Printable): boolean {
  return typeof data === "object" && data !== null && "items" in data && Array.isArray(data.items);
}

/** Any thrown value as the envelope tells it. A defect of Knotwork itself is `INTERNAL`. */
export function describeError(error: unknown): EnvelopeError {
  if (error instanceof KnotworkError) {
    return {
      code: error.code,
      message: error.message,
      hint: error.hint ?? ERRNO_HINTS[error.code] ?? null,
      retryable: error.retryable,
      context: error.context,
    };
  }
  if (error instanceof RangeError || (error instanceof TypeError && !isEngineTypeError(error))) {
    return { code: "INVALID_ARGUMENT", message: error.message, hint: null, retryable: false, context: {} };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: "INTERNAL",
    message: `Cannot finish the command: ${message}`,
    hint: "This is a defect of Knotwork. Please report it with the output of the same command under KNOT_DEBUG=1.",
    retryable: false,
    context: { kind: error instanceof BrokenInvariantError ? "broken invariant" : "unexpected error" },
  };
}

/** What to do next where all that is known is what the operating system said. */
const ERRNO_HINTS: Readonly<Record<string, string>> = {
  EACCES: "Check who may read and write there.",
  EEXIST: "Choose a name that is not taken.",
  EIO: "Check the device: it could not read or write. Then run: knot doctor",
  EISDIR: "Name a file, not a directory.",
  ELOOP: "Name the file itself, not a symbolic link.",
  EMFILE: "Close other programs, or raise the limit of open files.",
  ENFILE: "Close other programs, or raise the limit of open files.",
  ENOENT: "Check the path: it, or a directory of it, does not exist.",
  ENOSPC: "Free space on the device and try again.",
  ENOTDIR: "Check the path: a part of it is no directory.",
  EPERM: "Check who may read and write there.",
  EROFS: "Name a place on a file system that can be written.",
};

/** V8 throws TypeErrors of its own for defects such as reading a property of undefined. */
function isEngineTypeError(error: TypeError): boolean {
  return /^Cannot (?:read|set) propert|is not (?:a function|iterable|a constructor)|^Cannot destructure/.test(
    error.message,
  );
}
