/**
 * What a directory entry of the memory disk points to. Each node has two sides: what running processes see (live) and
 * what a power cut must leave (durable), with the operations between the two that a power cut may keep or not.
 *
 * Invariants:
 * - live = durable + all operations, in order.
 * - An operation leaves the list, into the durable side, when it and all operations before it are synced.
 * - An operation whose sync failed is `lost`: no later sync covers it, as a kernel that has marked its pages clean. It may
 *   or may not be on the device, for ever.
 */
import type { DiskStat, LockKind } from "../disk.ts";
import { FileImage } from "./file-image.ts";

export type MemoryNode = FileNode | DirectoryNode | SymlinkNode;

export type OperationState = "pending" | "synced" | "lost";

/** A change of the bytes of one file. */
export interface DataOperation {
  /** Place among all operations of the disk. */
  readonly order: number;
  /** The bytes written at `position`, or `undefined` for a cut to `position`. */
  readonly bytes: Uint8Array | undefined;
  readonly position: number;
  readonly sizeBefore: number;
  /** The live image after it. */
  readonly after: FileImage;
  state: OperationState;
}

/** A change of names. A rename from one directory to another is one operation with an effect in each. */
export interface EntryOperation {
  readonly order: number;
  readonly label: string;
  readonly effects: readonly EntryEffect[];
}

export interface EntryEffect {
  readonly directory: DirectoryNode;
  /** The node whose name changes. */
  readonly node: MemoryNode;
  readonly apply: (entries: Map<string, MemoryNode>) => void;
  state: OperationState;
}

const DEVICE = 1n;
const UID = 1000;

export class FileNode {
  readonly kind = "file";
  readonly ino: bigint;
  readonly mode: number;
  /** The open files that hold the kernel lock, by identity. */
  readonly locks: Map<object, LockKind> = new Map();
  linkCount = 0;
  openCount = 0;
  /** The code with which the next sync of this file fails. */
  nextSyncFailure: string | undefined;
  live: FileImage;
  durable: FileImage;
  operations: DataOperation[] = [];

  constructor(ino: bigint, mode: number, image: FileImage = FileImage.EMPTY) {
    this.ino = ino;
    this.mode = mode;
    this.live = image;
    this.durable = image;
  }

  stat(): DiskStat {
    return statOf(this, this.live.sizeBytes);
  }

  write(order: number, bytes: Uint8Array, position: number): void {
    const own = bytes.slice();
    this.#change({ order, bytes: own, position }, this.live.write(own, position));
  }

  truncate(order: number, sizeBytes: number): void {
    this.#change({ order, bytes: undefined, position: sizeBytes }, this.live.resize(sizeBytes));
  }

  /** A sync that started after the operation `order` has ended: well, or with the failure that was planted. */
  endSync(order: number, state: "synced" | "lost"): void {
    for (const operation of this.operations) {
      if (operation.order <= order && operation.state === "pending") operation.state = state;
    }
    const firstOpen = this.operations.findIndex((operation) => operation.state !== "synced");
    const settled = firstOpen === -1 ? this.operations.length : firstOpen;
    this.durable = this.operations[settled - 1]?.after ?? this.durable;
    this.operations = this.operations.slice(settled);
  }

  #change(what: Pick<DataOperation, "order" | "bytes" | "position">, after: FileImage): void {
    this.operations.push({ ...what, sizeBefore: this.live.sizeBytes, after, state: "pending" });
    this.live = after;
  }
}

export class DirectoryNode {
  readonly kind = "directory";
  readonly ino: bigint;
  readonly mode: number;
  readonly live: Map<string, MemoryNode>;
  readonly durable: Map<string, MemoryNode>;
  linkCount = 0;
  nextSyncFailure: string | undefined;
  operations: EntryOperation[] = [];

  constructor(ino: bigint, mode: number, entries: ReadonlyMap<string, MemoryNode> = new Map()) {
    this.ino = ino;
    this.mode = mode;
    this.live = new Map(entries);
    this.durable = new Map(entries);
  }

  stat(): DiskStat {
    return statOf(this, 0);
  }

  endSync(state: "synced" | "lost"): void {
    for (const operation of this.operations) {
      for (const effect of operation.effects) {
        if (effect.directory === this && effect.state === "pending") effect.state = state;
      }
    }
    for (const operation of this.operations) {
      for (const effect of operation.effects) effect.directory.settle();
    }
  }

  /** Moves what is durable without condition from the list to the durable side. */
  settle(): void {
    while (this.operations[0] !== undefined && isDurable(this.operations[0])) {
      for (const effect of this.operations[0].effects) {
        if (effect.directory === this) effect.apply(this.durable);
      }
      this.operations = this.operations.slice(1);
    }
  }
}

export class SymlinkNode {
  readonly kind = "symlink";
  readonly ino: bigint;
  readonly mode = 0o777;
  readonly target: string;
  linkCount = 0;

  constructor(ino: bigint, target: string) {
    this.ino = ino;
    this.target = target;
  }

  stat(): DiskStat {
    return statOf(this, this.target.length);
  }
}

/** A rename between directories is durable when both are synced. */
export function isDurable(operation: EntryOperation): boolean {
  return operation.effects.every((effect) => effect.state === "synced");
}

function statOf(node: MemoryNode, sizeBytes: number): DiskStat {
  const { kind, ino, mode, linkCount } = node;
  return { kind, dev: DEVICE, ino, linkCount, sizeBytes, mode, uid: UID };
}
