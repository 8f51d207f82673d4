/** The program of the thread that builds generations (`checkpoint-thread.ts`). */
import { parentPort, workerData } from "node:worker_threads";
import { machineClock, nodeDisk } from "@knotwork/disk";
import { answerBuilds } from "./answer-builds.ts";
import { storePaths } from "./store-names.ts";

const { dir } = workerData as { readonly dir: string };
if (parentPort !== null)
  answerBuilds(parentPort, { disk: nodeDisk(), clock: machineClock(), random: Math.random, paths: storePaths(dir) });
