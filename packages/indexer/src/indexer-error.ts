import { KnotworkError } from "@knotwork/disk";

/**
 * Operating errors of the indexer. `code` is one of
 * - `INDEX_DAMAGED`: bytes that are not what was written; `context` has `file`, `offset` and `what`. The index is derived: rebuild it.
 * - `INDEX_UNSUPPORTED`: written by a newer Knotwork (format number or required feature); `context` has `file` and `what`.
 * - `INDEX_KEY_INVALID`: a byte string that `encodeKeyPart` never gives; `context` has `offset` and `what`.
 * - `STORE_REPLACED`: a sound file of another store; `context` has `file`, `expected` and `found`.
 */
export class IndexerError extends KnotworkError {}

/** The error for bytes of `file` that are not what was written. `offset` is where in the file. */
export function indexDamaged(file: string, offset: number, what: string): IndexerError {
  return new IndexerError("INDEX_DAMAGED", `Cannot read index run "${file}": ${what} at byte ${offset}`, {
    hint: "Indexes are derived from history: `knot doctor` says what is sound, and the next checkpoint rebuilds the run.",
    context: { file, offset, what },
  });
}

/** The error for two runs that hold different entries under one key and seq: one of them is wrong. */
export function indexDisagreement(seq: number): IndexerError {
  return new IndexerError("INDEX_DAMAGED", `Cannot merge index runs: two of them disagree about seq ${seq}`, {
    hint: "Indexes are derived from history: drop both runs and rebuild them.",
    context: { what: "runs disagree", seq },
  });
}
