// Commits entries one after the other, and says so on stdout at once: `acknowledged ID SEQ`, `failed ID CODE`. Its job names
// what else it does: checkpoints, a wall clock that is wrong, an event loop that it blocks, descriptors it lacks.

import { closeSync, openSync, writeSync } from "node:fs";
import { machineClock } from "@knotwork/disk";
import { openGraph } from "@knotwork/graph";

/**
 * @typedef {{ storeDir: string, writer: string, count: number, durability: "paranoid" | "balanced" | "relaxed",
 *   checkpointEvery?: number, clockOffsetMs?: number, blockMs?: number, lockTimeoutMs?: number, goesOn?: boolean,
 *   waitMs?: number, spareDescriptors?: number }} Job
 */

const job = /** @type {Job} */ (JSON.parse(process.argv[2] ?? "{}"));
const { storeDir, writer, count, durability, checkpointEvery = 0, blockMs = 0, waitMs = 0 } = job;
const machine = machineClock();
const clock = Object.assign(Object.create(machine), {
  nowMs: () => machine.nowMs() + (job.clockOffsetMs ?? 0),
  monotonicMs: () => machine.monotonicMs(),
  bootId: () => machine.bootId(),
  sleepMs: (/** @type {number} */ ms, /** @type {AbortSignal | undefined} */ signal) => machine.sleepMs(ms, signal),
  pauseMs: (/** @type {number} */ ms) => machine.pauseMs(ms),
});

if (job.spareDescriptors !== undefined) leaveDescriptors(job.spareDescriptors);
try {
  const timeout = job.lockTimeoutMs === undefined ? {} : { lockTimeoutMs: job.lockTimeoutMs };
  const graph = await openGraph({ dir: storeDir, author: writer, durability, clock, ...timeout });
  say("open");
  for (let done = 0; done < count; done += 1) {
    const id = `${writer}-${done}`;
    try {
      const { seq } = await graph.transact(
        async (tx) => void (await tx.create("entry", { text: `text of ${id}` }, { id })),
      );
      say(`acknowledged ${id} ${seq}`);
    } catch (error) {
      say(`failed ${id} ${codeOf(error)}`);
      if (job.goesOn !== true) break;
    }
    if (blockMs > 0 && done % 10 === 9) block(blockMs);
    if (waitMs > 0) await machine.sleepMs(waitMs);
    if (checkpointEvery > 0 && done % checkpointEvery === checkpointEvery - 1) {
      await graph.checkpoint();
      say("checkpointed");
    }
  }
  await graph.close();
  say("closed");
} catch (error) {
  // What is no commit's error is unexpected nearly everywhere: the stack helps whoever looks into it.
  if (error instanceof Error) process.stderr.write(`${error.stack}\n`);
  say(`failed - ${codeOf(error)}`);
}

/** Takes all descriptors that the limit allows, but for so many. @param {number} count */
function leaveDescriptors(count) {
  /** @type {number[]} */
  const taken = [];
  try {
    for (;;) taken.push(openSync("/dev/null", "r"));
  } catch (error) {
    if (codeOf(error) !== "EMFILE") throw error;
  }
  for (const descriptor of taken.slice(0, count)) closeSync(descriptor);
}

/** @param {string} line */
function say(line) {
  writeSync(1, `${line}\n`);
}

/** @param {unknown} error */
function codeOf(error) {
  if (error instanceof Error && "code" in error) return String(error.code);
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** @param {number} ms */
function block(ms) {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
