/** An open file of the real disk: one descriptor, synchronous calls, two of them also as promises. */
import { closeSync, fdatasync, fdatasyncSync, fstatSync, ftruncateSync, readSync, writeSync } from "node:fs";
import type { BigIntStats } from "node:fs";
import { assert } from "./assert.ts";
import { asDiskError, diskError } from "./disk-error.ts";
import type { DiskFile, DiskStat, EntryKind, LockKind } from "./disk.ts";
import type { Flock } from "./flock.ts";

export interface NodeFileOptions {
  readonly fd: number;
  readonly path: string;
  readonly append: boolean;
  readonly flock: Flock;
}

export class NodeFile implements DiskFile {
  readonly path: string;
  readonly #append: boolean;
  readonly #flock: Flock;
  #fd: number;
  #pendingSyncs = 0;

  constructor(options: NodeFileOptions) {
    this.path = options.path;
    this.#fd = options.fd;
    this.#append = options.append;
    this.#flock = options.flock;
  }

  read(buffer: Uint8Array, offset: number, length: number, position: number): number {
    const fd = this.#openFd("read");
    try {
      let count = 0;
      while (count < length) {
        const got = readSync(fd, buffer, offset + count, length - count, position + count);
        if (got === 0) break;
        count += got;
      }
      return count;
    } catch (error) {
      throw asDiskError(error, "read", this.path);
    }
  }

  write(bytes: Uint8Array, position?: number): number {
    assertWritePosition(this.#append, position);
    const fd = this.#openFd("write");
    try {
      return writeSync(fd, bytes, 0, bytes.length, position ?? null);
    } catch (error) {
      throw asDiskError(error, "write", this.path);
    }
  }

  truncate(sizeBytes: number): void {
    const fd = this.#openFd("truncate");
    try {
      ftruncateSync(fd, sizeBytes);
    } catch (error) {
      throw asDiskError(error, "truncate", this.path);
    }
  }

  stat(): DiskStat {
    const fd = this.#openFd("stat");
    try {
      return toDiskStat(fstatSync(fd, { bigint: true }));
    } catch (error) {
      throw asDiskError(error, "stat", this.path);
    }
  }

  syncData(): void {
    const fd = this.#openFd("sync");
    try {
      fdatasyncSync(fd);
    } catch (error) {
      throw asDiskError(error, "sync", this.path);
    }
  }

  async syncDataAsync(): Promise<void> {
    const fd = this.#openFd("sync");
    this.#pendingSyncs += 1;
    try {
      await new Promise<void>((resolve, reject) => {
        fdatasync(fd, (error) => (error === null ? resolve() : reject(error)));
      });
    } catch (error) {
      throw asDiskError(error, "sync", this.path);
    } finally {
      this.#pendingSyncs -= 1;
    }
  }

  tryLock(kind: LockKind): boolean {
    return this.#flock.tryLock(this.#openFd("lock"), kind, this.path);
  }

  unlock(): void {
    this.#flock.unlock(this.#openFd("unlock"), this.path);
  }

  close(): void {
    const fd = this.#fd;
    assert(fd >= 0, `"${this.path}" is closed twice`);
    // The number of a closed descriptor is given to the next file opened: a sync under way would sync that one.
    assert(this.#pendingSyncs === 0, `"${this.path}" is closed while a sync of it is under way`);
    this.#fd = -1;
    try {
      closeSync(fd);
    } catch (error) {
      throw asDiskError(error, "close", this.path);
    }
  }

  #openFd(action: string): number {
    if (this.#fd < 0) throw diskError({ code: "EBADF", action, path: this.path });
    return this.#fd;
  }
}

/** A file opened `append` chooses the position itself; any other write must say where. */
export function assertWritePosition(append: boolean, position: number | undefined): void {
  if (append && position !== undefined) throw new TypeError("A file opened for appending takes no position");
  if (!append && position === undefined) throw new TypeError("A file not opened for appending needs a position");
}

export function toDiskStat(stats: BigIntStats): DiskStat {
  return {
    kind: kindOf(stats),
    dev: stats.dev,
    ino: stats.ino,
    linkCount: Number(stats.nlink),
    sizeBytes: Number(stats.size),
    mode: Number(stats.mode) & 0o7777,
    uid: Number(stats.uid),
  };
}

function kindOf(stats: BigIntStats): EntryKind {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  return stats.isSymbolicLink() ? "symlink" : "other";
}
