/** JSON text that is equal for equal values: names in order. For fingerprints and comparisons, never stored. */
import { createHash } from "node:crypto";

export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, sortNames) ?? "undefined";
}

/** SHA-256 of it, in hexadecimal. */
export function fingerprint(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

/** What tells one request from another under the same idempotency key. */
export function requestFingerprint(operation: string, args: unknown, ifVersion?: number): string {
  return fingerprint(ifVersion === undefined ? [operation, args] : [operation, args, ifVersion]);
}

function sortNames(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
