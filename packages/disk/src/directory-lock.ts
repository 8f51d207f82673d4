/**
 * The directory lock of the real disk (proper-lockfile: a directory whose modification time its holder renews).
 * It saves work and proves nothing: two holders at once are possible. Loaded only when asked for, because the package
 * patches `fs` and adds signal handlers.
 */
import { createRequire } from "node:module";
import { asDiskError, errnoOf } from "./disk-error.ts";
import type { DirectoryLock } from "./disk.ts";
import { DiskError } from "./errors.ts";

/** At least 1,000 and 2,000: proper-lockfile raises what is smaller. */
export interface DirectoryLockTiming {
  readonly updateMs: number;
  readonly staleMs: number;
}

const TIMING: DirectoryLockTiming = { updateMs: 2000, staleMs: 10_000 };

interface LockfileOptions {
  readonly lockfilePath: string;
  readonly realpath: boolean;
  readonly retries: number;
  readonly stale: number;
  readonly update: number;
  readonly onCompromised: (cause: Error) => void;
}

interface Lockfile {
  readonly lock: (file: string, options: LockfileOptions) => Promise<() => Promise<void>>;
}

/** Takes the lock directory at `path`, or gives `undefined` when somebody else has it. */
export async function lockDirectory(
  path: string,
  onLost: (cause: Error) => void,
  timing: DirectoryLockTiming = TIMING,
): Promise<DirectoryLock | undefined> {
  const lockfile = createRequire(import.meta.url)("proper-lockfile") as Lockfile;
  let held = true;
  const onCompromised = (cause: Error): void => {
    held = false;
    onLost(
      new DiskError("LOCK_LOST", `Cannot keep the directory lock "${path}": it was lost`, { context: { path }, cause }),
    );
  };
  const options = {
    lockfilePath: path,
    realpath: false,
    retries: 0,
    stale: timing.staleMs,
    update: timing.updateMs,
    onCompromised,
  };
  const release = await take(lockfile, path, options);
  if (release === undefined) return undefined;
  return {
    get held(): boolean {
      return held;
    },
    async release(): Promise<void> {
      if (!held) return;
      held = false;
      try {
        await release();
      } catch (error) {
        throw asDiskError(error, "release the directory lock", path);
      }
    },
  };
}

async function take(
  lockfile: Lockfile,
  path: string,
  options: LockfileOptions,
): Promise<(() => Promise<void>) | undefined> {
  try {
    return await lockfile.lock(path, options);
  } catch (error) {
    if (errnoOf(error) === "ELOCKED" || wasRemoved(error)) return undefined;
    throw asDiskError(error, "take the directory lock", path);
  }
}

/** Somebody removed the directory right after it was made, as `git clean` does: it is there for whoever makes it next. */
function wasRemoved(error: unknown): boolean {
  return errnoOf(error) === "ENOENT" && (error as NodeJS.ErrnoException).syscall !== "mkdir";
}
