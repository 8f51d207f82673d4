/** What keeps a handle from a state that it was asked for. */
import { type LogGapError, WalError } from "@knotwork/wal";
import { StoreError } from "./store-error.ts";

export function notTold(seq: number, historyFloor: number): StoreError {
  return new StoreError("SNAPSHOT_TOO_OLD", `Cannot look at seq ${seq}: history is whole from ${historyFloor} on`, {
    hint: `Ask for seq ${historyFloor - 1} or a later one: older versions were dropped by a compaction.`,
    context: { seq, historyFloor },
  });
}

export function tooFast(): StoreError {
  return new StoreError("SNAPSHOT_TOO_OLD", "Cannot read the store: its generations change faster than one is opened", {
    hint: "Try again.",
    retryable: true,
  });
}

export function segmentMissing(cause: LogGapError, path: string): WalError {
  const { segment } = cause;
  return new WalError("LOG_DAMAGED", `Cannot use the log: segment "${segment}", which the manifest names, is missing`, {
    hint: "Nothing was changed. Run: knot doctor",
    context: { path, segment },
    cause,
  });
}
