/**
 * Removes what no generation needs any more: the last step of a checkpoint (ENGINE K2, K3).
 *
 * Invariants:
 * - A file is removed only under the kernel lock, only while the generation is the one given, only when neither a current
 *   nor a locked manifest names it, and only when its own lock can be had (nobody is constructing it).
 * - The pointer that makes it superfluous is durable before.
 */
import { isDiskError } from "@knotwork/disk";
import type { Disk, DiskFile } from "@knotwork/disk";
import { segmentFirstSeq, walPaths } from "@knotwork/wal";
import type { Log } from "@knotwork/wal";
import { decodeObjectLine } from "@knotwork/wal";
import { readWholeFile } from "@knotwork/disk";
import { readManifestPointer } from "./manifest.ts";
import type { Manifest, NamedManifest } from "./manifest.ts";
import type { StorePaths } from "./store-names.ts";

export interface CollectOptions {
  readonly disk: Disk;
  readonly paths: StorePaths;
  readonly log: Log;
  readonly current: NamedManifest;
}

/** Returns how many files were removed. Stops early, without an error, when another generation became current. */
export async function collect(options: CollectOptions): Promise<number> {
  const { disk, paths } = options;
  disk.syncDirectory(paths.root);
  let removed = 0;
  for (const path of candidates(options)) {
    const outcome = await options.log.underLock(() => removeOne(options, path));
    if (outcome === "superseded") break;
    if (outcome === "removed") removed += 1;
  }
  return removed;
}

function candidates({ disk, paths, current }: CollectOptions): readonly string[] {
  const kept = new Set<string>();
  const superseded: string[] = [];
  for (const name of disk.list(paths.manifestDirectory)) {
    const path = paths.manifest(name);
    const inUse = name === current.name || isLocked(disk, path);
    if (!inUse) superseded.push(path);
    const manifest = inUse ? readManifestFile(disk, path) : undefined;
    for (const run of manifest?.history ?? []) kept.add(paths.history(run.file));
    for (const run of manifest?.index ?? []) kept.add(paths.index(run.file));
  }
  const wal = walPaths(paths.walDirectory);
  const replayFirst = segmentFirstSeq(current.manifest.replay) ?? 0;
  const segments = disk
    .list(paths.walDirectory)
    .filter((name) => (segmentFirstSeq(name) ?? replayFirst) < replayFirst || name.startsWith(".repair-"))
    .map((name) => wal.segment(name));
  const runs = [
    ...disk.list(paths.historyDirectory).map((name) => paths.history(name)),
    ...disk.list(paths.indexDirectory).map((name) => paths.index(name)),
  ];
  return [...segments, ...superseded, ...runs.filter((path) => !kept.has(path))];
}

function readManifestFile(disk: Disk, path: string): Manifest | undefined {
  const bytes = readWholeFile(disk, path);
  return bytes === undefined ? undefined : (decodeObjectLine(bytes) as unknown as Manifest | undefined);
}

function isLocked(disk: Disk, path: string): boolean {
  const file = openIfThere(disk, path);
  if (file === undefined) return false;
  try {
    return !file.tryLock("exclusive");
  } finally {
    file.close();
  }
}

function removeOne({ disk, paths, current }: CollectOptions, path: string): "removed" | "kept" | "superseded" {
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
