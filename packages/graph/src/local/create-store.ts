/**
 * Makes a directory a store (ENGINE R3). Under the kernel lock: the names of the directories, the first segment, manifest 0
 * and its pointer, store.json last, each durable before the next; so whatever crashes, the directory is a store, an unfinished
 * creation, or damage. Whoever opens a store in which nothing is durable yet makes the name of store.json so.
 */
import { basename, dirname } from "node:path";
import { isDiskError, ProcessLock, readWholeFile, runLocked } from "@knotwork/disk";
import type { Clock, Disk, Random } from "@knotwork/disk";
import { createFirstSegment, holdsRecord, walPaths } from "@knotwork/wal";
import { writeFirstManifest } from "./manifest.ts";
import { storeDamaged } from "./store-error.ts";
import { readStoreHeader, writeStoreHeader } from "./store-header.ts";
import type { StoreHeader } from "./store-header.ts";
import type { StorePaths } from "./store-names.ts";

export interface CreateStoreOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly paths: StorePaths;
  /** A new id for the store, a ULID. */
  readonly storeId: string;
  readonly lockTimeoutMs?: number;
}

/**
 * Creates the store, or gives the one that another process created meanwhile. Durable on return.
 * @throws StoreError STORE_DAMAGED when the directory holds something that is neither a store nor an unfinished creation
 */
export async function createStore(options: CreateStoreOptions): Promise<StoreHeader> {
  const { disk, clock, random, paths, lockTimeoutMs } = options;
  const madeDirectories = makeDirectories(disk, paths.root);
  assertOnlyOurs(disk, paths);
  for (const directory of partDirectories(paths)) makeDirectory(disk, directory);
  const lock = new ProcessLock({ disk, clock, path: walPaths(paths.walDirectory).lock });
  try {
    return await runLocked(
      { lock, clock, random, ...(lockTimeoutMs === undefined ? {} : { timeoutMs: lockTimeoutMs }) },
      () => {
        const existing = readStoreHeader(disk, paths);
        if (existing !== undefined) return existing;
        for (const directory of [...madeDirectories, dirname(paths.root)]) disk.syncDirectory(directory);
        return createLocked(options);
      },
    );
  } finally {
    lock.close();
  }
}

function createLocked({ disk, clock, random, paths, storeId }: CreateStoreOptions): StoreHeader {
  clearUnfinished(disk, paths);
  const start = createFirstSegment(disk, paths.walDirectory, storeId);
  disk.syncDirectory(paths.walDirectory);
  writeFirstManifest(disk, random, paths, { ...start, store: storeId });
  for (const directory of [paths.manifestDirectory, paths.root]) disk.syncDirectory(directory);
  writeStoreHeader(disk, random, paths, { store: storeId, created: new Date(clock.nowMs()).toISOString() });
  const header = readStoreHeader(disk, paths);
  if (header === undefined) throw storeDamaged("Cannot create store: store.json vanished", { path: paths.header });
  return header;
}

/** Makes `path` and its missing parents; gives the parents of what was made, which must be synced. */
export function makeDirectories(disk: Disk, path: string): readonly string[] {
  if (disk.stat(path) !== undefined) return [];
  const parent = dirname(path);
  const parents = parent === path ? [] : makeDirectories(disk, parent);
  makeDirectory(disk, path);
  return [...parents, parent];
}

function makeDirectory(disk: Disk, path: string): void {
  try {
    disk.makeDirectory(path);
  } catch (error) {
    // Another creator was faster.
    if (!isDiskError(error, "EEXIST")) throw error;
  }
}

/** The directories inside of a store. */
export function partDirectories(paths: StorePaths): readonly string[] {
  return [
    paths.walDirectory,
    paths.manifestDirectory,
    paths.historyDirectory,
    paths.indexDirectory,
    paths.quarantineDirectory,
  ];
}

/** A directory with other things in it was not meant: nothing is created beside them. */
function assertOnlyOurs(disk: Disk, paths: StorePaths): void {
  const ours = new Set([
    ...partDirectories(paths).map((path) => basename(path)),
    ".gitignore",
    "store.json",
    "MANIFEST.json",
    "history.lock",
  ]);
  const foreign = disk
    .list(paths.root)
    .find((name) => !ours.has(name) && !/^(store|MANIFEST)\.json\./u.test(name) && !name.startsWith("."));
  if (foreign !== undefined) {
    throw storeDamaged(
      `Cannot create store: the directory holds "${foreign}", which no store holds. Name an empty or a new directory`,
      { path: paths.root },
    );
  }
}

/** Removes what an unfinished creation left; anything that may have been a store is damage. */
function clearUnfinished(disk: Disk, paths: StorePaths): void {
  const segments = disk.list(paths.walDirectory).filter((name) => name.endsWith(".jsonl"));
  const isUnfinished =
    segments.length <= 1 &&
    segments.every((name) => !segmentHoldsRecord(disk, walPaths(paths.walDirectory).segment(name))) &&
    disk.list(paths.historyDirectory).length === 0;
  if (!isUnfinished)
    throw storeDamaged("Cannot open store: store.json is missing, and there are records", { path: paths.header });
  for (const name of segments) disk.unlink(walPaths(paths.walDirectory).segment(name));
  for (const name of disk.list(paths.manifestDirectory)) disk.unlink(paths.manifest(name));
  // With a dot before it: the temporary file of one that was killed before it could rename.
  for (const name of disk.list(paths.root).filter((entry) => /^\.?(store|MANIFEST)\.json/u.test(entry)))
    disk.unlink(`${paths.root}/${name}`);
}

function segmentHoldsRecord(disk: Disk, path: string): boolean {
  const bytes = readWholeFile(disk, path);
  return bytes !== undefined && holdsRecord(bytes);
}
