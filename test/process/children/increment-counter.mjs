// Adds 1 to the number in a file, again and again: read, add, write, each time under the process lock (ENGINE L1) and,
// where the job says so, under a lock on the file itself (ENGINE L2).

import { machineClock, nodeDisk, ProcessLock, RETRY_LOCK, runLocked, writeFully } from "@knotwork/disk";
import { runChild } from "./child.mjs";

/** @typedef {{ lockPath: string, counterPath: string, count: number, locksCounter: boolean }} Job */

await runChild({
  /** @param {Job} job */
  async prepare({ lockPath, counterPath }) {
    const disk = nodeDisk();
    const clock = machineClock();
    return {
      clock,
      lock: new ProcessLock({ disk, clock, path: lockPath }),
      counter: disk.open(counterPath, "read-write"),
    };
  },
  async work({ count, locksCounter }, { clock, lock, counter }) {
    let retries = 0;
    for (let done = 0; done < count; done += 1) {
      await runLocked({ lock, clock, random: Math.random, timeoutMs: 60_000 }, () => {
        if (!lock.isStillOurs() || (locksCounter && !counter.tryLock("exclusive"))) {
          retries += 1;
          return RETRY_LOCK;
        }
        const buffer = Buffer.alloc(16);
        const length = counter.read(buffer, 0, buffer.length, 0);
        const next = Number(buffer.toString("utf8", 0, length)) + 1;
        // Long enough for another process to come in between, if it can.
        clock.pauseMs(0.05);
        writeFully(counter, Buffer.from(String(next).padStart(8, "0")), 0);
        if (locksCounter) counter.unlock();
        return undefined;
      });
    }
    return { retries };
  },
});
