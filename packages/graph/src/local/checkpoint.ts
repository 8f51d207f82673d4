/**
 * Moves committed records from the log into history and indexes, and publishes a new generation (ENGINE section 4).
 *
 * Invariants:
 * - K1: nothing is written to a file that a manifest names; every file is new.
 * - K2: files under construction are locked until published; the publisher looks whether they are still there.
 * - K3: files, their directories, the manifest and its directory are durable before the pointer is renamed, under the
 *   kernel lock and only if the generation is still the one this run began with.
 */
import type { Disk } from "@knotwork/disk";
import { CheckpointBuild } from "./checkpoint-build.ts";
import type { CheckpointOptions } from "./checkpoint-build.ts";
import { Construction } from "./construction.ts";
import { prepareManifest, readManifestPointer } from "./manifest.ts";
import type { Manifest, NamedManifest } from "./manifest.ts";
import type { StorePaths } from "./store-names.ts";

/** Gives the manifest that was published, or `undefined` when there was nothing to do or somebody else published first. */
export async function checkpoint(options: CheckpointOptions): Promise<NamedManifest | undefined> {
  const { log, generation, rebuildIndex, definitions } = options;
  const base = generation.manifest;
  const end = await log.seal();
  const hasNew = end.seq > base.seq;
  const missing = definitions.filter((definition) => !generation.hasIndex(definition.name));
  const hasOld = base.history.length > 0;
  if (!hasNew && !rebuildIndex && !(hasOld && missing.length > 0)) return undefined;
  const construction = new Construction(options.disk, options.random);
  try {
    const build = new CheckpointBuild(options, construction);
    if (rebuildIndex) await build.rebuildIndex();
    else if (hasOld && missing.length > 0) await build.addIndexes(missing);
    if (hasNew) await build.addRecords(end);
    await build.mergeIndex();
    return await publish(options, construction, build.manifest(end));
  } catch (error) {
    construction.abandon();
    throw error;
  }
}

async function publish(
  options: CheckpointOptions,
  construction: Construction,
  manifest: Manifest,
): Promise<NamedManifest | undefined> {
  const { disk, random, paths, log, generation } = options;
  for (const directory of [paths.historyDirectory, paths.indexDirectory]) disk.syncDirectory(directory);
  const prepared = prepareManifest(disk, random, paths, manifest);
  let published = false;
  try {
    published = await log.underLock(() => {
      const isCurrent = readManifestPointer(disk, paths)?.generation === generation.manifest.generation;
      if (!isCurrent || !construction.isIntact() || !hasAllFiles(disk, paths, manifest)) return false;
      log.orPoison("the manifest could not be published", () => prepared.publish());
      return true;
    });
  } finally {
    if (published) construction.finish();
    else {
      construction.abandon();
      if (log.poison === undefined) prepared.abandon();
    }
  }
  if (!published) return undefined;
  disk.syncDirectory(paths.root);
  return prepared.named;
}

function hasAllFiles(disk: Disk, paths: StorePaths, manifest: Manifest): boolean {
  const isThere = (path: string, bytes: number): boolean => disk.stat(path)?.sizeBytes === bytes;
  return (
    manifest.history.every((run) => isThere(paths.history(run.file), run.bytes)) &&
    manifest.index.every((run) => isThere(paths.index(run.file), run.bytes))
  );
}
