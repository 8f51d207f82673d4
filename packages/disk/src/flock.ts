/**
 * The kernel lock (flock) of an open file, through the native addon fs-ext. Loaded on the first lock, because loading
 * takes 2-3 ms that a process which only reads need not pay. Only the non-blocking forms are used: a blocking flock
 * would occupy a libuv thread, swallow signals and hang the exit of the process.
 */
import { createRequire } from "node:module";
import { asDiskError, errnoOf } from "./disk-error.ts";
import type { LockKind } from "./disk.ts";
import { DiskError } from "./errors.ts";

/** The one function of fs-ext that is used. Throws EAGAIN (EWOULDBLOCK) when another owner holds a conflicting lock. */
export type FlockSync = (fd: number, flags: "exnb" | "shnb" | "un") => void;

export type LoadFlock = () => FlockSync;

/** Loads fs-ext; throws whatever `require` throws when it is missing or not built for this Node. */
export const loadFsExt: LoadFlock = () => {
  const require = createRequire(import.meta.url);
  const addon = require("fs-ext") as { readonly flockSync: FlockSync };
  return addon.flockSync;
};

export class Flock {
  readonly #load: LoadFlock;
  #flockSync: FlockSync | undefined;

  constructor(load: LoadFlock) {
    this.#load = load;
  }

  /** False when another owner holds a lock that conflicts. @throws DiskError LOCKS_UNAVAILABLE, or the errno */
  tryLock(fd: number, kind: LockKind, path: string): boolean {
    const flockSync = (this.#flockSync ??= this.#loadOrExplain(path));
    const error = failureOf(() => flockSync(fd, kind === "exclusive" ? "exnb" : "shnb"));
    if (error === undefined) return true;
    const code = errnoOf(error);
    if (code === "EAGAIN" || code === "EWOULDBLOCK") return false;
    throw asDiskError(error, "lock", path);
  }

  unlock(fd: number, path: string): void {
    const flockSync = (this.#flockSync ??= this.#loadOrExplain(path));
    try {
      flockSync(fd, "un");
    } catch (error) {
      throw asDiskError(error, "unlock", path);
    }
  }

  #loadOrExplain(path: string): FlockSync {
    try {
      return this.#load();
    } catch (cause) {
      throw new DiskError(
        "LOCKS_UNAVAILABLE",
        `Cannot lock "${path}": the native addon fs-ext is missing or not built`,
        {
          hint:
            "In a clone run: npx --yes pnpm@12.21.0 rebuild fs-ext\n" +
            "In a project that installed Knotwork with npm run: npm approve-scripts fs-ext && npm rebuild fs-ext\n" +
            "Building needs python3, make and a C++ compiler.",
          context: { path },
          cause,
        },
      );
    }
  }
}

/**
 * What a call throws. Busy is an everyday answer of a lock, and the stack trace of the error that says so costs twice the call:
 * it is left out. (`Reflect.set` does nothing where a program made `Error` unchangeable.)
 */
function failureOf(call: () => void): unknown {
  const { stackTraceLimit } = Error;
  Reflect.set(Error, "stackTraceLimit", 0);
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    Reflect.set(Error, "stackTraceLimit", stackTraceLimit);
  }
}
