/**
 * Decides what becomes of each request of a batch, at the end of the log and under its lock (ENGINE I1, I3): each after the
 * accepted ones before it. Without effect on anything.
 */
import { jsonText } from "@knotwork/wal";
import type { RecordDraft } from "@knotwork/wal";
import type { CommitRequest, Conflict } from "../engine.ts";
import { findConflicts } from "./conflicts.ts";
import type { AcceptedWrite } from "./conflicts.ts";
import type { KnownCommit } from "./known-commits.ts";
import { writeToRow } from "./operation-row.ts";
import type { Overlay } from "./overlay.ts";
import { StoreError } from "./store-error.ts";

export interface Candidate {
  readonly request: CommitRequest;
  /** JSON text of the props of each write. */
  readonly bodies: readonly string[];
}

export type Decision =
  | { readonly kind: "append"; readonly draft: RecordDraft }
  | { readonly kind: "known"; readonly known: KnownCommit }
  | { readonly kind: "read"; readonly seq: number }
  | { readonly kind: "conflict"; readonly conflicts: readonly Conflict[] }
  | { readonly kind: "error"; readonly error: unknown };

/** What the runs say of a key or a transaction id; it holds for commits up to `seq`. */
export interface LookUp {
  readonly known: KnownCommit | undefined;
  readonly seq: number;
}

export interface LogEnd {
  /** For each candidate that `needsLookUp`. */
  readonly known: readonly (LookUp | undefined)[];
  readonly overlay: Overlay;
  readonly lookUpTail: (request: CommitRequest) => KnownCommit | undefined;
  readonly endSeq: number;
}

/** What was looked up before the lock does not reach up to where the tail begins any more. */
export class StaleLookUpError extends Error {}

/** One decision for each candidate, in their order. @throws StaleLookUpError */
export function decideBatch(
  batch: readonly Candidate[],
  { known: lookedUp, overlay, lookUpTail, endSeq }: LogEnd,
): readonly Decision[] {
  const latest = new Map<string, AcceptedWrite>();
  const draftByKey = new Map<string, Candidate>();
  let seq = endSeq;
  return batch.map((candidate, index): Decision => {
    const { request } = candidate;
    const look = lookedUp[index];
    if (look !== undefined && look.seq < overlay.base) throw new StaleLookUpError();
    const known = look?.known ?? (look === undefined ? undefined : lookUpTail(request));
    if (known !== undefined) return knownDecision(request, known);
    const key = request.idempotency?.key;
    const twin = key === undefined ? undefined : draftByKey.get(key);
    if (twin !== undefined) return twinDecision(request, twin.request, seq);
    if (request.signal?.aborted === true) return { kind: "error", error: request.signal.reason };
    if (request.writes.length === 0) return { kind: "read", seq: request.snapshotSeq };
    if (request.snapshotSeq < overlay.base) return { kind: "conflict", conflicts: [] };
    const conflicts = findConflicts(request, overlay, latest);
    if (conflicts.length > 0) return { kind: "conflict", conflicts };
    seq += 1;
    if (index + 1 < batch.length) for (const write of request.writes) latest.set(write.id, { write, seq });
    if (key !== undefined) draftByKey.set(key, candidate);
    return { kind: "append", draft: toDraft(candidate, overlay) };
  });
}

export function needsLookUp(request: CommitRequest): boolean {
  return request.idempotency !== undefined || request.resubmitted === true;
}

function knownDecision(request: CommitRequest, known: KnownCommit): Decision {
  if (request.idempotency !== undefined && known.fingerprint !== request.idempotency.fingerprint)
    return { kind: "error", error: keyReused(request.idempotency.key, known.seq) };
  return { kind: "known", known };
}

/** An earlier transaction of the batch has the same key. If it is not written after all, the caller tries again. */
function twinDecision(request: CommitRequest, twin: CommitRequest, seq: number): Decision {
  if (twin.idempotency?.fingerprint !== request.idempotency?.fingerprint)
    return { kind: "error", error: keyReused(request.idempotency?.key ?? "", seq) };
  return { kind: "conflict", conflicts: [] };
}

function keyReused(key: string, seq: number): StoreError {
  return new StoreError(
    "KEY_REUSED",
    `Cannot commit: idempotency key "${key}" was used for something else at seq ${seq}`,
    {
      hint: "Use a new key for a new operation.",
      context: { key, seq },
    },
  );
}

function toDraft({ request, bodies }: Candidate, overlay: Overlay): RecordDraft {
  const { txid, author, session, idempotency, writes } = request;
  return {
    txid,
    author,
    ...(session === undefined ? {} : { session }),
    ...(idempotency === undefined
      ? {}
      : { key: idempotency.key, fingerprint: idempotency.fingerprint, result: jsonText(idempotency.result) }),
    rows: writes.map((write) => writeToRow(write, overlay.declaredFields(write.type))),
    bodies,
  };
}
