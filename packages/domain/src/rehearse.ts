/** A dry run: the same transaction, with all its checks, given up at its end. */
import type { TransactOptions } from "@knotwork/graph";
import { requestFingerprint } from "./canonical-json.ts";
import type { KnotContext } from "./knot-context.ts";
import type { KnotTransaction } from "./types/knot-types.ts";

export interface RehearsalOptions extends TransactOptions {
  /** Names the call, and with the arguments tells a repeated request from another one under the same key. */
  readonly operation: string;
  readonly args: unknown;
  /** Nothing is written; what would be is checked and told all the same. An idempotency key does not count. */
  readonly dryRun: boolean;
}

export interface NamedDeletion {
  /** How the caller named what goes, such as by the end of its id: the same call under the same key once it is gone. */
  readonly named?: string;
}

/**
 * Runs `change` in a transaction, for good or only to see. What it returns is kept beside the idempotency key.
 *
 * @throws what `change` throws, and what `Graph.transact` throws
 */
export async function transactOrRehearse<T>(
  context: KnotContext,
  change: (tx: KnotTransaction) => Promise<T>,
  { dryRun, operation, args, idempotencyKey, ...options }: RehearsalOptions,
): Promise<T> {
  if (!dryRun) {
    const fingerprint = requestFingerprint(operation, args);
    const once = idempotencyKey === undefined ? {} : { idempotencyKey, fingerprint };
    return (await context.graph.transact(change, { ...options, ...once })).value;
  }
  return rehearse(context, change, options);
}

/** Runs `change` in a transaction that is given up at its end. @throws what `change` throws */
export async function rehearse<T>(
  context: KnotContext,
  change: (tx: KnotTransaction) => Promise<T>,
  options: TransactOptions,
): Promise<T> {
  let rehearsed: { readonly value: T } | undefined;
  try {
    await context.graph.transact(async (tx) => {
      rehearsed = { value: await change(tx) };
      throw new GivenUp();
    }, options);
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
  }
  if (rehearsed === undefined) throw new TypeError("Cannot rehearse: the change was not run");
  return rehearsed.value;
}

/** Ends a transaction that was only a rehearsal; never leaves this file. */
class GivenUp extends Error {}
