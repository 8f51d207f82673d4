/**
 * A disk that fails where the test says, in front of any other disk. Every call is numbered and counted, those on open
 * files too, so that a test can run a scenario once, read `callCount`, and run it again with each call failing in turn.
 */
import { posix } from "node:path";
import { diskError } from "../disk-error.ts";
import type { DirectoryLock, DirectoryWatch, Disk, DiskFile, DiskStat, LockKind, OpenMode } from "../disk.ts";
import { type DiskCall, type DiskOperation, OperationCounts } from "./operations.ts";

export interface FaultyDiskOptions {
  /** The name of the process in operations. Default `faulty`. */
  readonly process?: string;
  /**
   * Makes the disk behind fail its next sync of this path, with all that a failed sync does to what is durable; with a
   * memory disk: `(path, code) => memory.failNextSync(path, code)`. Without it a sync that fails here is not even begun.
   */
  readonly failSync?: (path: string, code: string) => void;
}

export interface Fault {
  /** The number of the call that fails, counted from 1 among the calls of the kinds `of` since the fault was set; or which. */
  readonly call: number | ((operation: DiskOperation) => boolean);
  /** Which kinds of call are counted and can fail. Default: all. */
  readonly of?: readonly DiskCall[];
  /** The errno name, such as `EIO`. Not used by a short write. */
  readonly code: string;
  /** `from-here-on`: the n-th call and all later ones, or every call that the function picks. Default `once`. */
  readonly mode?: "once" | "from-here-on";
  /** A write that is hit writes only so many bytes and reports no error, as on a disk that fills up. */
  readonly shortBytes?: number;
}

interface ArmedFault extends Fault {
  seen: number;
  hasHit: boolean;
}

export class FaultyDisk implements Disk {
  readonly counts: OperationCounts = new OperationCounts();
  readonly #inner: Disk;
  readonly #options: FaultyDiskOptions;
  #faults: readonly ArmedFault[] = [];
  #callCount = 0;

  constructor(inner: Disk, options: FaultyDiskOptions = {}) {
    this.#inner = inner;
    this.#options = options;
  }

  /** Number of all calls so far. */
  get callCount(): number {
    return this.#callCount;
  }

  /** Adds a fault. Of several that hit one call the first counts. */
  failAt(fault: Fault): void {
    this.#faults = [...this.#faults, { ...fault, seen: 0, hasHit: false }];
  }

  /** Removes all faults. */
  heal(): void {
    this.#faults = [];
  }

  open(path: string, mode: OpenMode, options?: { readonly mode?: number }): DiskFile {
    const creates = mode === "create-new" || (mode === "open-or-create" && this.#inner.stat(path) === undefined);
    this.#check(creates ? "create" : "open", path);
    return new FaultyFile(this.#inner.open(path, mode, options), {
      check: (call) => this.#check(call, path),
      shortBytes: () => this.#shortBytes(path),
      sync: () => this.#beforeSync("syncData", path),
    });
  }

  stat(path: string): DiskStat | undefined {
    this.#check("stat", path);
    return this.#inner.stat(path);
  }

  list(path: string): readonly string[] {
    this.#check("list", path);
    return this.#inner.list(path);
  }

  makeDirectory(path: string, options?: { readonly mode?: number }): void {
    this.#check("makeDirectory", path);
    this.#inner.makeDirectory(path, options);
  }

  removeDirectory(path: string): void {
    this.#check("removeDirectory", path);
    this.#inner.removeDirectory(path);
  }

  rename(from: string, to: string): void {
    this.#check("rename", from);
    this.#inner.rename(from, to);
  }

  unlink(path: string): void {
    this.#check("unlink", path);
    this.#inner.unlink(path);
  }

  syncDirectory(path: string): void {
    this.#beforeSync("syncDirectory", path);
    this.#inner.syncDirectory(path);
  }

  watchDirectory(path: string, listener: (name: string | undefined) => void): DirectoryWatch {
    this.#check("watchDirectory", path);
    return this.#inner.watchDirectory(path, listener);
  }

