/** The program of the thread that builds generations (`checkpoint-thread.ts`). It ends when it has had nothing to do for long. */
import { parentPort, workerData } from "node:worker_threads";
import { machineClock, nodeDisk } from "@knotwork/disk";
import { answerBuilds } from "./answer-builds.ts";
import { storePaths } from "./store-names.ts";

const { dir, idleMs } = workerData as { readonly dir: string; readonly idleMs: number };
if (parentPort !== null) {
  const port = parentPort;
  answerBuilds(port, { disk: nodeDisk(), clock: machineClock(), random: Math.random, paths: storePaths(dir) });
  const idle = setTimeout(() => undefined, idleMs);
  port.on("message", () => void idle.refresh());
  // The timer keeps the thread alive, and what is being built; the port does not.
  port.unref();
}
