/**
 * One simulated machine's disk, shared by simulated processes, that can lose power.
 *
 * `memory.process("a")` is a `Disk`; all processes see one live tree. `memory.kill("a")` ends a process: its locks are
 * freed, nothing it wrote is lost. `memory.crash(…)` gives a new disk with what a power cut at this moment could leave;
 * the old one goes on as if nothing had happened, so that a test may look at many crash states of one moment.
 */
import { createHash } from "node:crypto";
import { assert } from "../assert.ts";
import { DiskError } from "../errors.ts";
import type { Disk } from "../disk.ts";
import type { Random } from "../random.ts";
import { crashDecisions, type CrashModel, type CrashPoint } from "./crash.ts";
import type { DirectoryLockHolder, MemoryMachine } from "./memory-machine.ts";
import { DirectoryNode, SymlinkNode } from "./memory-node.ts";
import { MemoryProcess } from "./memory-process.ts";
import { MemoryTree, walkLive } from "./memory-tree.ts";
import { MemoryWatches } from "./memory-watches.ts";
import { type DiskOperation, isMutating, OperationCounts } from "./operations.ts";

export interface MemoryDiskOptions {
  /** Room for the bytes of files; a write beyond it is short, and fails with ENOSPC when not one byte fits. */
  readonly capacityBytes?: number;
  /** What `fileSystemType` answers. Default `ef53` (ext4). */
  readonly fileSystemType?: string;
}

export interface CrashOptions {
  /** Default `strict`. */
  readonly model?: CrashModel;
  /** Decides a point by the index of an option. Default: 0, nothing that was not synced survives. */
  readonly choose?: (point: CrashPoint) => number;
}

const ROOT_INO = 2n;

export class MemoryDisk implements MemoryMachine {
  readonly tree: MemoryTree;
  readonly fileSystemType: string | undefined;
  /** The directories that somebody watches; a test may let what they would be told get lost. */
  readonly watches: MemoryWatches = new MemoryWatches();
  /** How often every process called what on which path. */
  readonly counts: OperationCounts = new OperationCounts();
  /** Room for the bytes of files; a test may change it at any time. */
  capacityBytes: number | undefined;
  /** Runs before each call that changes what is stored or durable. It may kill the caller, or run other processes. */
  onOperation: ((operation: DiskOperation) => void) | undefined;
  /** Runs before every call, those that only look or lock included. */
  onCall: ((operation: DiskOperation) => void) | undefined;
  /** Runs while an asynchronous sync is under way: it lasts until the promise resolves. */
  onAsyncSync: ((operation: DiskOperation) => Promise<void>) | undefined;
  readonly #processes: Map<string, MemoryProcess> = new Map();
  readonly #directoryLocks: Map<string, DirectoryLockHolder> = new Map();

  constructor(options: MemoryDiskOptions = {}, tree?: MemoryTree) {
    this.capacityBytes = options.capacityBytes;
    this.fileSystemType = options.fileSystemType ?? "ef53";
    this.tree = tree ?? new MemoryTree(new DirectoryNode(ROOT_INO, 0o755), ROOT_INO);
    for (const [, node] of walkLive(this.tree.root)) {
      if (node.kind === "file") this.tree.usedBytes += node.live.sizeBytes;
    }
  }

  /** The disk of the process `name`, which starts now unless it runs already. */
  process(name: string): Disk {
    const process = this.#processes.get(name) ?? new MemoryProcess(name, this);
    this.#processes.set(name, process);
    return process;
  }

  /** Ends a process at once, as SIGKILL does. What it wrote stays: the machine is still up. */
  kill(name: string): void {
    this.#processes.get(name)?.die();
    this.watches.drop(name);
    this.#processes.delete(name);
    // The directory of its lock stays behind; the next one takes it over as if 10 s had passed.
    for (const holder of this.#directoryLocks.values()) {
      if (holder.process === name) this.#directoryLocks.delete(holder.path);
    }
  }

  /** A disk that a power cut at this moment could leave. No process runs on it. */
  crash(options: CrashOptions = {}): MemoryDisk {
    const { points, build } = crashDecisions(this.tree.root, options.model ?? "strict");
    const choose = options.choose ?? (() => 0);
    return this.afterCrash(build(points.map((point) => choose(point))));
  }

