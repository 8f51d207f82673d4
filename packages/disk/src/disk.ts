/**
 * The seam to the operating system. Every byte Knotwork stores passes through a `Disk`; three implementations pass one
 * contract suite (`testing/disk-contract.ts`): the real one, one in memory that can crash, one that fails the n-th call.
 *
 * Calls are synchronous where the engine must not yield between two of them (lock, check, append, unlock is one
 * synchronous section). Only the two syncs also come as promises, so that a process can wait for one without blocking.
 *
 * Errors: operating errors surface as a `DiskError` whose `code` is the errno name (`ENOENT`, `ENOSPC`, `EIO` …) and
 * whose `cause` is the original. Nothing is retried here, least of all a sync.
 */

/** What kind of thing a directory entry is; symbolic links are never followed by `stat`. */
export type EntryKind = "file" | "directory" | "symlink" | "other";

/** State of a file or directory. `dev` and `ino` are bigints: compare them as such. */
export interface DiskStat {
  readonly kind: EntryKind;
  readonly dev: bigint;
  readonly ino: bigint;
  /** Number of names; 0 means the file was unlinked (or replaced by a rename) while it is held open. */
  readonly linkCount: number;
  readonly sizeBytes: number;
  /** The permission bits alone. */
  readonly mode: number;
  readonly uid: number;
}

/**
 * How `open` opens:
 * - `read`: must exist, read only.
 * - `read-write`: must exist.
 * - `create-new`: must not exist (O_EXCL), read and write.
 * - `open-or-create`: read and write, created empty when missing, never truncated.
 * - `append`: must exist; every write goes to the current end (O_APPEND); can also be read.
 * No mode follows a symbolic link in the last path part (O_NOFOLLOW): `ELOOP`.
 */
export type OpenMode = "read" | "read-write" | "create-new" | "open-or-create" | "append";

export type LockKind = "exclusive" | "shared";

/** An open file. After `close` every other call throws `EBADF`. */
export interface DiskFile {
  readonly path: string;

  /** Reads up to `length` bytes at `position` into `buffer` at `offset`. Returns the count: short only at end of file. */
  read(buffer: Uint8Array, offset: number, length: number, position: number): number;

  /**
   * Writes `bytes` in one call: at `position`, or at the end for a file opened `append` (then `position` must be absent).
   * Returns the count written. **It may be short without an error when the disk is full**; the caller must check.
   */
  write(bytes: Uint8Array, position?: number): number;

  /** Cuts the file to `sizeBytes`. Not durable before a sync. */
  truncate(sizeBytes: number): void;

  stat(): DiskStat;

  /** Returns once the bytes written before the call are durable (fdatasync). A failure is reported once, then never again: do not retry. */
  syncData(): void;
  /** The same without blocking the process. Covers at least what was written before the call. */
  syncDataAsync(): Promise<void>;

  /**
   * Tries to take an advisory whole-file lock (flock) on this open file, without waiting. `false`: somebody else holds
   * one that conflicts. A second open of the same file, in this process or another, is another owner. Taking it again
   * converts it; when that is not granted, the lock held before is lost too (flock). Freed by `unlock`, `close` or the death of the process. Loads the native addon on first use.
   * @throws DiskError `LOCKS_UNAVAILABLE` when the addon is missing or not built; the hint has the command to run.
   */
  tryLock(kind: LockKind): boolean;
  unlock(): void;

  /** Closes. Closing twice, or while an asynchronous sync is under way, is an error of the caller (assert). */
  close(): void;
}

/** What those need of a file who read what never changes. */
export type ReadableFile = Pick<DiskFile, "path" | "read" | "stat" | "close">;

export interface ReadableFiles {
  open(path: string, mode: "read"): ReadableFile;
}

export interface Disk {
  /** @throws DiskError ENOENT, EEXIST, EACCES, ELOOP, EISDIR, EMFILE … New files get mode 0600 unless `mode` says otherwise. */
  open(path: string, mode: OpenMode, options?: { readonly mode?: number }): DiskFile;

  /** The entry at `path` (links not followed), or `undefined` when there is none. */
  stat(path: string): DiskStat | undefined;

  /** Names in a directory, sorted by code unit. @throws ENOENT, ENOTDIR */
  list(path: string): readonly string[];

  /** Creates one directory (0700 unless `mode`). @throws EEXIST, ENOENT (parent missing) */
  makeDirectory(path: string, options?: { readonly mode?: number }): void;

  /** Removes an empty directory. */
  removeDirectory(path: string): void;

  /** Atomic: `to` names the old or the new file at every moment, whatever crashes. Durable after `syncDirectory` of the parents. */
  rename(from: string, to: string): void;

  unlink(path: string): void;

  /** Returns once the names in the directory (creations, renames, unlinks made before the call) are durable. */
  syncDirectory(path: string): void;

  /**
   * Calls `listener` soon after the names in a directory, or the bytes of files in it, were changed by anybody, with the
   * name of the entry when it is known. **Only a hint**: it may come late, for nothing, once for many changes, or never (a
   * queue of the kernel overflows, a network file system says nothing). Whoever relies on it also looks from time to time.
   * Does not keep the process alive. The listener is never called during `watchDirectory`, nor after `close`.
   * @throws DiskError ENOENT, ENOTDIR, and ENOSPC or EMFILE when the machine can watch no more
   */
  watchDirectory(path: string, listener: (name: string | undefined) => void): DirectoryWatch;

  /** The canonical absolute path, links resolved. @throws ENOENT */
  realPath(path: string): string;

  /** The type of the file system that holds `path`, as the kernel's magic number in hex (ext4: `ef53`); `undefined` when unknown. */
  fileSystemType(path: string): string | undefined;

  /**
   * Takes the directory lock `path` (proper-lockfile) without waiting. It saves work and proves nothing: two holders at
   * once are possible (SIGSTOP, blocked event loop, clock). `undefined`: somebody else has it.
   * `onLost` is called when it was lost; after that `release` does nothing. Loaded on first use only.
   */
  lockDirectory(path: string, options: { readonly onLost: (cause: Error) => void }): Promise<DirectoryLock | undefined>;
}

export interface DirectoryWatch {
  /** Ends it. Closing twice is harmless. */
  close(): void;
}

export interface DirectoryLock {
  /** False once lost or released. */
  readonly held: boolean;
  release(): Promise<void>;
}
