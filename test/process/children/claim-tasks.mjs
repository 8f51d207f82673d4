// Claims tasks and completes them until none is left. Every acknowledgement goes to a file at once; a process whose job
// says so stops dead while it holds a claim, to be killed.

import { appendFileSync } from "node:fs";
import { isDomainError, openKnot } from "@knotwork/domain";
import { machineClock } from "@knotwork/graph";

/** @typedef {{ storeDir: string, agent: string, acknowledgementsFile: string, leaseMs: number, holdAfter: number, taskCount: number, clockStepsMs?: number[] }} Job */

const job = /** @type {Job} */ (JSON.parse(process.argv[2] ?? "{}"));
let claims = 0;
const clock = steppedClock(job.clockStepsMs ?? [0]);
const knot = await again(() => openKnot({ dir: job.storeDir, as: job.agent, clock }));
await new Promise((resolve) => {
  process.once("message", resolve);
  process.send?.({ ready: true });
});

let stale = 0;
for (;;) {
  const key = `${job.agent}.${claims}`;
  const wish = { ttlMs: job.leaseMs, idempotencyKey: `${key}.claim`, token: `${key}.token` };
  const claimed = await again(() => knot.tasks.claimNext(wish));
  if (claimed === undefined) {
    const { items } = await again(() => knot.tasks.list({ status: "completed", limit: job.taskCount }));
    if (items.length === job.taskCount) break;
    await new Promise((resolve) => setTimeout(resolve, 30));
    continue;
  }
  acknowledge("claim", `${key}.claim`, claimed);
  claims += 1;
  if (claims === job.holdAfter) {
    process.send?.({ holding: claimed.task.id });
    await new Promise(() => setInterval(() => {}, 1000));
  }
  // Now and then a process is slower than its lease, and must find out.
  if (claims % 7 === 0) await new Promise((resolve) => setTimeout(resolve, job.leaseMs * 1.2));
  try {
    const { fence, token, task } = claimed;
    const proof = { fence, token, idempotencyKey: `${key}.complete` };
    const done = await again(() => knot.tasks.complete(task.id, proof));
    acknowledge("complete", `${key}.complete`, { task, fence, seq: done.seq });
  } catch (error) {
    if (!isDomainError(error, "STALE_FENCE", "CLAIM_HELD", "INVALID_TRANSITION")) throw error;
    stale += 1;
  }
}
await knot.close();
process.send?.({ answer: { claims, stale } }, () => process.disconnect());

/**
 * What an error says may be tried again is, under the same idempotency key: of many processes on few cores one may wait
 * for the lock longer than its patience.
 *
 * @template T
 * @param {() => Promise<T>} call
 * @returns {Promise<T>}
 */
async function again(call) {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (/** @type {{ retryable?: boolean }} */ (error).retryable !== true) throw error;
    }
  }
}

/** @param {string} kind @param {string} key @param {{ task: { id: string }, fence: number, seq: number }} what */
function acknowledge(kind, key, { task, fence, seq }) {
  const line = { agent: job.agent, kind, key, seq, task: task.id, fence };
  appendFileSync(job.acknowledgementsFile, `${JSON.stringify(line)}\n`);
}

/**
 * The machine's clock, except that somebody sets its wall time at every claim: by these steps, one after the other.
 *
 * @param {readonly number[]} stepsMs
 */
function steppedClock(stepsMs) {
  const machine = machineClock();
  return {
    nowMs: () => machine.nowMs() + (stepsMs[claims % stepsMs.length] ?? 0),
    monotonicMs: () => machine.monotonicMs(),
    bootId: () => machine.bootId(),
    sleepMs: (/** @type {number} */ ms, /** @type {AbortSignal | undefined} */ signal) => machine.sleepMs(ms, signal),
    pauseMs: (/** @type {number} */ ms) => machine.pauseMs(ms),
  };
}
