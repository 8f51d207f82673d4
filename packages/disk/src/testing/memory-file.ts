/** An open file of the memory disk: what the kernel calls an open file description. */
import { assert } from "../assert.ts";
import { diskError } from "../disk-error.ts";
import type { DiskFile, DiskStat, LockKind, OpenMode } from "../disk.ts";
import { assertWritePosition } from "../node-file.ts";
import type { MemoryMachine } from "./memory-machine.ts";
import type { FileNode } from "./memory-node.ts";
import type { DiskCall, DiskOperation } from "./operations.ts";

export interface MemoryFileOptions {
  readonly machine: MemoryMachine;
  readonly node: FileNode;
  /** As the caller wrote it. */
  readonly path: string;
  readonly absolutePath: string;
  readonly mode: OpenMode;
  /** Announces a call of the owning process, and refuses it when the process is dead. */
  readonly begin: (call: DiskCall, absolutePath: string) => DiskOperation;
  /** @throws ProcessKilledError */
  readonly assertAlive: () => void;
  readonly onClose: (file: MemoryFile) => void;
}

export class MemoryFile implements DiskFile {
  readonly path: string;
  readonly #options: MemoryFileOptions;
  readonly #node: FileNode;
  #open = true;
  #pendingSyncs = 0;

  constructor(options: MemoryFileOptions) {
    this.path = options.path;
    this.#options = options;
    this.#node = options.node;
    options.node.openCount += 1;
  }

  read(buffer: Uint8Array, offset: number, length: number, position: number): number {
    this.#begin("read", "read");
    return this.#node.live.read(buffer, offset, length, position);
  }

  write(bytes: Uint8Array, position?: number): number {
    const append = this.#options.mode === "append";
    assertWritePosition(append, position);
    this.#begin("write", "write");
    if (this.#options.mode === "read") throw diskError({ code: "EBADF", action: "write", path: this.path });
    if (bytes.length === 0) return 0;
    const { tree } = this.#options.machine;
    const sizeBytes = this.#node.live.sizeBytes;
    const start = append ? sizeBytes : (position ?? 0);
    const lastByte = sizeBytes + this.#options.machine.freeBytes();
    const count = Math.min(bytes.length, lastByte - start);
    if (count <= 0) throw diskError({ code: "ENOSPC", action: "write", path: this.path });
    this.#node.write(tree.nextOrder(), bytes.subarray(0, count), start);
    tree.usedBytes += this.#node.live.sizeBytes - sizeBytes;
    return count;
  }

  truncate(sizeBytes: number): void {
    this.#begin("truncate", "truncate");
    if (this.#options.mode === "read") throw diskError({ code: "EINVAL", action: "truncate", path: this.path });
    const { tree } = this.#options.machine;
    const before = this.#node.live.sizeBytes;
    this.#node.truncate(tree.nextOrder(), sizeBytes);
    tree.usedBytes += sizeBytes - before;
  }

  stat(): DiskStat {
    this.#begin("stat", "stat");
    return this.#node.stat();
  }

  syncData(): void {
    this.#begin("syncData", "sync");
    this.#endSync(this.#options.machine.tree.lastOrder, this.#takeFailure());
  }

  async syncDataAsync(): Promise<void> {
    const operation = this.#begin("syncData", "sync");
    // Only what was written before the call is covered, however long it lasts.
    const order = this.#options.machine.tree.lastOrder;
    const failure = this.#takeFailure();
    this.#pendingSyncs += 1;
    try {
      await this.#options.machine.duringSync(operation);
    } finally {
      this.#pendingSyncs -= 1;
    }
    this.#options.assertAlive();
    this.#endSync(order, failure);
  }

  tryLock(kind: LockKind): boolean {
    this.#begin("tryLock", "lock");
    const { locks } = this.#node;
    if (locks.get(this) === kind) return true;
    // As flock does: a conversion first gives up the lock held, and does not get it back when it fails.
    locks.delete(this);
    const others = [...locks.values()];
    const isFree = kind === "exclusive" ? others.length === 0 : !others.includes("exclusive");
    if (isFree) locks.set(this, kind);
    return isFree;
  }

  unlock(): void {
    this.#begin("unlock", "unlock");
    this.#node.locks.delete(this);
  }

  close(): void {
    this.#options.assertAlive();
    assert(this.#open, `"${this.path}" is closed twice`);
    assert(this.#pendingSyncs === 0, `"${this.path}" is closed while a sync of it is under way`);
    this.#begin("close", "close");
    this.#release();
    this.#options.onClose(this);
  }

  /** What the kernel does with the open files of a process that died. */
  abandon(): void {
    if (this.#open) this.#release();
  }

  #release(): void {
    this.#open = false;
    this.#node.locks.delete(this);
    this.#options.machine.tree.dropOpen(this.#node);
  }

  #begin(call: DiskCall, action: string): DiskOperation {
    const operation = this.#options.begin(call, this.#options.absolutePath);
    if (!this.#open) throw diskError({ code: "EBADF", action, path: this.path });
    return operation;
  }

  #takeFailure(): string | undefined {
    const failure = this.#node.nextSyncFailure;
    this.#node.nextSyncFailure = undefined;
    return failure;
  }

  #endSync(order: number, failure: string | undefined): void {
    this.#node.endSync(order, failure === undefined ? "synced" : "lost");
    if (failure !== undefined) throw diskError({ code: failure, action: "sync", path: this.path });
  }
}
