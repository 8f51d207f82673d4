/**
 * How long a claim lasts. A lease gives liveness, never safety: when it runs out others may take the task, but what
 * keeps two agents from both completing it is the fence.
 *
 * Invariants:
 * - Within one boot of a machine only the monotonic deadline counts, so a step of the wall clock neither ends nor
 *   prolongs a claim. After another boot, or on another machine, only the wall clock is left.
 */
import type { Clock } from "@knotwork/graph";

export interface Lease {
  readonly bootId: string;
  readonly monotonicDeadlineMs: number;
  /** Milliseconds since 1970. */
  readonly wallDeadlineMs: number;
}

/** A lease of `ttlMs` from now. */
export function newLease(clock: Clock, ttlMs: number): Lease {
  return {
    bootId: clock.bootId(),
    monotonicDeadlineMs: Math.ceil(clock.monotonicMs() + ttlMs),
    wallDeadlineMs: Math.ceil(clock.nowMs() + ttlMs),
  };
}

/** Milliseconds left; 0 or less: the lease has run out. */
export function leaseLeftMs(clock: Clock, lease: Lease): number {
  if (lease.bootId === clock.bootId()) return lease.monotonicDeadlineMs - clock.monotonicMs();
  return lease.wallDeadlineMs - clock.nowMs();
}
