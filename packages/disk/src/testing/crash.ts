/**
 * What a power cut can leave of a memory disk.
 *
 * The model: what was synced is there. Of each write since, the device may have all, nothing, the first bytes up to some
 * cut, the grown size with NULs for data, or a later page without the earlier one. Of the names changed in a directory
 * since its last sync it may have a beginning (model `ordered`, as a journal gives) or any subset (`strict`). Names and
 * bytes are independent: a name may be there while the file is still empty. A rename happens whole or not at all.
 */
import {
  type DataOperation,
  DirectoryNode,
  type EntryOperation,
  FileNode,
  isDurable,
  type MemoryNode,
  SymlinkNode,
} from "./memory-node.ts";
import type { FileImage } from "./file-image.ts";

export type CrashModel = "ordered" | "strict";

/** One thing that a power cut decides. Option 0: nothing of it survives; the last one: all of it does. */
export interface CrashPoint {
  readonly label: string;
  readonly options: readonly string[];
}

export interface CrashDecisions {
  readonly points: readonly CrashPoint[];
  /** The tree that is left when the point at each index is decided by the option at that index of `choices`. */
  readonly build: (choices: readonly number[]) => DirectoryNode;
}

interface DataPoint extends CrashPoint {
  readonly kind: "data";
  readonly order: number;
  readonly operation: DataOperation;
  readonly outcomes: readonly DataOutcome[];
}

interface EntryPoint extends CrashPoint {
  readonly kind: "entry";
  readonly order: number;
  /** One operation (strict), or all unsynced ones of a directory, of which a beginning survives (ordered). */
  readonly operations: readonly EntryOperation[];
}

type DataOutcome = (image: FileImage) => FileImage;

const PAGE_BYTES = 4096;

/** Everything undecided in the tree under `root`, in the order in which it was done. */
export function crashDecisions(root: DirectoryNode, model: CrashModel): CrashDecisions {
  const nodes = reachableNodes(root);
  const points: (DataPoint | EntryPoint)[] = [];
  for (const [node, path] of nodes) {
    if (node.kind === "file") points.push(...dataPoints(node, path));
  }
  points.push(...(model === "strict" ? strictPoints(nodes) : orderedPoints(nodes)));
  points.sort((a, b) => a.order - b.order);
  return { points, build: (choices) => buildTree(root, points, choices) };
}

/** All nodes that some crash state may contain, each with one path it has had. */
function reachableNodes(root: DirectoryNode): ReadonlyMap<MemoryNode, string> {
  const paths = new Map<MemoryNode, string>([[root, "/"]]);
  const visit = (directory: DirectoryNode, path: string): void => {
    const children: [MemoryNode, string][] = [];
    for (const entries of [directory.live, directory.durable]) {
      for (const [name, node] of entries) children.push([node, `${path}${name}`]);
    }
    for (const operation of directory.operations) {
      for (const effect of operation.effects) children.push([effect.node, operation.label]);
    }
    for (const [node, nodePath] of children) {
      if (paths.has(node)) continue;
      paths.set(node, nodePath);
      if (node.kind === "directory") visit(node, `${nodePath}/`);
    }
  };
  visit(root, "/");
  return paths;
}

function dataPoints(node: FileNode, path: string): DataPoint[] {
  return node.operations
    .filter((operation) => operation.state !== "synced")
    .map((operation) => {
      const outcomes = dataOutcomes(operation);
      const what = operation.bytes === undefined ? "cut" : `${operation.bytes.length} bytes`;
      return {
        kind: "data",
        order: operation.order,
        label: `${path}: ${what} at ${operation.position}`,
        operation,
        options: outcomes.map(([label]) => label),
        outcomes: outcomes.map(([, outcome]) => outcome),
      };
    });
}

function dataOutcomes(operation: DataOperation): (readonly [string, DataOutcome])[] {
  const { bytes, position, sizeBefore } = operation;
  const dropped = ["dropped", (image: FileImage) => image] as const;
  if (bytes === undefined) return [dropped, ["kept", (image) => image.resize(position)]];
  const grows = position + bytes.length > sizeBefore;
  const firstPage = PAGE_BYTES - (position % PAGE_BYTES);
  const lastPage = bytes.length - ((position + bytes.length) % PAGE_BYTES);
  const cuts = new Set([1, Math.floor(bytes.length / 2), bytes.length - 1, firstPage, lastPage]);
  const outcomes: (readonly [string, DataOutcome])[] = [dropped];
  if (grows) outcomes.push(["NULs", (image) => grow(image, position + bytes.length)]);
  for (const cut of [...cuts].toSorted((a, b) => a - b)) {
    if (cut <= 0 || cut >= bytes.length) continue;
    outcomes.push([`first ${cut}`, (image) => image.write(bytes.subarray(0, cut), position)]);
  }
  if (firstPage < bytes.length) {
    if (grows) {
      const first = bytes.subarray(0, firstPage);
      outcomes.push(["first page, then NULs", (image) => grow(image.write(first, position), position + bytes.length)]);
    }
    const rest = bytes.subarray(firstPage);
    outcomes.push(["all but the first page", (image) => image.write(rest, position + firstPage)]);
  }
  outcomes.push(["kept", (image) => image.write(bytes, position)]);
  return outcomes;
}

