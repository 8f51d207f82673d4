// The child's side of ../child-processes.ts.

/**
 * Runs `work` with the job of the command line when told to start, sends what it gives, and ends.
 *
 * @template Job, Prepared
 * @param {{ prepare: (job: Job) => Promise<Prepared>, work: (job: Job, prepared: Prepared) => Promise<object> }} role
 */
export async function runChild({ prepare, work }) {
  const job = /** @type {Job} */ (JSON.parse(process.argv[2] ?? "{}"));
  const prepared = await prepare(job);
  await new Promise((resolve) => {
    process.once("message", resolve);
    process.send?.({ ready: true });
  });
  const answer = await work(job, prepared);
  process.send?.({ answer }, () => process.disconnect());
}

/** mulberry32. @param {number} seed @returns {() => number} */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
