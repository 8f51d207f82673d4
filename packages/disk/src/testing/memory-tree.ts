/** The tree of names of the memory disk: finding nodes by path, changing names, and who still uses which node. */
import { posix } from "node:path";
import { diskError } from "../disk-error.ts";
import { type DirectoryNode, type EntryEffect, type EntryOperation, FileNode, type MemoryNode } from "./memory-node.ts";

/** Where a path leads: the directory of its last part, and what that name is, if anything. */
export interface Place {
  readonly path: string;
  readonly directory: DirectoryNode;
  readonly name: string;
  readonly node: MemoryNode | undefined;
}

const LINKS_MAX = 16;

export class MemoryTree {
  readonly root: DirectoryNode;
  /** Bytes of all files that have a name or are open. */
  usedBytes = 0;
  #lastIno: bigint;
  #lastOrder = 0;

  constructor(root: DirectoryNode, lastIno: bigint) {
    this.root = root;
    this.root.linkCount = 1;
    this.#lastIno = lastIno;
  }

  get lastIno(): bigint {
    return this.#lastIno;
  }

  /** The place of the operation that was made last. */
  get lastOrder(): number {
    return this.#lastOrder;
  }

  nextIno(): bigint {
    this.#lastIno += 1n;
    return this.#lastIno;
  }

  nextOrder(): number {
    this.#lastOrder += 1;
    return this.#lastOrder;
  }

  /** Follows links everywhere but in the last part. @throws ENOENT or ENOTDIR for a part above the last */
  find(path: string, action: string, linksFollowed = 0): Place {
    const absolute = posix.resolve("/", path);
    const parts = absolute.split("/").filter((part) => part !== "");
    let directory = this.root;
    for (const [index, name] of parts.slice(0, -1).entries()) {
      const node = directory.live.get(name);
      if (node?.kind === "symlink") {
        if (linksFollowed === LINKS_MAX) throw diskError({ code: "ELOOP", action, path });
        const parent = posix.join("/", ...parts.slice(0, index));
        const target = posix.resolve(parent, node.target, ...parts.slice(index + 1));
        return this.find(target, action, linksFollowed + 1);
      }
      if (node === undefined) throw diskError({ code: "ENOENT", action, path });
      if (node.kind !== "directory") throw diskError({ code: "ENOTDIR", action, path });
      directory = node;
    }
    const name = parts.at(-1);
    if (name === undefined) return { path: absolute, directory, name: ".", node: this.root };
    return { path: absolute, directory, name, node: directory.live.get(name) };
  }

  /** The canonical path and its node, links followed in the last part too. */
  resolve(path: string, action: string, linksFollowed = 0): { readonly path: string; readonly node: MemoryNode } {
    const place = this.find(path, action, linksFollowed);
    if (place.node === undefined) throw diskError({ code: "ENOENT", action, path });
    if (place.node.kind !== "symlink") return { path: this.#pathOf(place), node: place.node };
    if (linksFollowed === LINKS_MAX) throw diskError({ code: "ELOOP", action, path });
    return this.resolve(posix.resolve(posix.dirname(place.path), place.node.target), action, linksFollowed + 1);
  }

  link(place: Place, node: MemoryNode): void {
    const { directory, name } = place;
    this.#record(`create ${place.path}`, [
      { directory, node, state: "pending", apply: (entries) => entries.set(name, node) },
    ]);
    node.linkCount += 1;
  }

  unlink(place: Place, node: MemoryNode): void {
    const { directory, name } = place;
    this.#record(`unlink ${place.path}`, [
      { directory, node, state: "pending", apply: (entries) => removeIfSame(entries, name, node) },
    ]);
    this.#dropName(node);
  }

  rename(from: Place, to: Place, node: MemoryNode): void {
    const remove: EntryEffect["apply"] = (entries) => removeIfSame(entries, from.name, node);
    const add: EntryEffect["apply"] = (entries) => entries.set(to.name, node);
    const both: EntryEffect["apply"] = (entries) => {
      remove(entries);
      add(entries);
    };
    const base = { node, state: "pending" } as const;
    const label = `rename ${from.path} to ${to.path}`;
    if (from.directory === to.directory) {
      this.#record(label, [{ ...base, directory: to.directory, apply: both }]);
    } else {
      this.#record(label, [
        { ...base, directory: from.directory, apply: remove },
        { ...base, directory: to.directory, apply: add },
      ]);
    }
    if (to.node !== undefined) this.#dropName(to.node);
  }

  /** Gives `path` a name that is durable at once; for what is no part of a crash state. */
  linkDurably(place: Place, node: MemoryNode): void {
    place.directory.live.set(place.name, node);
    place.directory.durable.set(place.name, node);
    node.linkCount += 1;
  }

  unlinkDurably(place: Place, node: MemoryNode): void {
    removeIfSame(place.directory.live, place.name, node);
    removeIfSame(place.directory.durable, place.name, node);
    this.#dropName(node);
  }

  /** Called when an open file of `node` was closed. */
  dropOpen(node: FileNode): void {
    node.openCount -= 1;
    this.#freeIfUnused(node);
  }

  #record(label: string, effects: readonly EntryEffect[]): void {
    const operation: EntryOperation = { order: this.nextOrder(), label, effects };
    for (const { directory, apply } of effects) {
      directory.operations.push(operation);
      apply(directory.live);
    }
  }

  #dropName(node: MemoryNode): void {
    node.linkCount -= 1;
    if (node instanceof FileNode) this.#freeIfUnused(node);
  }

  #freeIfUnused(node: FileNode): void {
    if (node.linkCount === 0 && node.openCount === 0) this.usedBytes -= node.live.sizeBytes;
  }

  /** `find` may have followed links: the names from the root down say where the place really is. */
  #pathOf(place: Place): string {
    if (place.node === this.root) return "/";
    const above = pathTo(this.root, place.directory, "/");
    return posix.join(above ?? "/", place.name);
  }
}

/** Every node that has a name now, with its path, parents first, names in order. */
export function* walkLive(directory: DirectoryNode, path = "/"): Generator<readonly [string, MemoryNode]> {
  for (const name of [...directory.live.keys()].toSorted()) {
    const node = directory.live.get(name) as MemoryNode;
    const nodePath = posix.join(path, name);
    yield [nodePath, node];
    if (node.kind === "directory") yield* walkLive(node, nodePath);
  }
}

function pathTo(from: DirectoryNode, wanted: DirectoryNode, path: string): string | undefined {
  if (from === wanted) return path;
  for (const [nodePath, node] of walkLive(from, path)) if (node === wanted) return nodePath;
  return undefined;
}

function removeIfSame(entries: Map<string, MemoryNode>, name: string, node: MemoryNode): void {
  if (entries.get(name) === node) entries.delete(name);
}
