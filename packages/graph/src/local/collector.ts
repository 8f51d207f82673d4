/**
 * Removes what no generation needs any more: the last step of a checkpoint (ENGINE K2, K3).
 *
 * Invariants:
 * - A file is removed only under the kernel lock, only while the generation is the one given, only when neither a current
 *   nor a locked manifest names it, and only when its own lock can be had (nobody is constructing it).
 * - The pointer that makes it superfluous is durable before.
 */
import { join } from "node:path";
import { isDiskError, readWholeFile } from "@knotwork/disk";
import type { Disk, DiskFile } from "@knotwork/disk";
import { decodeObjectLine, segmentFirstSeq, walPaths } from "@knotwork/wal";
import type { Log } from "@knotwork/wal";
import { readManifestPointer } from "./manifest.ts";
import type { Manifest, NamedManifest } from "./manifest.ts";
import type { StorePaths } from "./store-names.ts";

export interface CollectOptions {
  readonly disk: Disk;
  readonly paths: StorePaths;
  readonly log: Log;
  readonly current: NamedManifest;
}

/**
 * For the process that published `current` and made its pointer durable. Returns how many files were removed. Stops early, without
 * an error, when another generation became current.
 */
export async function collect(options: CollectOptions): Promise<number> {
  const { disk, paths, log, current } = options;
  disk.syncDirectory(paths.root);
  let removed = 0;
  const remove = async (path: string): Promise<Outcome> => {
    const outcome = await log.underLock(() => removeOne(options, path));
    if (outcome === "removed") removed += 1;
    return outcome;
  };
  // Manifests first: once its manifest is gone, nobody can begin to hold a generation.
  const kept = new Set<string>();
  for (const name of disk.list(paths.manifestDirectory)) {
    const path = paths.manifest(name);
    const outcome = name === current.name ? "kept" : await remove(path);
    if (outcome === "superseded") return removed;
    if (outcome === "kept") for (const file of filesOf(options, path)) kept.add(file);
  }
  for (const path of [
    ...orphanPointers(options),
    ...oldSegments(options),
    ...runs(options).filter((run) => !kept.has(run)),
  ]) {
    if ((await remove(path)) === "superseded") return removed;
  }
  return removed;
}

type Outcome = "removed" | "kept" | "superseded";

/** The runs that a manifest names. */
function filesOf({ disk, paths }: CollectOptions, path: string): readonly string[] {
  const manifest = readManifestFile(disk, path);
  return [
    ...(manifest?.history ?? []).map((run) => paths.history(run.file)),
    ...(manifest?.index ?? []).map((run) => paths.index(run.file)),
  ];
}

/** Pointers that a publisher wrote and was killed before it could rename. One that is about to is not locked: see `isOrphan`. */
function orphanPointers({ disk, paths, current }: CollectOptions): readonly string[] {
  return disk
    .list(paths.root)
    .filter((name) => name.startsWith("MANIFEST.json."))
    .map((name) => join(paths.root, name))
    .filter((path) => isOrphan(disk, path, current));
}

/** It is for this generation or an earlier one: whoever wrote it, or wanted to, has lost, and will not rename it. */
function isOrphan(disk: Disk, path: string, current: NamedManifest): boolean {
  const named = /\.(\d+)-[^.]*$/u.exec(path)?.[1];
  return Number(named ?? generationInside(disk, path)) <= current.manifest.generation;
}

/** Pointers of older versions say it in their line only. */
function generationInside(disk: Disk, path: string): unknown {
  const bytes = readWholeFile(disk, path);
  return (bytes === undefined ? undefined : decodeObjectLine(bytes))?.["generation"] ?? Infinity;
}

/** Segments whose records are all in history, and what repairs left behind. */
function oldSegments({ disk, paths, current }: CollectOptions): readonly string[] {
  const wal = walPaths(paths.walDirectory);
  const replayFirst = segmentFirstSeq(current.manifest.replay) ?? 0;
  return disk
    .list(paths.walDirectory)
    .filter((name) => (segmentFirstSeq(name) ?? replayFirst) < replayFirst || name.startsWith(".repair-"))
    .map((name) => wal.segment(name));
}

function runs({ disk, paths }: CollectOptions): readonly string[] {
  return [
    ...disk.list(paths.historyDirectory).map((name) => paths.history(name)),
    ...disk.list(paths.indexDirectory).map((name) => paths.index(name)),
  ];
}

function readManifestFile(disk: Disk, path: string): Manifest | undefined {
  const bytes = readWholeFile(disk, path);
  return bytes === undefined ? undefined : (decodeObjectLine(bytes) as unknown as Manifest | undefined);
}

function removeOne({ disk, paths, current }: CollectOptions, path: string): Outcome {
  if (readManifestPointer(disk, paths)?.generation !== current.manifest.generation) return "superseded";
  const file = openIfThere(disk, path);
  if (file === undefined) return "kept";
  try {
    if (!file.tryLock("exclusive")) return "kept";
    disk.unlink(path);
    return "removed";
  } finally {
    file.close();
  }
}

function openIfThere(disk: Disk, path: string): DiskFile | undefined {
  try {
    return disk.open(path, "read");
  } catch (error) {
    if (isDiskError(error, "ENOENT")) return undefined;
    throw error;
  }
}
