// One worker thread of a recorded history: see list-transactions.mjs.

import { parentPort, workerData } from "node:worker_threads";
import { openLists, recordLists } from "./list-transactions.mjs";

const job = /** @type {import("./list-transactions.mjs").Job} */ (workerData);
const graph = await openLists(job);
const started = new Promise((resolve) => void parentPort?.once("message", resolve));
parentPort?.postMessage("ready");
await started;
const recorded = await recordLists(job, graph);
await graph.close();
parentPort?.postMessage(recorded);
