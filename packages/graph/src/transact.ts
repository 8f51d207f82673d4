/**
 * Runs a function as a transaction: again and again on newer snapshots while others get in its way, up to a bound.
 *
 * Only a conflict is repeated, because then nothing has happened. An outcome that is not known is never repeated here:
 * the caller decides, with an idempotency key that makes the repetition harmless.
 *
 * Transactions of one process that lost a conflict over the same entity take turns, so that they do not go on losing
 * against each other; against other processes they back off with jitter.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock, Random } from "@knotwork/disk";
import { isPromise } from "./awaitable.ts";
import { ConflictError } from "./conflict-error.ts";
import type { CommitOutcome, CommitRequest, Conflict, Durability, Engine } from "./engine.ts";
import type { StoredVersion } from "./entity.ts";
import type { EntityCache } from "./entity-cache.ts";
import { GraphError } from "./graph-error.ts";
import type { KeyMutex } from "./key-mutex.ts";
import { resultBytesMax } from "./limits.ts";
import { copyStorable, jsonBytes } from "./storable.ts";
import { Transaction } from "./transaction.ts";
import type { TransactionEffects } from "./transaction.ts";
import { TransactionReader } from "./transaction-reader.ts";
import type { TypeList } from "./type-definition.ts";
import type { TypeRegistry } from "./type-registry.ts";

export interface TransactOptions {
  /**
   * Makes the call happen once: a commit under this key is remembered for ever, with the function's result (JSON of at
   * most 64 KiB), and a later call gives that result without running the function. A transaction that writes nothing is
   * not remembered.
   */
  readonly idempotencyKey?: string;
  /** What the key stands for, in the caller's words, such as a hash of the input. A known key with another one: KEY_REUSED. Default "". */
  readonly fingerprint?: string;
  /** Default: that of the graph. */
  readonly durability?: Durability;
  /** How many times a conflict is repeated. Default 16. */
  readonly retries?: number;
  readonly signal?: AbortSignal;
  /** The reasoning session on whose behalf this is done. */
  readonly session?: string;
  /** Default: that of the graph. */
  readonly author?: string;
}

export interface Committed<T> {
  /** What the function gave; from an earlier call, when `duplicate`. */
  readonly value: T;
  /** The commit that wrote; when nothing was written, the snapshot that was read. */
  readonly seq: number;
  /** Time of that commit; `undefined` when nothing was written. */
  readonly time: string | undefined;
  /** True: the idempotency key was known, nothing was done now. */
  readonly duplicate: boolean;
}

/** What transactions of one graph have in common. */
export interface TransactContext {
  readonly engine: Engine;
  readonly cache: EntityCache;
  readonly types: TypeRegistry;
  readonly clock: Clock;
  readonly random: Random;
  readonly author: string;
  readonly durability: Durability;
  readonly newUlid: () => string;
  /** Turns of the transactions that lost a conflict, by what they lost it over. */
  readonly turns: KeyMutex;
}

const retriesDefault = 16;
const backoffMsMax = 64;

export async function transact<Types extends TypeList, T>(
  context: TransactContext,
  run: (tx: Transaction<Types>) => Promise<T> | T,
  options: TransactOptions,
): Promise<Committed<T>> {
  const { retries = retriesDefault } = options;
  if (!Number.isSafeInteger(retries) || retries < 0) throw new RangeError(`Cannot transact: retries is ${retries}`);
  assertKey(options.idempotencyKey);
  const known = options.idempotencyKey === undefined ? undefined : await findKnown<T>(context, options);
  if (known !== undefined) return known;
  const first = await attempt(context, run, options);
  if (first.status === "done") return first.committed;
  if (retries === 0) throw lost(first.conflicts, 1);
  return await inTurn(context, first.conflicts, async () => {
    let { conflicts } = first;
    for (let attempts = 1; attempts <= retries; attempts++) {
      // The first repetition has its turn and need not wait; if it loses too, it was to another process.
      if (attempts > 1) await context.clock.sleepMs(context.random() * Math.min(backoffMsMax, 2 ** (attempts - 2)));
      const again = await attempt(context, run, options);
      if (again.status === "done") return again.committed;
      ({ conflicts } = again);
    }
    throw lost(conflicts, retries + 1);
  });
}

type Attempt<T> =
  | { readonly status: "done"; readonly committed: Committed<T> }
  | { readonly status: "lost"; readonly conflicts: readonly Conflict[] };

async function attempt<Types extends TypeList, T>(
  context: TransactContext,
  run: (tx: Transaction<Types>) => Promise<T> | T,
  options: TransactOptions,
): Promise<Attempt<T>> {
  options.signal?.throwIfAborted();
  const { engine, cache, types } = context;
  const author = options.author ?? context.author;
  const pinned = engine.pin();
  const snapshot = isPromise(pinned) ? await pinned : pinned;
  try {
    const reader = new TransactionReader(snapshot, { types, cache });
    const newId = (prefix: string): string => `${prefix}-${context.newUlid()}`;
    const tx = new Transaction<Types>({ reader, clock: context.clock, author, readOnly: engine.readOnly, newId });
    let value: T;
    let request: CommitRequest;
    try {
      value = await run(tx);
      request = requestOf(context, await tx.finish(), { author, snapshotSeq: snapshot.seq, value, options });
    } catch (error) {
      tx.abandon();
      throw error;
    }
    const outcome = await engine.commit(request);
    const wrote = request.writes.length > 0;
    if (outcome.status === "committed" && wrote) keepChanged(cache, request, outcome);
    return toAttempt(outcome, { value, wrote, snapshotSeq: snapshot.seq });
  } finally {
    snapshot.release();
  }
}

