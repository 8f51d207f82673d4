// Holds the process lock from before it is ready until it is told to go on; answers whether the lock was still its own.

import { machineClock, nodeDisk, ProcessLock } from "@knotwork/disk";
import { runChild } from "./child.mjs";

/** @typedef {{ lockPath: string }} Job */

await runChild({
  /** @param {Job} job */
  async prepare({ lockPath }) {
    const lock = new ProcessLock({ disk: nodeDisk(), clock: machineClock(), path: lockPath });
    if (!lock.tryAcquire()) throw new Error("the lock is taken");
    return lock;
  },
  async work(_job, lock) {
    const wasStillOurs = lock.isStillOurs();
    lock.release();
    lock.close();
    return { wasStillOurs };
  },
});
