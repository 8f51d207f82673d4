/** A dry run: the same transaction, with all its checks, given up at its end. */
import type { TransactOptions } from "@knotwork/graph";
import type { KnotContext } from "./knot-context.ts";
import type { KnotTransaction } from "./types/knot-types.ts";

export interface RehearsalOptions extends TransactOptions {
  /** Nothing is written; what would be is checked and told all the same. */
  readonly dryRun: boolean;
}

/** Runs `change` in a transaction, for good or only to see. @throws what `change` throws, and what `Graph.transact` throws */
export async function transactOrRehearse<T>(
  context: KnotContext,
  change: (tx: KnotTransaction) => Promise<T>,
  { dryRun, ...options }: RehearsalOptions,
): Promise<T> {
  if (!dryRun) return (await context.graph.transact(change, options)).value;
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