function requestOf(
  context: TransactContext,
  { reads, ranges, writes }: TransactionEffects,
  {
    author,
    snapshotSeq,
    value,
    options,
  }: {
    readonly author: string;
    readonly snapshotSeq: number;
    readonly value: unknown;
    readonly options: TransactOptions;
  },
): CommitRequest {
  const { durability = context.durability, session, signal } = options;
  const request = { txid: context.newUlid(), author, snapshotSeq, reads, ranges, writes, durability };
  const isPlain = options.idempotencyKey === undefined && session === undefined && signal === undefined;
  if (isPlain) return request;
  return {
    ...request,
    ...(session === undefined ? {} : { session }),
    ...(signal === undefined ? {} : { signal }),
    ...(writes.length === 0 ? {} : idempotencyOf(options, value)),
  };
}

/** What existed before is likely to be asked for again; what was made now, less so. */
function keepChanged(
  cache: EntityCache,
  { author, writes }: CommitRequest,
  { seq, time }: { readonly seq: number; readonly time: string },
): void {
  const kept: StoredVersion[] = [];
  for (const { op, id, type, version, createdAt = time, from, to, props } of writes) {
    if (op === "delete" || version === 1) continue;
    const ends = from === undefined || to === undefined ? undefined : { from, to };
    const stored = { id, type, version, seq, createdAt, updatedAt: time, author, deleted: false, props };
    kept.push(ends === undefined ? stored : { ...stored, ...ends });
  }
  cache.keepCommitted(seq, kept);
}

function toAttempt<T>(
  outcome: CommitOutcome,
  { value, wrote, snapshotSeq }: { readonly value: T; readonly wrote: boolean; readonly snapshotSeq: number },
): Attempt<T> {
  switch (outcome.status) {
    case "committed": {
      const { seq, time } = wrote ? outcome : { seq: snapshotSeq, time: undefined };
      return { status: "done", committed: { value, seq, time, duplicate: false } };
    }
    case "duplicate": {
      const { result, seq, time } = outcome;
      return { status: "done", committed: { value: result as T, seq, time, duplicate: true } };
    }
    case "conflict":
      return { status: "lost", conflicts: outcome.conflicts };
  }
}

/** The result kept under a known key, once it is as durable as asked for (ENGINE D3). */
async function findKnown<T>(context: TransactContext, options: TransactOptions): Promise<Committed<T> | undefined> {
  const { idempotencyKey: key, fingerprint = "" } = options;
  if (key === undefined) return undefined;
  const known = await context.engine.findKey(key);
  if (known === undefined) return undefined;
  if (known.fingerprint !== fingerprint) throw keyReused(key, known.seq);
  await context.engine.commit({
    txid: context.newUlid(),
    author: options.author ?? context.author,
    snapshotSeq: known.seq,
    reads: new Map(),
    ranges: [],
    writes: [],
    durability: options.durability ?? context.durability,
  });
  return { value: known.result as T, seq: known.seq, time: known.time, duplicate: true };
}

function idempotencyOf(options: TransactOptions, value: unknown): Pick<CommitRequest, "idempotency"> {
  const { idempotencyKey: key, fingerprint = "" } = options;
  if (key === undefined) return {};
  const { value: result, bytesMax } = copyStorable(value ?? null);
  const bytes = jsonBytes(result, bytesMax, resultBytesMax);
  if (bytes <= resultBytesMax) return { idempotency: { key, fingerprint, result } };
  throw new GraphError("LIMIT_EXCEEDED", `Cannot keep a result of ${bytes} bytes: the limit is ${resultBytesMax}`, {
    hint: "With an idempotency key the function's result is stored; return ids instead of entities.",
    context: { bytes, limit: resultBytesMax },
  });
}

/** Set while a function runs in a turn: a transaction inside it must not wait for the turn it is in. */
const insideTurn = new AsyncLocalStorage<true>();
/** Once used, such a storage makes every promise of the process dearer until it is disabled. */
let turnsUnderWay = 0;

async function inTurn<T>(context: TransactContext, conflicts: readonly Conflict[], task: () => Promise<T>): Promise<T> {
  if (insideTurn.getStore() === true) return await task();
  const [conflict] = conflicts;
  const key = conflict?.id ?? conflict?.index ?? "";
  turnsUnderWay += 1;
  try {
    return await context.turns.run(key, () => insideTurn.run(true, task));
  } finally {
    turnsUnderWay -= 1;
    if (turnsUnderWay === 0) insideTurn.disable();
  }
}

function lost(conflicts: readonly Conflict[], attempts: number): ConflictError {
  return new ConflictError(conflicts[0] ?? {}, { attempts, retryable: true });
}

const keyLengthMax = 256;

function assertKey(key: string | undefined): void {
  if (key === undefined) return;
  if (typeof key === "string" && key.length > 0 && key.length <= keyLengthMax && key.isWellFormed()) return;
  throw new GraphError("INVALID_VALUE", `Cannot use ${JSON.stringify(key)} as idempotency key`, {
    hint: `A key is text of 1 to ${keyLengthMax} characters.`,
  });
}

export function keyReused(key: string, seq: number): GraphError {
  return new GraphError(
    "KEY_REUSED",
    `Cannot commit under key ${JSON.stringify(key)}: commit ${seq} used it for something else`,
    {
      hint: "Use a new key for a new request; send the same fingerprint to repeat the old one.",
      context: { key, seq },
    },
  );
}
