// Adds 1 to one counter so many times, a transaction each, from a worker thread.

import { parentPort, workerData } from "node:worker_threads";
import { openGraph } from "@knotwork/graph";

/** @typedef {{ storeDir: string, count: number }} Job */

const { storeDir, count } = /** @type {Job} */ (workerData);
const graph = await openGraph({ dir: storeDir });
const started = new Promise((resolve) => void parentPort?.once("message", resolve));
parentPort?.postMessage("ready");
await started;
for (let done = 0; done < count; done += 1) {
  await graph.transact(
    async (tx) => {
      const counter = await tx.get("counter");
      await tx.update("counter", { value: Number(counter?.props["value"]) + 1 });
    },
    { retries: 1000 },
  );
}
await graph.close();
parentPort?.postMessage({ count });
