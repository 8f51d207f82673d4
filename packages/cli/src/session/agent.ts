/** One agent process of the main job: opens the store, works until it is told to stop, ends. Started by agent-process.ts. */
import { machineClock, nodeDisk } from "@knotwork/disk";
import { openKnot } from "@knotwork/domain";
import { AcknowledgementLog } from "./acknowledgements.ts";
import type { AgentJob } from "./agent-messages.ts";
import { openParent } from "./agent-parent.ts";
import { work } from "./agent-work.ts";

/** Small, so that checkpoints fall into the session and the agents race for them. */
const checkpointBytes = 256 * 1024;

async function main(): Promise<void> {
  const job = JSON.parse(process.argv[2] ?? "{}") as AgentJob;
  const knot = await openKnot({ dir: job.storeDir, as: job.agent, checkpointBytes });
  const acknowledgements = new AcknowledgementLog(nodeDisk(), job.acknowledgementsFile);
  const parent = openParent(() => acknowledgements.count);
  try {
    await work({ knot, job, acknowledgements, parent, clock: machineClock(), random: Math.random });
  } finally {
    acknowledgements.close();
    await knot.close();
  }
  await parent.end();
}

await main();
