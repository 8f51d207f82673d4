/** What every part of the domain works with: the graph, and who, when and with which dice. */
import type { Clock, Random } from "@knotwork/graph";
import { DomainError } from "./domain-error.ts";
import type { KnotGraph } from "./types/knot-types.ts";

export interface KnotContext {
  readonly graph: KnotGraph;
  /** The name this handle works under; absent when none was given. */
  readonly agent: string | undefined;
  readonly clock: Clock;
  /** Spreads competing agents over the tasks; never used for secrets. */
  readonly random: Random;
  /** A new secret of at least 128 random bits. */
  readonly newSecret: () => string;
}

/** The wall clock's time as records keep it. */
export function instant(context: KnotContext): string {
  return new Date(context.clock.nowMs()).toISOString();
}

/**
 * The name of the caller, for what takes or gives up work.
 *
 * @throws DomainError IDENTITY_REQUIRED
 */
export function requireAgent(context: KnotContext, action: string): string {
  if (context.agent !== undefined) return context.agent;
  throw new DomainError("IDENTITY_REQUIRED", `Cannot ${action}: no agent name was given`, {
    hint: "Say who you are: --as NAME or KNOT_AGENT on the command line, `as` in openKnot.",
  });
}