  realPath(path: string): string {
    this.#check("realPath", path);
    return this.#inner.realPath(path);
  }

  fileSystemType(path: string): string | undefined {
    this.#check("fileSystemType", path);
    return this.#inner.fileSystemType(path);
  }

  async lockDirectory(
    path: string,
    options: { readonly onLost: (cause: Error) => void },
  ): Promise<DirectoryLock | undefined> {
    this.#check("lockDirectory", path);
    return this.#inner.lockDirectory(path, options);
  }

  #check(call: DiskCall, path: string): void {
    const fault = this.#hit(call, path);
    if (fault !== undefined) throw diskError({ code: fault.code, action: call, path });
  }

  /** How many bytes a write may write; `undefined`: all. @throws the error of a fault that is not a short write */
  #shortBytes(path: string): number | undefined {
    const fault = this.#hit("write", path);
    if (fault === undefined) return undefined;
    if (fault.shortBytes === undefined) throw diskError({ code: fault.code, action: "write", path });
    return fault.shortBytes;
  }

  #beforeSync(call: "syncData" | "syncDirectory", path: string): void {
    const fault = this.#hit(call, path);
    if (fault === undefined) return;
    if (this.#options.failSync === undefined) throw diskError({ code: fault.code, action: "sync", path });
    this.#options.failSync(path, fault.code);
  }

  #hit(call: DiskCall, path: string): Fault | undefined {
    const process = this.#options.process ?? "faulty";
    const operation: DiskOperation = { process, call, path: posix.resolve("/", path) };
    this.#callCount += 1;
    this.counts.add(operation);
    let hit: Fault | undefined;
    for (const fault of this.#faults) if (hits(fault, operation)) hit ??= fault;
    return hit;
  }
}

function hits(fault: ArmedFault, operation: DiskOperation): boolean {
  const { call, of, mode = "once" } = fault;
  if (of !== undefined && !of.includes(operation.call)) return false;
  if (fault.hasHit && mode === "once") return false;
  fault.seen += 1;
  const isHit = typeof call === "function" ? call(operation) : fault.seen >= call;
  fault.hasHit ||= isHit;
  return isHit;
}

interface FaultyFileHooks {
  readonly check: (call: DiskCall) => void;
  readonly shortBytes: () => number | undefined;
  readonly sync: () => void;
}

class FaultyFile implements DiskFile {
  readonly path: string;
  readonly #inner: DiskFile;
  readonly #hooks: FaultyFileHooks;

  constructor(inner: DiskFile, hooks: FaultyFileHooks) {
    this.path = inner.path;
    this.#inner = inner;
    this.#hooks = hooks;
  }

  read(buffer: Uint8Array, offset: number, length: number, position: number): number {
    this.#hooks.check("read");
    return this.#inner.read(buffer, offset, length, position);
  }

  write(bytes: Uint8Array, position?: number): number {
    const shortBytes = this.#hooks.shortBytes();
    return this.#inner.write(shortBytes === undefined ? bytes : bytes.subarray(0, shortBytes), position);
  }

  truncate(sizeBytes: number): void {
    this.#hooks.check("truncate");
    this.#inner.truncate(sizeBytes);
  }

  stat(): DiskStat {
    this.#hooks.check("stat");
    return this.#inner.stat();
  }

  syncData(): void {
    this.#hooks.sync();
    this.#inner.syncData();
  }

  async syncDataAsync(): Promise<void> {
    this.#hooks.sync();
    await this.#inner.syncDataAsync();
  }

  tryLock(kind: LockKind): boolean {
    this.#hooks.check("tryLock");
    return this.#inner.tryLock(kind);
  }

  unlock(): void {
    this.#hooks.check("unlock");
    this.#inner.unlock();
  }

  /** A close that fails has closed all the same, as the kernel's does. */
  close(): void {
    this.#inner.close();
    this.#hooks.check("close");
  }
}
