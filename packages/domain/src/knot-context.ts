/** What every part of the domain works with: the graph, and who, when and with which dice. */
import type { Clock, Graph, Random } from "@knotwork/graph";
import { DomainError } from "./domain-error.ts";

export interface KnotContext {
  readonly graph: Graph;
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

/**
 * A name as agents, roles and people have it. `null` and `undefined` as text come from a failed substitution in a script.
 *
 * @throws DomainError INVALID_VALUE
 */
export function assertName(value: unknown, what: string): asserts value is string {
  const problem = problemOfName(value);
  if (problem === undefined) return;
  throw new DomainError("INVALID_VALUE", `Cannot use ${JSON.stringify(value)} as ${what}: ${problem}`, {
    hint: `Give a ${what} of 1 to 200 characters without line breaks.`,
    context: { what },
  });
}

function problemOfName(value: unknown): string | undefined {
  if (typeof value !== "string") return "it is no text";
  if (value.trim() === "") return "it is empty";
  if (value === "null" || value === "undefined") return "it looks like a value that was missing";
  if (value.length > 200) return "it is longer than 200 characters";
  if (value !== value.trim()) return "it begins or ends with a space";
  // Line breaks and other control characters (C0, DEL, C1) would let a name forge lines of a report.
  if (/\p{Cc}/u.test(value)) return "it holds control characters";
  return undefined;
}
