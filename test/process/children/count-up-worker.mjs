// Adds 1 to one counter so many times, a transaction each, from a worker thread.

import { parentPort, workerData } from "node:worker_threads";
import { openGraph } from "@knotwork/graph";
import { countUp } from "./counter.mjs";

/** @typedef {{ storeDir: string, count: number }} Job */

const { storeDir, count } = /** @type {Job} */ (workerData);
const graph = await openGraph({ dir: storeDir });
const started = new Promise((resolve) => void parentPort?.once("message", resolve));
parentPort?.postMessage("ready");
await started;
await countUp(graph, count);
await graph.close();
parentPort?.postMessage({ count });
