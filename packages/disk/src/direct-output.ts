/**
 * Standard output and standard error without Node's streams, which take longer to load than a store takes to open and read.
 */
import { fstatSync, writeSync } from "node:fs";
import type { Clock } from "./clock.ts";
import { asDiskError, errnoOf } from "./disk-error.ts";

/** A file, a pipe or a socket that this process was started with. While it writes the process hears no signal. */
export interface DirectOutput {
  /** Returns when all is written, however slowly it is read; false when nobody reads any more. @throws DiskError ENOSPC … */
  write(text: string): boolean;
}

/** A pipe that does not block and is full is tried again after so long. */
const FULL_PAUSE_MS = 1;
const FULL: readonly (string | undefined)[] = ["EAGAIN", "ENOBUFS"];
/** A socket may say so in other words than a pipe. */
const UNREAD: readonly (string | undefined)[] = ["EPIPE", "ECONNRESET", "EPROTOTYPE"];

/** `undefined` for terminals and other devices: these have a width, or want to be written to in their own way. */
export function directOutput(fd: number, clock: Pick<Clock, "pauseMs">): DirectOutput | undefined {
  const path = `descriptor ${fd}`;
  try {
    // Not as plain numbers: Node keeps those of the last look, and takes no symbolic link for one while they tell of a pipe.
    const stat = fstatSync(fd, { bigint: true });
    if (!stat.isFile() && !stat.isFIFO() && !stat.isSocket()) return undefined;
  } catch (error) {
    throw asDiskError(error, "look at", path);
  }
  return {
    write: (text) => {
      const bytes = Buffer.from(text, "utf8");
      for (let at = 0; at < bytes.length;) {
        try {
          at += writeSync(fd, bytes, at);
        } catch (error) {
          const code = errnoOf(error);
          if (UNREAD.includes(code)) return false;
          if (!FULL.includes(code)) throw asDiskError(error, "write to", path);
          clock.pauseMs(FULL_PAUSE_MS);
        }
      }
      return true;
    },
  };
}
