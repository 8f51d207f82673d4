/**
 * Several operations as one transaction: all of them happen, or none. An operation may name what it makes (`ref`), and later
 * ones may say `$name` where an id is wanted.
 */
import type { JsonObject } from "@knotwork/graph";
import { batchOperations, type BatchOperation, type BatchOutcome } from "./batch-operations.ts";
import { readInput } from "./batch-input.ts";
import type { WriteOptions } from "./commit-write.ts";
import { DomainError } from "./domain-error.ts";
import { contextInTransaction } from "./graph-over.ts";
import type { KnotContext } from "./knot-context.ts";
import { transactOrRehearse } from "./rehearse.ts";

/** One operation: `op` is the name of a command such as "task create", the other fields are what it takes. */
export type BatchItem = JsonObject;

export interface BatchOptions extends WriteOptions {
  /** Checks everything and changes nothing. */
  readonly dryRun?: boolean;
}

/** What became of an item. */
export interface BatchResult extends BatchOutcome {
  readonly op: string;
  readonly ref?: string;
}

export interface BatchReport {
  readonly results: readonly BatchResult[];
  readonly dryRun: boolean;
}

export interface BatchFailure {
  /** The place in the list, from 1. */
  readonly item: number;
  readonly op: string;
  readonly ref?: string;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

const itemsMax = 1_000;

/**
 * Does all items in their order, each seeing what those before it did, in one transaction.
 *
 * An idempotency key holds for the whole; then the tokens of claims are not given a second time.
 *
 * @throws DomainError BATCH_FAILED with `context.failures` naming every item that failed; nothing was changed.
 *   LIMIT_EXCEEDED beyond 1,000 items; and what `Graph.transact` throws
 */
export async function runBatch(
  context: KnotContext,
  items: readonly BatchItem[],
  { dryRun = false, idempotencyKey, ...options }: BatchOptions = {},
): Promise<BatchReport> {
  if (items.length > itemsMax) {
    throw new DomainError("LIMIT_EXCEEDED", `Cannot run a batch of ${items.length}: the limit is ${itemsMax} items`, {
      hint: "Split it where the parts may happen one without the other.",
      context: { items: items.length, limit: itemsMax },
    });
  }
  // A token is a secret: what is remembered under an idempotency key holds none.
  let tokens: ReadonlyMap<number, string> = new Map();
  const key = idempotencyKey === undefined ? {} : { idempotencyKey };
  const kept = await transactOrRehearse(
    context,
    async (tx) => {
      const run = await runItems(contextInTransaction(context, tx), items);
      tokens = run.tokens;
      return run.outcomes.map(keptOf);
    },
    { ...options, ...key, operation: "batch", args: items, dryRun },
  );
  const results = kept.map((outcome, index): BatchResult => {
    const token = tokens.get(index);
    return { ...namesOf(items[index] ?? {}), ...outcomeOf(outcome), ...(token === undefined ? {} : { token }) };
  });
  return { results, dryRun };
}

/** Of each item what cannot be learned from the items themselves: with 1,000 of them there must be room beside the key. */
type KeptOutcome = readonly [id: string, version: number | null, fence?: number];

function keptOf({ id, version, fence }: BatchOutcome): KeptOutcome {
  return fence === undefined ? [id, version ?? null] : [id, version ?? null, fence];
}

function outcomeOf([id, version, fence]: KeptOutcome): BatchOutcome {
  return { id, ...(version === null ? {} : { version }), ...(fence === undefined ? {} : { fence }) };
}

function namesOf({ op, ref }: BatchItem): Pick<BatchResult, "op" | "ref"> {
  return { op: typeof op === "string" ? op : "", ...(typeof ref === "string" ? { ref } : {}) };
}

interface Ran {
  readonly outcomes: readonly BatchOutcome[];
  /** Of claims, by the place of their item. */
  readonly tokens: ReadonlyMap<number, string>;
}

/** Goes on after a failure, so that one answer names all that is wrong. */
async function runItems(context: KnotContext, items: readonly BatchItem[]): Promise<Ran> {
  const idsByRef = new Map<string, string>();
  const failedRefs = new Set<string>();
  const failures: BatchFailure[] = [];
  const outcomes: BatchOutcome[] = [];
  const tokens = new Map<number, string>();
  for (const [index, item] of items.entries()) {
    const named = namesOf(item);
    const { ref } = named;
    try {
      const input = await readInput(context, operationOf(item), { item, idsByRef, failedRefs });
      const { token, ...outcome } = await operationOf(item).run(context, input);
      if (token !== undefined) tokens.set(index, token);
      if (ref !== undefined) idsByRef.set(ref, outcome.id);
      outcomes.push(outcome);
    } catch (error) {
      if (ref !== undefined) failedRefs.add(ref);
      failures.push({ item: index + 1, ...named, ...describe(error) });
    }
  }
  if (failures.length > 0) throw failed(failures, items.length);
  return { outcomes, tokens };
}

/** @throws DomainError INVALID_VALUE */
function operationOf(item: BatchItem): BatchOperation {
  const { op } = item;
  const operation = typeof op === "string" && Object.hasOwn(batchOperations, op) ? batchOperations[op] : undefined;
  if (operation !== undefined) return operation;
  throw new DomainError("INVALID_VALUE", `Cannot do ${JSON.stringify(op ?? null)}: it is no operation of a batch`, {
    hint: `Use one of: ${Object.keys(batchOperations).join(", ")}.`,
    context: { field: "op" },
  });
}

/** @throws the error itself when it is none that tells about an item, such as a conflict that a repetition solves */
function describe(error: unknown): Pick<BatchFailure, "code" | "message" | "hint"> {
  if (!isCoded(error)) throw error;
  const { code, message, hint } = error;
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

function isCoded(error: unknown): error is { readonly code: string; readonly message: string; readonly hint?: string } {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    "retryable" in error &&
    error.retryable === false
  );
}

function failed(failures: readonly BatchFailure[], itemCount: number): DomainError {
  const [first] = failures;
  const places = failures.map(({ item }) => item).join(", ");
  return new DomainError(
    "BATCH_FAILED",
    `Cannot run the batch: ${failures.length} of ${itemCount} items failed (${places}), so nothing was changed. Item ${first?.item}: ${first?.message}`,
    {
      hint: "context.failures says what is wrong with each. Correct them and send the whole batch again.",
      context: { failures },
    },
  );
}
