/**
 * The real disk: synchronous calls of `node:fs`.
 *
 * Invariants:
 * - No call follows a symbolic link in the last part of a path.
 * - What is created has exactly the mode asked for, whatever the umask.
 * - A new name is durable only after `syncDirectory`: syncing the file does not sync its directory.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  statfsSync,
  unlinkSync,
  watch,
} from "node:fs";
import { unreachable } from "./assert.ts";
import { type DirectoryLockTiming, lockDirectory } from "./directory-lock.ts";
import { asDiskError, diskError, errnoOf } from "./disk-error.ts";
import type { DirectoryLock, DirectoryWatch, Disk, DiskFile, DiskStat, OpenMode } from "./disk.ts";
import { isDiskError } from "./errors.ts";
import { Flock, type LoadFlock, loadFsExt } from "./flock.ts";
import { NodeFile, toDiskStat } from "./node-file.ts";

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;

// O_NONBLOCK changes nothing for a regular file; without it the open of a planted pipe would hang for ever.
const SAFE = O_NOFOLLOW | O_NONBLOCK;
const OPEN_EXISTING = O_RDWR | SAFE;
const OPEN_NEW = O_RDWR | O_CREAT | O_EXCL | SAFE;
const OPEN_OR_CREATE_ATTEMPTS = 100;

export interface NodeDiskOptions {
  /** How the lock addon is loaded, on the first lock. Default: `require("fs-ext")`. */
  readonly loadFlock?: LoadFlock;
  /** How often the holder of a directory lock gives a sign of life, and after how long without one it is taken for dead. */
  readonly directoryLockTiming?: DirectoryLockTiming;
}

/** The disk of this machine. Holds no files and needs no closing. */
export function nodeDisk(options: NodeDiskOptions = {}): Disk {
  return new NodeDisk(new Flock(options.loadFlock ?? loadFsExt), options.directoryLockTiming);
}

class NodeDisk implements Disk {
  readonly #flock: Flock;
  readonly #directoryLockTiming: DirectoryLockTiming | undefined;

  constructor(flock: Flock, directoryLockTiming: DirectoryLockTiming | undefined) {
    this.#flock = flock;
    this.#directoryLockTiming = directoryLockTiming;
  }

  open(path: string, mode: OpenMode, options: { readonly mode?: number } = {}): DiskFile {
    const fd = openDescriptor(path, mode, options.mode ?? 0o600);
    return new NodeFile({ fd, path, append: mode === "append", flock: this.#flock });
  }

  stat(path: string): DiskStat | undefined {
    try {
      const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
      return stats === undefined ? undefined : toDiskStat(stats);
    } catch (error) {
      // Below a file there is nothing, as below a directory that is missing.
      if (errnoOf(error) === "ENOTDIR") return undefined;
      throw asDiskError(error, "stat", path);
    }
  }

  list(path: string): readonly string[] {
    return attempt("list", path, () => readdirSync(path).toSorted(byCodeUnit));
  }

  makeDirectory(path: string, options: { readonly mode?: number } = {}): void {
    const mode = options.mode ?? 0o700;
    attempt("create directory", path, () => {
      mkdirSync(path, mode);
      withDirectory(path, (fd) => fchmodSync(fd, mode));
    });
  }

  removeDirectory(path: string): void {
    attempt("remove directory", path, () => rmdirSync(path));
  }

  rename(from: string, to: string): void {
    attempt("rename", from, () => renameSync(from, to));
  }

  unlink(path: string): void {
    attempt("unlink", path, () => unlinkSync(path));
  }

  syncDirectory(path: string): void {
    attempt("sync directory", path, () => withDirectory(path, fsyncSync));
  }

  watchDirectory(path: string, listener: (name: string | undefined) => void): DirectoryWatch {
    return attempt("watch", path, () => {
      // Watching a file works too, and would go on telling of it when another has taken its name.
      withDirectory(path, () => undefined);
      const watcher = watch(path, { persistent: false }, (_event, name) => listener(name ?? undefined));
      // What ends a watch only ends the hints: nobody may rely on them.
      watcher.on("error", () => watcher.close());
      return { close: () => watcher.close() };
    });
  }

  realPath(path: string): string {
    return attempt("resolve", path, () => realpathSync.native(path));
  }

  fileSystemType(path: string): string | undefined {
    // Elsewhere the number is an index into a table of the running kernel, not a magic number.
    if (process.platform !== "linux") return undefined;
    return attempt("find the file system of", path, () => statfsSync(path, { bigint: true }).type.toString(16));
  }

  lockDirectory(
    path: string,
    options: { readonly onLost: (cause: Error) => void },
  ): Promise<DirectoryLock | undefined> {
    return lockDirectory(path, options.onLost, this.#directoryLockTiming);
  }
}

function openDescriptor(path: string, mode: OpenMode, permissions: number): number {
  switch (mode) {
    case "read":
      return openRegular(path, O_RDONLY | SAFE);
    case "read-write":
      return openRegular(path, OPEN_EXISTING);
    case "append":
      return openRegular(path, OPEN_EXISTING | O_APPEND);
    case "create-new":
      return create(path, permissions);
    case "open-or-create":
      return openOrCreate(path, permissions);
    default:
      return unreachable(mode);
  }
}

/** Two exclusive steps instead of one O_CREAT, so that it is known who created the file and must set its mode. */
function openOrCreate(path: string, permissions: number): number {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return openRegular(path, OPEN_EXISTING);
    } catch (error) {
      if (!isDiskError(error, "ENOENT")) throw error;
    }
    try {
      return create(path, permissions);
    } catch (error) {
      // Created and removed again by others between the two steps, a hundred times over, is not a race any more.
      if (!isDiskError(error, "EEXIST") || attempts === OPEN_OR_CREATE_ATTEMPTS) throw error;
    }
  }
}

function openRegular(path: string, flags: number): number {
  return attempt("open", path, () => {
    const fd = openSync(path, flags);
    // As in `directOutput`: plain numbers of a pipe that stands here would mislead Node's loader.
    const stats = fstatSync(fd, { bigint: true });
    if (stats.isFile()) return fd;
    closeSync(fd);
    throw diskError({ code: stats.isDirectory() ? "EISDIR" : "EINVAL", action: "open", path });
  });
}

function create(path: string, permissions: number): number {
  return attempt("create", path, () => {
    const fd = openSync(path, OPEN_NEW, permissions);
    try {
      fchmodSync(fd, permissions);
    } catch (error) {
      closeSync(fd);
      unlinkSync(path);
      throw error;
    }
    return fd;
  });
}

function withDirectory(path: string, use: (fd: number) => void): void {
  const fd = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    use(fd);
  } finally {
    closeSync(fd);
  }
}

function attempt<T>(action: string, path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw asDiskError(error, action, path);
  }
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
