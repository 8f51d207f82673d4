/**
 * A store that is written whole, at a place where there is none: the copy that a backup, a restore or a repair makes.
 *
 * Invariants:
 * - Nothing that is there is written over: the place is absent, or an empty directory.
 * - `store.json` comes last: what is unfinished is no store, and every part is durable before the next names it.
 */
import { dirname } from "node:path";
import { randomToken, writeFileAtomic, writeFully } from "@knotwork/disk";
import type { Clock, Disk, DiskFile, Random } from "@knotwork/disk";
import { encodeObjectLine, encodeSegmentHeader, segmentName, walPaths } from "@knotwork/wal";
import { makeDirectories, partDirectories } from "./create-store.ts";
import { writeManifest } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";
import { StoreError } from "./store-error.ts";
import { storeHeaderLine } from "./store-header.ts";
import { storePaths } from "./store-names.ts";
import type { StorePaths } from "./store-names.ts";

export interface NewStoreOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly dir: string;
  readonly storeId: string;
  /** What the store is made for, as errors say it: "back up". */
  readonly action: string;
}

export interface NewStoreFile {
  readonly name: string;
  readonly path: string;
  readonly file: DiskFile;
}

/** What `finish` learns of a file before it is there. */
export interface PlannedFile {
  /** Relative to the store. */
  readonly path: string;
  readonly bytes: Buffer;
}

export class NewStore {
  readonly paths: StorePaths;
  readonly #options: NewStoreOptions;
  readonly #parents: readonly string[];

  /** Makes the directories. @throws StoreError STORE_EXISTS, FILE_EXISTS when something is there; DiskError */
  constructor(options: NewStoreOptions) {
    const { disk, dir } = options;
    this.#options = options;
    this.paths = storePaths(dir);
    assertFree(options, this.paths);
    const made = makeDirectories(disk, dir);
    for (const directory of partDirectories(this.paths)) disk.makeDirectory(directory);
    this.#parents = [...made, dirname(dir)];
  }

  /** Creates an empty file under a random name. The caller writes, syncs and closes it. */
  create(directory: string, prefix: string, suffix: string): NewStoreFile {
    const name = `${prefix}-${randomToken(this.#options.random, 10)}${suffix}`;
    const path = `${directory}/${name}`;
    return { name, path, file: this.#options.disk.open(path, "create-new") };
  }

  /** Writes the one segment: a header behind the record `last`, and whole lines of records. Gives its name. */
  writeSegment(last: { readonly seq: number; readonly crc: string }, lines: Iterable<Buffer>): string {
    const { disk, storeId } = this.#options;
    const name = segmentName(last.seq + 1);
    const file = disk.open(walPaths(this.paths.walDirectory).segment(name), "create-new");
    try {
      let offset = 0;
      const write = (line: Buffer): void => {
        writeFully(file, line, offset);
        offset += line.length;
      };
      write(encodeSegmentHeader({ store: storeId, first: last.seq + 1, prev: last.crc }).bytes);
      for (const line of lines) write(line);
      file.syncData();
    } finally {
      file.close();
    }
    return name;
  }

  /** Makes the names of runs and segments durable. */
  syncFiles(): void {
    for (const directory of partDirectories(this.paths)) this.#options.disk.syncDirectory(directory);
  }

  /**
   * Writes the manifest, its pointer, and `store.json` last; on return the store is durable, its name included. `describe`
   * may give one more file for the root, written before `store.json`; it is told of the others.
   */
  finish(
    manifest: Omit<Manifest, "store">,
    describe: (files: readonly PlannedFile[]) => PlannedFile | undefined = () => undefined,
  ): void {
    const { disk, clock, random, storeId, dir } = this.#options;
    this.syncFiles();
    const written = writeManifest(disk, random, this.paths, { ...manifest, store: storeId });
    for (const parent of this.#parents) disk.syncDirectory(parent);
    const created = new Date(clock.nowMs()).toISOString();
    const header = { path: "store.json", bytes: storeHeaderLine({ store: storeId, created }) };
    const described = describe([...written, header]);
    for (const { path, bytes } of described === undefined ? [header] : [described, header])
      writeFileAtomic(disk, `${dir}/${path}`, bytes, { random });
  }
}

/** Encodes an object as the one line of a file. */
export function oneLine(value: object): Buffer {
  return encodeObjectLine(value).bytes;
}

function assertFree({ disk, dir, action }: NewStoreOptions, paths: StorePaths): void {
  const stat = disk.stat(dir);
  if (stat !== undefined && !(stat.kind === "directory" && disk.list(dir).length === 0)) {
    const isStore = stat.kind === "directory" && disk.stat(paths.header) !== undefined;
    throw new StoreError(
      isStore ? "STORE_EXISTS" : "FILE_EXISTS",
      `Cannot ${action} to "${dir}": there is ${isStore ? "a store" : "something"} already`,
      { hint: "Nothing was changed. Name a directory that does not exist yet.", context: { path: dir } },
    );
  }
  const around = storeAround(disk, dir);
  if (around === undefined) return;
  throw new StoreError("STORE_EXISTS", `Cannot ${action} to "${dir}": it lies inside the store "${around}"`, {
    hint: "Nothing was changed. Name a directory outside: a store removes what it does not know.",
    context: { path: dir, store: around },
  });
}

/** The store, or backup, that `dir` would be inside of, by the real path of what exists above it. */
function storeAround(disk: Disk, dir: string): string | undefined {
  let above = dirname(dir);
  while (disk.stat(above) === undefined && dirname(above) !== above) above = dirname(above);
  for (above = disk.realPath(above); ; above = dirname(above)) {
    const { header, walDirectory } = storePaths(above);
    if (disk.stat(header) !== undefined && disk.stat(walDirectory) !== undefined) return above;
    if (dirname(above) === above) return undefined;
  }
}
