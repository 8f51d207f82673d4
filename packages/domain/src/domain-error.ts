/** The coded error of the domain: a rule was kept, nothing was changed. */
import { KnotworkError, type KnotworkErrorOptions } from "@knotwork/graph";
import type { DomainErrorCode } from "./error-codes.ts";

/** Thrown when a rule of the domain forbids what was asked. Codes and meanings: error-codes.ts. */
export class DomainError extends KnotworkError {
  constructor(code: DomainErrorCode, message: string, options: KnotworkErrorOptions = {}) {
    super(code, message, options);
  }
}

/** True for a `DomainError` with one of the codes. */
export function isDomainError(error: unknown, ...codes: readonly DomainErrorCode[]): error is DomainError {
  return error instanceof DomainError && (codes.length === 0 || (codes as readonly string[]).includes(error.code));
}

export function notFound(kind: string, id: string): DomainError {
  return new DomainError("NOT_FOUND", `Cannot find ${kind} "${id}": there is none with this id`, {
    hint: `List what there is, or give at least six characters of the end of the id.`,
    context: { kind, id },
  });
}
