/** Starts worker threads of one program, lets them begin together, and gives their answers. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** A worker says "ready", waits for a message, works, and sends one answer. */
export async function runWorkers<Answer>(
  program: string,
  count: number,
  jobOf: (index: number) => object,
): Promise<readonly Answer[]> {
  const url = new URL(`children/${program}`, import.meta.url);
  const workers = Array.from(
    { length: count },
    (_, index) => new Worker(url, { workerData: jobOf(index), execArgv: [] }),
  );
  await Promise.all(workers.map((worker) => once(worker, "message")));
  for (const worker of workers) worker.postMessage("start");
  return await Promise.all(
    workers.map(async (worker) => {
      const [answer] = (await once(worker, "message")) as [Answer];
      await once(worker, "exit");
      return answer;
    }),
  );
}
