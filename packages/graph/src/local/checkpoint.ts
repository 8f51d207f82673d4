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
import type { Log } from "@knotwork/wal";
import type { IndexDefinition } from "../engine.ts";
import { buildGeneration } from "./build-generation.ts";
import type { BuildTask } from "./build-generation.ts";
import type { BuildOptions } from "./checkpoint-build.ts";
import type { CheckpointThread } from "./checkpoint-thread.ts";
import { Construction } from "./construction.ts";
import { prepareManifest, readManifestPointer } from "./manifest.ts";
import type { Manifest, NamedManifest } from "./manifest.ts";
import { storeDamaged } from "./store-error.ts";
import type { StorePaths } from "./store-names.ts";

export interface CheckpointOptions extends Omit<BuildOptions, "definitions"> {
  readonly log: Log;
  /** The indexes declared up to a seq: those of the manifest and those of the tail. */
  readonly definitionsAt: (seq: number) => readonly IndexDefinition[];
  /** Build all index runs anew from history: some are missing or damaged. */
  readonly rebuildIndex: boolean;
  /** Where it is built; without it, here. */
  readonly thread?: CheckpointThread | undefined;
}

/** Gives the manifest that was published, or `undefined` when there was nothing to do or somebody else published first. */
export async function checkpoint(options: CheckpointOptions): Promise<NamedManifest | undefined> {
  const { disk, paths, log, generation, definitionsAt } = options;
  const base = generation.manifest;
  const end = await log.seal();
  const definitions = definitionsAt(end.seq);
  const hasNew = end.seq > base.seq;
  const missing = definitions.filter((definition) => !generation.hasIndex(definition.name));
  const hasOld = base.history.length > 0;
  // K2: an index run that is gone costs a rebuild, not the checkpoint.
  const rebuildIndex = options.rebuildIndex || !hasIndexFiles(disk, paths, base);
  if (!hasNew && !rebuildIndex && !(hasOld && missing.length > 0)) return undefined;
  const construction = new Construction(disk, options.random);
  try {
    const added = hasOld ? missing.map(({ name }) => name) : [];
    const manifest = await build({ ...options, definitions }, construction, { end, hasNew, added, rebuildIndex });
    return await publish(options, construction, manifest);
  } catch (error) {
    construction.abandon();
    throw error;
  }
}

async function build(
  options: BuildOptions & Pick<CheckpointOptions, "thread">,
  construction: Construction,
  task: BuildTask,
): Promise<Manifest> {
  const manifest = await options.thread?.build(options, construction, task);
  if (manifest !== undefined) return manifest;
  // What the thread had begun.
  construction.abandon();
  return buildGeneration(options, construction, task);
}

/** What is published needs: the generation that it follows. */
export type PublishOptions = Pick<CheckpointOptions, "disk" | "random" | "paths" | "log" | "generation">;

/**
 * Makes `manifest` the current generation, if the one it was built on still is (ENGINE K3); its files belong to `construction`.
 * Gives `undefined`, and takes the files away, when somebody else published first.
 */
export async function publish(
  options: PublishOptions,
  construction: Construction,
  manifest: Manifest,
): Promise<NamedManifest | undefined> {
  const { disk, paths, log, generation } = options;
  for (const directory of [paths.historyDirectory, paths.indexDirectory]) disk.syncDirectory(directory);
  const prepared = prepareManifest(construction, options, manifest);
  let isTried = false;
  try {
    await log.underLock(() => {
      const isCurrent = readManifestPointer(disk, paths)?.generation === generation.manifest.generation;
      if (!isCurrent || !construction.isIntact() || !hasIndexFiles(disk, paths, manifest)) return;
      assertHistoryIsThere(disk, paths, manifest);
      isTried = true;
      // Before the pointer names them: whoever reads it can hold its generation at once (K4). No collector is at work under this lock.
      construction.finish();
      log.orPoison("the manifest could not be published", () => prepared.publish());
    });
  } finally {
    // Once the rename was tried, the pointer may name these files, whatever the error said: they stay.
    if (!isTried) prepared.abandon();
  }
  if (!isTried) {
    construction.abandon();
    return undefined;
  }
  disk.syncDirectory(paths.root);
  return prepared.named;
}

function hasIndexFiles(disk: Disk, paths: StorePaths, manifest: Manifest): boolean {
  return manifest.index.every((run) => disk.stat(paths.index(run.file))?.sizeBytes === run.bytes);
}

function assertHistoryIsThere(disk: Disk, paths: StorePaths, manifest: Manifest): void {
  for (const run of manifest.history) {
    const path = paths.history(run.file);
    const sizeBytes = disk.stat(path)?.sizeBytes;
    if (sizeBytes === run.bytes) continue;
    throw storeDamaged("Cannot checkpoint: a history run that the manifest names is missing or cut short", {
      path,
      expectedBytes: run.bytes,
      foundBytes: sizeBytes ?? 0,
    });
  }
}
