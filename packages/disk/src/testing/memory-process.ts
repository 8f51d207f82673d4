/** The memory disk as one simulated process sees it: its own open files, the machine's one tree. */
import { posix } from "node:path";
import { diskError } from "../disk-error.ts";
import type { DirectoryLock, DirectoryWatch, Disk, DiskFile, DiskStat, OpenMode } from "../disk.ts";
import { isDiskError } from "../errors.ts";
import { MemoryFile } from "./memory-file.ts";
import { type DirectoryLockHolder, type MemoryMachine, ProcessKilledError } from "./memory-machine.ts";
import { DirectoryNode, FileNode, type MemoryNode } from "./memory-node.ts";
import type { Place } from "./memory-tree.ts";
import type { DiskCall, DiskOperation } from "./operations.ts";

export class MemoryProcess implements Disk {
  readonly name: string;
  readonly #machine: MemoryMachine;
  readonly #files: Set<MemoryFile> = new Set();
  #alive = true;

  constructor(name: string, machine: MemoryMachine) {
    this.name = name;
    this.#machine = machine;
  }

  /** Closes all files without a sync; every later call throws `ProcessKilledError`. */
  die(): void {
    this.#alive = false;
    for (const file of this.#files) file.abandon();
    this.#files.clear();
  }

  open(path: string, mode: OpenMode, options: { readonly mode?: number } = {}): DiskFile {
    const creates = mode === "create-new" || mode === "open-or-create";
    const before = this.#findOrUndefined(path);
    const operation = this.#begin(creates && before?.node === undefined ? "create" : "open", path);
    // Looked up after the hook has run: it may have changed the tree.
    const place = this.#machine.tree.find(path, "open");
    const node = place.node === undefined && creates ? this.#create(place, options.mode ?? 0o600) : place.node;
    if (node === undefined) throw diskError({ code: "ENOENT", action: "open", path });
    if (mode === "create-new" && place.node !== undefined) throw diskError({ code: "EEXIST", action: "create", path });
    if (node.kind === "symlink") throw diskError({ code: "ELOOP", action: "open", path });
    if (node.kind === "directory") throw diskError({ code: "EISDIR", action: "open", path });
    return this.#openNode(node, { path, absolutePath: operation.path, mode });
  }

  stat(path: string): DiskStat | undefined {
    this.#begin("stat", path);
    return this.#findOrUndefined(path)?.node?.stat();
  }

  list(path: string): readonly string[] {
    this.#begin("list", path);
    const { node } = this.#machine.tree.resolve(path, "list");
    return [...asDirectory(node, "list", path).live.keys()].toSorted();
  }

  makeDirectory(path: string, options: { readonly mode?: number } = {}): void {
    this.#begin("makeDirectory", path);
    const { tree } = this.#machine;
    const place = tree.find(path, "create directory");
    if (place.node !== undefined) throw diskError({ code: "EEXIST", action: "create directory", path });
    tree.link(place, new DirectoryNode(tree.nextIno(), options.mode ?? 0o700));
  }

  removeDirectory(path: string): void {
    this.#begin("removeDirectory", path);
    const action = "remove directory";
    const place = this.#findExisting(path, action);
    const directory = asDirectory(place.node, action, path);
    if (directory.live.size > 0) throw diskError({ code: "ENOTEMPTY", action, path });
    this.#machine.tree.unlink(place, directory);
  }

  rename(from: string, to: string): void {
    this.#begin("rename", from);
    const action = "rename";
    const source = this.#findExisting(from, action);
    const target = this.#machine.tree.find(to, action);
    if (target.node === source.node) return;
    if (target.node?.kind === "directory") {
      if (source.node.kind !== "directory") throw diskError({ code: "EISDIR", action, path: to });
      if (target.node.live.size > 0) throw diskError({ code: "ENOTEMPTY", action, path: to });
    } else if (target.node !== undefined && source.node.kind === "directory") {
      throw diskError({ code: "ENOTDIR", action, path: to });
    }
    this.#machine.tree.rename(source, target, source.node);
    this.#machine.watches.changed(posix.resolve("/", to));
  }

  unlink(path: string): void {
    this.#begin("unlink", path);
    const place = this.#findExisting(path, "unlink");
    if (place.node.kind === "directory") throw diskError({ code: "EISDIR", action: "unlink", path });
    this.#machine.tree.unlink(place, place.node);
  }

  syncDirectory(path: string): void {
    this.#begin("syncDirectory", path);
    const directory = asDirectory(this.#findExisting(path, "sync directory").node, "sync directory", path);
    const failure = directory.nextSyncFailure;
    directory.nextSyncFailure = undefined;
    directory.endSync(failure === undefined ? "synced" : "lost");
    if (failure !== undefined) throw diskError({ code: failure, action: "sync directory", path });
  }

  watchDirectory(path: string, listener: (name: string | undefined) => void): DirectoryWatch {
    const operation = this.#begin("watchDirectory", path);
    asDirectory(this.#findExisting(path, "watch").node, "watch", path);
    return this.#machine.watches.add({ process: this.name, directory: operation.path, listener });
  }

  realPath(path: string): string {
    this.#begin("realPath", path);
    return this.#machine.tree.resolve(path, "resolve").path;
  }

  fileSystemType(path: string): string | undefined {
    this.#begin("fileSystemType", path);
    this.#findExisting(path, "find the file system of");
    return this.#machine.fileSystemType;
  }

  async lockDirectory(
    path: string,
    options: { readonly onLost: (cause: Error) => void },
  ): Promise<DirectoryLock | undefined> {
    const operation = this.#begin("lockDirectory", path);
    let held = true;
    const lose = (cause: Error): void => {
      held = false;
      options.onLost(cause);
    };
    const holder: DirectoryLockHolder = { process: this.name, path: operation.path, lose };
    // The real one takes several trips through the event loop.
    await Promise.resolve();
    if (!this.#machine.takeDirectoryLock(holder)) return undefined;
    const drop = (): void => this.#machine.dropDirectoryLock(holder);
    return {
      get held(): boolean {
        return held;
      },
      async release(): Promise<void> {
        if (held) drop();
        held = false;
      },
    };
  }

  #begin(call: DiskCall, path: string): DiskOperation {
    const operation: DiskOperation = { process: this.name, call, path: posix.resolve("/", path) };
    this.#assertAlive();
    this.#machine.before(operation);
    this.#assertAlive();
    return operation;
  }

  #assertAlive(): void {
    if (!this.#alive) throw new ProcessKilledError(this.name);
  }

  #create(place: Place, mode: number): FileNode {
    const node = new FileNode(this.#machine.tree.nextIno(), mode);
    this.#machine.tree.link(place, node);
    return node;
  }

  #openNode(
    node: FileNode,
    how: { readonly path: string; readonly absolutePath: string; readonly mode: OpenMode },
  ): MemoryFile {
    const file = new MemoryFile({
      ...how,
      machine: this.#machine,
      node,
      begin: (call, path) => this.#begin(call, path),
      assertAlive: () => this.#assertAlive(),
      onClose: (closed) => this.#files.delete(closed),
    });
    this.#files.add(file);
    return file;
  }

  #findExisting(path: string, action: string): Place & { readonly node: MemoryNode } {
    const place = this.#machine.tree.find(path, action);
    if (place.node === undefined) throw diskError({ code: "ENOENT", action, path });
    return { ...place, node: place.node };
  }

  #findOrUndefined(path: string): Place | undefined {
    try {
      return this.#machine.tree.find(path, "stat");
    } catch (error) {
      if (isDiskError(error, "ENOENT", "ENOTDIR")) return undefined;
      throw error;
    }
  }
}

function asDirectory(node: MemoryNode, action: string, path: string): DirectoryNode {
  if (node.kind !== "directory") throw diskError({ code: "ENOTDIR", action, path });
  return node;
}