function strictPoints(nodes: ReadonlyMap<MemoryNode, string>): EntryPoint[] {
  const operations = new Set<EntryOperation>();
  for (const node of nodes.keys()) {
    if (node.kind === "directory") for (const operation of undecided(node)) operations.add(operation);
  }
  return [...operations].map((operation) => ({
    kind: "entry",
    order: operation.order,
    label: operation.label,
    operations: [operation],
    options: ["dropped", "kept"],
  }));
}

function orderedPoints(nodes: ReadonlyMap<MemoryNode, string>): EntryPoint[] {
  const points: EntryPoint[] = [];
  for (const [node, path] of nodes) {
    if (node.kind !== "directory") continue;
    const operations = undecided(node);
    const [first] = operations;
    if (first === undefined) continue;
    const options = ["no change", ...operations.map((operation) => `up to ${operation.label}`)];
    points.push({ kind: "entry", order: first.order, label: `names in ${path}`, operations, options });
  }
  return points;
}

function undecided(directory: DirectoryNode): readonly EntryOperation[] {
  return directory.operations.filter((operation) => !isDurable(operation));
}

function buildTree(
  root: DirectoryNode,
  points: readonly (DataPoint | EntryPoint)[],
  choices: readonly number[],
): DirectoryNode {
  const outcomes = new Map<DataOperation, DataOutcome>();
  const dropped = new Set<EntryOperation>();
  for (const [index, point] of points.entries()) {
    const choice = choices[index] ?? 0;
    if (point.kind === "data") {
      const isWhole = choice === point.outcomes.length - 1;
      const outcome = point.outcomes[choice];
      if (!isWhole && outcome !== undefined) outcomes.set(point.operation, outcome);
    } else {
      // A rename between directories survives only when neither of them drops it.
      for (const operation of point.operations.slice(choice)) dropped.add(operation);
    }
  }
  return new TreeCopy(outcomes, dropped).directory(root);
}

/** Copies a tree as the crash leaves it; one node with two names stays one node. */
class TreeCopy {
  readonly #outcomes: ReadonlyMap<DataOperation, DataOutcome>;
  readonly #dropped: ReadonlySet<EntryOperation>;
  readonly #copies: Map<MemoryNode, MemoryNode> = new Map();

  constructor(outcomes: ReadonlyMap<DataOperation, DataOutcome>, dropped: ReadonlySet<EntryOperation>) {
    this.#outcomes = outcomes;
    this.#dropped = dropped;
  }

  directory(node: DirectoryNode): DirectoryNode {
    const entries = new Map(node.durable);
    for (const operation of node.operations) {
      if (this.#dropped.has(operation)) continue;
      for (const effect of operation.effects) if (effect.directory === node) effect.apply(entries);
    }
    const copies = new Map<string, MemoryNode>();
    for (const [name, child] of entries) copies.set(name, this.#copy(child));
    return new DirectoryNode(node.ino, node.mode, copies);
  }

  #copy(node: MemoryNode): MemoryNode {
    const copy = this.#copies.get(node) ?? this.#newCopy(node);
    this.#copies.set(node, copy);
    copy.linkCount += 1;
    return copy;
  }

  #newCopy(node: MemoryNode): MemoryNode {
    if (node.kind === "directory") return this.directory(node);
    if (node.kind === "symlink") return new SymlinkNode(node.ino, node.target);
    return new FileNode(node.ino, node.mode, this.#image(node));
  }

  #image(node: FileNode): FileImage {
    let image = node.durable;
    let isWhole = true;
    for (const operation of node.operations) {
      const outcome = this.#outcomes.get(operation);
      isWhole &&= outcome === undefined;
      // While nothing was left out, the image after the operation is known and need not be built.
      image = isWhole ? operation.after : (outcome ?? keep(operation))(image);
    }
    return image;
  }
}

function keep(operation: DataOperation): DataOutcome {
  const { bytes, position } = operation;
  return (image) => (bytes === undefined ? image.resize(position) : image.write(bytes, position));
}

function grow(image: FileImage, sizeBytes: number): FileImage {
  return sizeBytes > image.sizeBytes ? image.resize(sizeBytes) : image;
}
