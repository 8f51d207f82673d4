import { KnotworkError } from "@knotwork/disk";

/** Errors of the local engine. Codes: `STORE_NOT_FOUND`, `STORE_EXISTS`, `STORE_DAMAGED`, `KEY_REUSED`, `SNAPSHOT_TOO_OLD`, … (docs/ERRORS.md). */
export class StoreError extends KnotworkError {}

const DOCTOR_HINT = "Nothing was changed. Run: knot doctor";

export function storeDamaged(
  message: string,
  context: Readonly<Record<string, string | number>>,
  cause?: unknown,
): StoreError {
  return new StoreError("STORE_DAMAGED", message, {
    hint: DOCTOR_HINT,
    context,
    ...(cause === undefined ? {} : { cause }),
  });
}
