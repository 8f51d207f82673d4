// One side of a race that is run many times: acts when it is told to, and says what came of it.

import { isDomainError, openKnot } from "@knotwork/domain";

/** @typedef {{ storeDir: string, agent: string, role: "claim next" | "complete" | "create child" }} Job */
/** @typedef {{ round: number, task: string }} Round */

const job = /** @type {Job} */ (JSON.parse(process.argv[2] ?? "{}"));
const knot = await openKnot({ dir: job.storeDir, as: job.agent, durability: "relaxed" });

process.on("message", (/** @type {Round | { start: true } | { end: true }} */ message) => {
  if ("end" in message) {
    void knot.close().then(() => process.send?.({ answer: {} }, () => process.disconnect()));
  } else if ("round" in message) {
    void act(message).then((outcome) => process.send?.({ round: message.round, outcome }));
  }
});
process.send?.({ ready: true });

/** @param {Round} round @returns {Promise<string>} the id that was won, "done", "nothing", or the code of the refusal */
async function act({ round, task }) {
  try {
    if (job.role === "claim next") return (await knot.tasks.claimNext())?.task.id ?? "nothing";
    if (job.role === "complete") await knot.tasks.complete(task);
    else await knot.tasks.create({ title: `child ${round}`, parent: task });
    return "done";
  } catch (error) {
    if (isDomainError(error)) return error.code;
    throw error;
  }
}
