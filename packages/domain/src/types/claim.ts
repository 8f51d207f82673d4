/**
 * The claim: who holds the exclusive right to work on a task, until when, and under which fence. One node per task,
 * apart from the task, so that renewing a lease rewrites a few small fields and never the task.
 */
import { defineType } from "@knotwork/graph";
import type { Lease } from "../lease.ts";
import { type KnotType, lazySchema } from "./lazy-schema.ts";

/** `held` until released, handed over for good, or ended with the task. A held claim may have expired. */
export const claimStates = ["held", "released"] as const;
export type ClaimState = (typeof claimStates)[number];

export interface ClaimProps {
  readonly task: string;
  readonly agent: string;
  readonly state: ClaimState;
  /** Grows with every claim of the task, for ever: a write that carries an older one is refused. */
  readonly fence: number;
  /** SHA-256 of the token, in hexadecimal. The token itself is nowhere in the store. */
  readonly tokenHash: string;
  readonly ttlMs: number;
  readonly lease: Lease;
  readonly claimedAt: string;
}

export const claimType: KnotType<"claim", ClaimProps> = defineType("claim", {
  fields: lazySchema<ClaimProps>(async () => (await import("./schemas.ts")).claimSchema),
  endings: true,
  enums: { state: claimStates },
  indexes: [["state", "agent"]],
});