  /** A crash decided by chance: of each point nothing, all or something in between survives. */
  crashRandomly(random: Random, options: { readonly model?: CrashModel } = {}): MemoryDisk {
    const choose = ({ options: { length } }: CrashPoint): number => {
      const chance = random();
      if (chance < 0.3) return 0;
      return chance < 0.6 ? length - 1 : Math.floor(random() * length);
    };
    return this.crash({ ...options, choose });
  }

  /** A disk of the same kind with the tree `root`, which it takes over. */
  afterCrash(root: DirectoryNode): MemoryDisk {
    const options = { ...(this.capacityBytes === undefined ? {} : { capacityBytes: this.capacityBytes }) };
    const fileSystemType = this.fileSystemType === undefined ? {} : { fileSystemType: this.fileSystemType };
    return new MemoryDisk({ ...options, ...fileSystemType }, new MemoryTree(root, this.tree.lastIno));
  }

  /** Names and bytes of the live tree as one short text: equal for disks with equal content. */
  get hash(): string {
    return this.hashWithout();
  }

  /** The same, as if the paths that match were not there. */
  hashWithout(left?: RegExp): string {
    const hash = createHash("sha1");
    for (const [path, node] of walkLive(this.tree.root)) {
      if (left?.test(path) === true) continue;
      const content = node.kind === "file" ? node.live.digest : node.kind;
      hash.update(`${path}\0${content}\n`);
    }
    return hash.digest("hex");
  }

  /** A copy of every file with a name, by absolute path. */
  files(): ReadonlyMap<string, Uint8Array> {
    const files = new Map<string, Uint8Array>();
    for (const [path, node] of walkLive(this.tree.root)) if (node.kind === "file") files.set(path, node.live.toBytes());
    return files;
  }

  /**
   * Lets the next sync of the file or directory at `path` fail with `code`, whoever calls it. As in a kernel, the failure
   * is reported once; later syncs succeed, but what was not durable at the failure is never covered by them.
   */
  failNextSync(path: string, code: string): void {
    const { node } = this.tree.find(path, "plant a failure in");
    assert(node !== undefined && node.kind !== "symlink", `there is no file or directory "${path}"`);
    node.nextSyncFailure = code;
  }

  /** Puts a symbolic link at `path`, as somebody else might. */
  plantSymlink(path: string, target: string): void {
    const place = this.tree.find(path, "plant a link at");
    assert(place.node === undefined, `"${path}" exists already`);
    this.tree.linkDurably(place, new SymlinkNode(this.tree.nextIno(), target));
  }

  /** Takes the directory lock at `path` from its holder, who learns of it, and leaves it free. */
  stealDirectoryLock(path: string): void {
    const holder = this.#directoryLocks.get(path);
    assert(holder !== undefined, `nobody holds the directory lock "${path}"`);
    this.dropDirectoryLock(holder);
    holder.lose(
      new DiskError("LOCK_LOST", `Cannot keep the directory lock "${path}": it was lost`, { context: { path } }),
    );
  }

  before(operation: DiskOperation): void {
    this.counts.add(operation);
    this.onCall?.(operation);
    if (!isMutating(operation.call)) return;
    this.onOperation?.(operation);
    this.watches.changed(operation.path);
  }

  async duringSync(operation: DiskOperation): Promise<void> {
    await this.onAsyncSync?.(operation);
  }

  freeBytes(): number {
    return this.capacityBytes === undefined ? Infinity : Math.max(0, this.capacityBytes - this.tree.usedBytes);
  }

  takeDirectoryLock(holder: DirectoryLockHolder): boolean {
    if (this.#directoryLocks.has(holder.path)) return false;
    const place = this.tree.find(holder.path, "take the directory lock");
    // Its directory is durable at once and doubles no crash states: nothing may depend on whether it is there.
    if (place.node === undefined) this.tree.linkDurably(place, new DirectoryNode(this.tree.nextIno(), 0o700));
    this.#directoryLocks.set(holder.path, holder);
    return true;
  }

  dropDirectoryLock(holder: DirectoryLockHolder): void {
    if (this.#directoryLocks.get(holder.path) !== holder) return;
    this.#directoryLocks.delete(holder.path);
    const place = this.tree.find(holder.path, "release the directory lock");
    if (place.node instanceof DirectoryNode) this.tree.unlinkDurably(place, place.node);
  }
}
