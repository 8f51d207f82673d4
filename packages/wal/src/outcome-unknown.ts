/** The error of a commit that may have taken effect, and may not. */
import { isDiskError } from "@knotwork/disk";
import { WalError } from "./errors.ts";

export function outcomeUnknown(cause: unknown, what: string): WalError {
  return new WalError("OUTCOME_UNKNOWN", `Cannot tell whether the commit took effect: ${what}`, {
    hint: "Open the store again and look: a commit under the same idempotency key takes effect once.",
    cause,
  });
}

/** A disk that fails around a sync leaves open whether what was appended is durable. */
export function asOutcomeUnknown(error: unknown): unknown {
  return isDiskError(error) ? outcomeUnknown(error, "it could not be made durable") : error;
}
