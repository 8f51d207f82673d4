/** One agent process of the main job: opens the store, works until it is told to stop, ends. Started by agent-process.ts. */
import { machineClock, nodeDisk } from "@knotwork/disk";
import { type Knot, openKnot } from "@knotwork/domain";
import { AcknowledgementLog } from "./acknowledgements.ts";
import type { AgentJob } from "./agent-messages.ts";
import { openParent } from "./agent-parent.ts";
import { work } from "./agent-work.ts";

/** Small, so that checkpoints fall into the session and the agents race for them. */
const checkpointBytes = 512 * 1024;

async function main(): Promise<void> {
  const job = JSON.parse(process.argv[2] ?? "{}") as AgentJob;
  const knot = await openKnot({ dir: job.storeDir, as: job.agent, checkpointBytes });
  const acknowledgements = new AcknowledgementLog(nodeDisk(), job.acknowledgementsFile);
  const parent = openParent(() => acknowledgements.count);
  let conflicts: number | undefined;
  try {
    await work({ knot, job, acknowledgements, parent, clock: machineClock(), random: Math.random });
    conflicts = await conflictCount(knot);
  } finally {
    acknowledgements.close();
    await knot.close();
  }
  await parent.end(conflicts);
}

/** How many transactions of this process were run again because of a conflict, where the engine counts them. */
async function conflictCount(knot: Knot): Promise<number | undefined> {
  const { engine } = (await knot.graph.stats()) as { readonly engine?: { readonly conflicts?: unknown } };
  return typeof engine?.conflicts === "number" ? engine.conflicts : undefined;
}

await main();
