/**
 * A manifest names the files of one generation of the store and where the log goes on behind them (docs/FORMAT.md,
 * "Manifest"). A generation's file never changes; `MANIFEST.json` points to the current one.
 */
import { randomToken, readWholeFile, writeFileAtomic, writeFully } from "@knotwork/disk";
import type { Disk, Random } from "@knotwork/disk";
import { decodeObjectLine, discard, encodeObjectLine } from "@knotwork/wal";
import type { LogStart } from "@knotwork/wal";
import type { IndexDefinition } from "../engine.ts";
import type { Construction } from "./construction.ts";
import { StoreError, storeDamaged } from "./store-error.ts";
import type { StorePaths } from "./store-names.ts";

export const MANIFEST_FORMAT = 1;

export interface HistoryRunInfo {
  readonly file: string;
  readonly bytes: number;
  /** First and last seq whose commits the run holds. Runs follow each other without a gap. */
  readonly from: number;
  readonly through: number;
  readonly versions: number;
  /** CRC of the whole file. */
  readonly crc?: string;
}

export interface IndexRunInfo {
  readonly file: string;
  readonly bytes: number;
  readonly from: number;
  readonly through: number;
  /** CRC of its footer, which names the whole file. */
  readonly crc?: string;
}

export interface Manifest {
  readonly manifest: number;
  readonly store: string;
  readonly generation: number;
  /** The checkpoint: history holds every commit up to this seq. */
  readonly seq: number;
  /** CRC and time of that record. */
  readonly recordCrc: string;
  readonly recordTime: string;
  /** The segment whose first record is seq + 1. */
  readonly replay: string;
  /** Commits with seq >= this are in history. */
  readonly historyFloor: number;
  readonly history: readonly HistoryRunInfo[];
  readonly index: readonly IndexRunInfo[];
  /** The declared indexes known at the checkpoint, in the order they were declared. */
  readonly definitions: readonly IndexDefinition[];
  /** Names of those whose entries for the whole history are in the index runs. The built-in ones always are. */
  readonly complete: readonly string[];
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** A manifest and the name of its file. */
export interface NamedManifest {
  readonly name: string;
  readonly manifest: Manifest;
}

interface Pointer {
  readonly generation: number;
  readonly file: string;
  readonly bytes: number;
  /** CRC of the manifest's line. */
  readonly line: string;
}

/** What an index run must be to be the one that was written. */
export function expectedOf({ bytes, crc }: IndexRunInfo): {
  readonly expectedBytes: number;
  readonly expectedCrc?: string;
} {
  return { expectedBytes: bytes, ...(crc === undefined ? {} : { expectedCrc: crc }) };
}

/** Where the log goes on behind a manifest. */
export function replayStart(manifest: Manifest): LogStart {
  return { segment: manifest.replay, seq: manifest.seq, crc: manifest.recordCrc, time: manifest.recordTime };
}

/** The name of the current generation's file, or `undefined` without a pointer. @throws StoreError STORE_DAMAGED */
export function readManifestPointer(disk: Disk, paths: StorePaths): Pointer | undefined {
  const bytes = readWholeFile(disk, paths.manifestPointer);
  if (bytes === undefined) return undefined;
  const pointer = decodeObjectLine(bytes) as unknown as Pointer | undefined;
  if (pointer === undefined)
    throw storeDamaged("Cannot open store: MANIFEST.json is damaged", { path: paths.manifestPointer });
  return pointer;
}

/**
 * The current manifest. A manifest that is replaced while it is read is read anew.
 * @throws StoreError STORE_DAMAGED (also when there is none), STORE_REPLACED, FORMAT_UNKNOWN
 */
export function readManifest(disk: Disk, paths: StorePaths, storeId: string): NamedManifest {
  let missed: string | undefined;
  for (;;) {
    const pointer = readManifestPointer(disk, paths);
    if (pointer === undefined)
      throw storeDamaged("Cannot open store: MANIFEST.json is missing", { path: paths.manifestPointer });
    const bytes = readWholeFile(disk, paths.manifest(pointer.file));
    if (bytes !== undefined) return { name: pointer.file, manifest: decodeManifest(bytes, pointer, paths, storeId) };
    // Missed while the pointer named it, before and after.
    if (pointer.file === missed) break;
    missed = pointer.file;
  }
  throw storeDamaged("Cannot open store: the manifest that MANIFEST.json names is missing", {
    path: paths.manifestPointer,
  });
}

/**
 * Writes the next manifest and makes everything but the pointer durable; `publish` of the result renames the pointer, which is
 * the moment the generation becomes current. The manifest belongs to `construction` until then, as the files it names do, so
 * that no collector takes it for an old one. Call `publish` under the kernel lock; `abandon` if it is not to be.
 */
export function prepareManifest(
  construction: Construction,
  { disk, random, paths }: { readonly disk: Disk; readonly random: Random; readonly paths: StorePaths },
  manifest: Manifest,
): PreparedManifest {
  const made = construction.create(paths.manifestDirectory, String(manifest.generation).padStart(8, "0"), ".json");
  const line = encodeObjectLine(manifest);
  writeFully(made.file, line.bytes, 0);
  made.file.syncData();
  disk.syncDirectory(paths.manifestDirectory);
  const { generation } = manifest;
  const pointer: Pointer = { generation, file: made.name, bytes: line.bytes.length, line: line.crc };
  // Its generation is in its name: of a publisher that was killed while it wrote the pointer nothing else may be left to read.
  const temporary = `${paths.manifestPointer}.${generation}-${randomToken(random, 12)}`;
  writeNewFile(disk, temporary, encodeObjectLine(pointer).bytes);
  return {
    named: { name: made.name, manifest },
    publish: () => disk.rename(temporary, paths.manifestPointer),
    abandon: () => discard(disk, temporary),
  };
}

export interface PreparedManifest {
  readonly named: NamedManifest;
  readonly publish: () => void;
  readonly abandon: () => void;
}

/** The first manifest and its pointer, both durable but for the name of the pointer in `root`. */
export function writeFirstManifest(
  disk: Disk,
  random: Random,
  paths: StorePaths,
  start: LogStart & { readonly store: string },
): void {
  const manifest: Manifest = {
    manifest: MANIFEST_FORMAT,
    store: start.store,
    generation: 0,
    seq: 0,
    recordCrc: start.crc,
    recordTime: start.time,
    replay: start.segment,
    historyFloor: 1,
    history: [],
    index: [],
    definitions: [],
    complete: [],
    required: [],
    optional: [],
  };
  writeManifest(disk, random, paths, manifest);
}

/** Writes a manifest and the pointer to it, durably, where no process is at work. Gives what was written, by path in the store. */
export function writeManifest(
  disk: Disk,
  random: Random,
  paths: StorePaths,
  manifest: Manifest,
): readonly { readonly path: string; readonly bytes: Buffer }[] {
  const { generation } = manifest;
  const name = `${String(generation).padStart(8, "0")}-${randomToken(random, 8)}.json`;
  const line = encodeObjectLine(manifest);
  writeFileAtomic(disk, paths.manifest(name), line.bytes, { random });
  const pointer: Pointer = { generation, file: name, bytes: line.bytes.length, line: line.crc };
  const pointerLine = encodeObjectLine(pointer).bytes;
  writeFileAtomic(disk, paths.manifestPointer, pointerLine, { random });
  return [
    { path: `manifest/${name}`, bytes: line.bytes },
    { path: "MANIFEST.json", bytes: pointerLine },
  ];
}

function decodeManifest(bytes: Buffer, pointer: Pointer, paths: StorePaths, storeId: string): Manifest {
  const path = paths.manifest(pointer.file);
  const manifest = decodeObjectLine(bytes) as unknown as (Manifest & { readonly crc: string }) | undefined;
  if (manifest === undefined || manifest.crc !== pointer.line)
    throw storeDamaged("Cannot open store: its manifest is damaged", { path });
  if (manifest.manifest !== MANIFEST_FORMAT || manifest.required.length > 0) {
    throw new StoreError("FORMAT_UNKNOWN", `Cannot open store: its manifest is of format ${manifest.manifest}`, {
      hint: "Use a newer Knotwork.",
      context: { path },
    });
  }
  if (manifest.store !== storeId) {
    throw new StoreError("STORE_REPLACED", `Cannot open store: its manifest belongs to store "${manifest.store}"`, {
      hint: "Files of two stores were mixed, or the store was replaced. Open it again.",
      context: { path },
    });
  }
  const { crc: _, ...rest } = manifest;
  return rest;
}

function writeNewFile(disk: Disk, path: string, bytes: Buffer): void {
  const file = disk.open(path, "create-new");
  try {
    writeFully(file, bytes, 0);
    file.syncData();
  } catch (error) {
    discard(disk, path);
    throw error;
  } finally {
    file.close();
  }
}
