/** Who took the lock of a store last: read from beside the lock, without touching it. */
import { type Clock, type Disk, type LockHolder, ProcessLock } from "@knotwork/disk";
import { walPaths } from "@knotwork/wal";
import { storePaths } from "./store-names.ts";

/** For people only: the note is not synced, and stays when the lock is let go. `undefined` when there is none. */
export function readLockHolder(disk: Disk, clock: Clock, dir: string): LockHolder | undefined {
  const lock = new ProcessLock({ disk, clock, path: walPaths(storePaths(dir).walDirectory).lock });
  try {
    return lock.readHolder();
  } finally {
    lock.close();
  }
}
