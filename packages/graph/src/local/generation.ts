/**
 * One generation of the store, open for reading: the history and index runs its manifest names. Files are opened when
 * first asked for; once open they stay readable even when a later checkpoint removes them.
 */
import { assert, isDiskError } from "@knotwork/disk";
import type { Disk, DiskFile } from "@knotwork/disk";
import { hashKey, IndexerError, IndexRun, mergeGet, mergeScan } from "@knotwork/indexer";
import type { BlockCache, SortedRun, VisibleEntry } from "@knotwork/indexer";
import type { StoredVersion } from "../entity.ts";
import { CountedFiles } from "./counted-files.ts";
import { HistoryRun } from "./history-run.ts";
import type { HistoryCommit } from "./history-run.ts";
import { commitKey, decodePosition, entityKey, idempotencyKey, txidKey } from "./index-layout.ts";
import type { LinePosition } from "./index-layout.ts";
import { expectedOf } from "./manifest.ts";
import type { HistoryRunInfo, Manifest, NamedManifest } from "./manifest.ts";
import { rebuildIndexInMemory } from "./rebuild-in-memory.ts";
import type { StorePaths } from "./store-names.ts";

/** A file of the generation has gone: a later generation must be loaded. */
export class GenerationGoneError extends Error {
  override readonly name = "GenerationGoneError";
}

export interface GenerationOptions {
  readonly disk: Disk;
  readonly paths: StorePaths;
  readonly blockCache: BlockCache;
}

export class Generation {
  readonly name: string;
  readonly manifest: Manifest;
  readonly #options: GenerationOptions;
  readonly #files: CountedFiles;
  readonly #history = new Map<string, HistoryRun>();
  #index: readonly SortedRun[] | undefined;
  #isRebuilt = false;
  #lockFile: DiskFile | undefined;
  #closed = false;

  constructor(options: GenerationOptions, named: NamedManifest) {
    this.#options = options;
    this.#files = new CountedFiles(options.disk);
    this.name = named.name;
    this.manifest = named.manifest;
  }

  /** How often files of history and indexes were read so far. */
  get fileReads(): number {
    return this.#files.reads;
  }

  /** The index runs, newest first. @throws GenerationGoneError; IndexerError INDEX_DAMAGED */
  get index(): readonly SortedRun[] {
    this.#index ??= this.#openIndex();
    return this.#index;
  }

  /** True when index runs turned out to be damaged or missing, and what they hold was computed from history in memory. */
  get isRebuilt(): boolean {
    return this.#isRebuilt;
  }

  /**
   * Asks the index runs; when one turns out to be damaged, asks again after computing them anew from history, so that damage
   * costs time and never an answer. `ask` may run twice.
   */
  withIndex<T>(ask: (index: readonly SortedRun[]) => T): T {
    try {
      return ask(this.index);
    } catch (error) {
      if (this.#isRebuilt || !(error instanceof IndexerError) || error.code !== "INDEX_DAMAGED") throw error;
      this.rebuildIndex();
      return ask(this.index);
    }
  }

  /** Replaces the index runs by one in memory, computed from history. */
  rebuildIndex(): void {
    const { disk, paths } = this.#options;
    const rebuilt = rebuildIndexInMemory(disk, paths, this.manifest);
    for (const run of this.#index ?? []) run.close();
    this.#index = [rebuilt];
    this.#isRebuilt = true;
  }

  /** The newest version of `id` with seq <= `seq`, a tombstone included. */
  versionAt(id: string, seq: number): StoredVersion | undefined {
    const found = this.withIndex((index) => mergeGet(index, entityKey(id), seq));
    if (found === undefined) return undefined;
    const position = decodePosition(found.value);
    const version = this.#historyRun(found.seq).readVersion(position.offset, position.length);
    assertNamed(version, id, found);
    return version;
  }

  /** The same for many ids, in their order: lines that stand close together are read together. */
  versionsAt(ids: readonly string[], seq: number): readonly (StoredVersion | undefined)[] {
    const found = this.withIndex((index) => positionsOf(index, ids, seq));
    const versions: (StoredVersion | undefined)[] = ids.map(() => undefined);
    const placesByRun = new Map<HistoryRun, { readonly at: number; readonly position: LinePosition }[]>();
    for (const [at, entry] of found.entries()) {
      if (entry === undefined) continue;
      const run = this.#historyRun(entry.seq);
      const places = placesByRun.get(run);
      const place = { at, position: decodePosition(entry.value) };
      if (places === undefined) placesByRun.set(run, [place]);
      else places.push(place);
    }
    for (const [run, places] of placesByRun) {
      places.sort((a, b) => a.position.offset - b.position.offset);
      for (const [i, version] of run.readVersions(places.map(({ position }) => position)).entries()) {
        const at = places[i]?.at ?? -1;
        assertNamed(version, ids[at], found[at]);
        versions[at] = version;
      }
    }
    return versions;
  }

  /** All versions of `id` with seq <= `seq`, oldest first. */
  versions(id: string, seq: number): readonly StoredVersion[] {
    const key = entityKey(id);
    const hash = hashKey(key);
    const seen = new Map<number, string>();
    this.withIndex((index) => {
      for (const run of index) {
        if (run.mayHold?.(key, hash) === false) continue;
        for (const entry of run.entries({ lower: key, upper: `${key}\0` }))
          if (entry.seq <= seq) seen.set(entry.seq, entry.value);
      }
    });
    return [...seen]
      .sort(([a], [b]) => a - b)
      .map(([at, value]) => {
        const position = decodePosition(value);
        return this.#historyRun(at).readVersion(position.offset, position.length);
      });
  }

  /** The history runs and what the manifest says of each, oldest first. @throws GenerationGoneError */
  openHistory(): readonly { readonly info: HistoryRunInfo; readonly run: HistoryRun }[] {
    return this.manifest.history.map((info) => ({ info, run: this.#historyRun(info.from) }));
  }

  commit(seq: number): HistoryCommit | undefined {
    return this.#commitAt(commitKey(seq));
  }

  /** What a commit changed, in its order. */
  changes(seq: number): readonly StoredVersion[] {
    const found = this.withIndex((index) => mergeGet(index, commitKey(seq), this.manifest.seq));
    if (found === undefined) return [];
    const run = this.#historyRun(seq);
    const position = decodePosition(found.value);
    return run.readVersionsBehind(position, run.readCommit(position.offset, position.length).versions);
  }

  commitByKey(key: string): HistoryCommit | undefined {
    return this.#commitAt(idempotencyKey(key));
  }

  commitByTxid(txid: string): HistoryCommit | undefined {
    return this.#commitAt(txidKey(txid));
  }

  /** Whether every entry of a declared index is in the runs. */
  hasIndex(name: string): boolean {
    return this.#isRebuilt || this.manifest.history.length === 0 || this.manifest.complete.includes(name);
  }

  /** The same store seen through other runs: what a checkpoint has built so far. Close it apart. */
  withRuns(history: Manifest["history"], index: Manifest["index"]): Generation {
    return new Generation(this.#options, { name: this.name, manifest: { ...this.manifest, history, index } });
  }

  /**
   * Holds the generation's files against collection (ENGINE K4): a shared lock on its manifest.
   * False when it was collected already, or is being collected: load a later one.
   */
  hold(): boolean {
    if (this.#lockFile !== undefined) return true;
    let file: DiskFile;
    try {
      file = this.#options.disk.open(this.#options.paths.manifest(this.name), "read");
    } catch (error) {
      if (isDiskError(error, "ENOENT")) return false;
      throw error;
    }
    if (!file.tryLock("shared") || file.stat().linkCount === 0) {
      file.close();
      return false;
    }
    this.#lockFile = file;
    return true;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const run of this.#history.values()) run.close();
    for (const run of this.#index ?? []) run.close();
    this.#lockFile?.close();
  }

  #commitAt(key: string): HistoryCommit | undefined {
    const found = this.withIndex((index) => mergeGet(index, key, this.manifest.seq));
    if (found === undefined) return undefined;
    const position = decodePosition(found.value);
    return this.#historyRun(found.seq).readCommit(position.offset, position.length);
  }

  #historyRun(seq: number): HistoryRun {
    const info = this.manifest.history.find((run) => run.from <= seq && seq <= run.through);
    assert(info !== undefined, `Some history run holds seq ${seq}`);
    let run = this.#history.get(info.file);
    if (run === undefined) {
      run = this.#orGone(() => new HistoryRun(this.#files, this.#options.paths.history(info.file)));
      this.#history.set(info.file, run);
    }
    return run;
  }

  #openIndex(): readonly SortedRun[] {
    const { paths, blockCache } = this.#options;
    const opened: IndexRun[] = [];
    try {
      for (const info of this.manifest.index) {
        const path = paths.index(info.file);
        opened.push(
          this.#orGone(() =>
            IndexRun.open({ disk: this.#files, path, storeId: this.manifest.store, ...expectedOf(info), blockCache }),
          ),
        );
      }
    } catch (error) {
      for (const run of opened) run.close();
      throw error;
    }
    return opened.reverse();
  }

  #orGone<T>(open: () => T): T {
    try {
      return open();
    } catch (error) {
      if (isDiskError(error, "ENOENT"))
        throw new GenerationGoneError(`a file of generation ${this.manifest.generation} is gone`, { cause: error });
      throw error;
    }
  }
}

/**
 * The entries of many ids. Pages of a scan are in the order of ids and next to each other in the runs: then to pass along the
 * entries costs half of looking each up.
 */
function positionsOf(
  index: readonly SortedRun[],
  ids: readonly string[],
  seq: number,
): readonly (VisibleEntry | undefined)[] {
  const lookUp = (id: string): VisibleEntry | undefined => mergeGet(index, entityKey(id), seq);
  const [first, last] = [ids[0], ids.at(-1)];
  const isAscending = ids.every((id, at) => at === 0 || id > (ids[at - 1] ?? ""));
  if (first === undefined || last === undefined || !isAscending) return ids.map(lookUp);
  const found: (VisibleEntry | undefined)[] = [];
  const entries = mergeScan(index, { lower: entityKey(first), upper: `${entityKey(last)}\0`, seq });
  let entry = entries.next();
  let passed = 0;
  for (const [at, id] of ids.entries()) {
    const key = entityKey(id);
    for (; entry.done !== true && entry.value.key < key && passed <= ids.length; passed += 1) entry = entries.next();
    if (passed > ids.length) return [...found, ...ids.slice(at).map(lookUp)];
    found.push(entry.done !== true && entry.value.key === key ? entry.value : undefined);
  }
  return found;
}

function assertNamed(version: StoredVersion, id: string | undefined, entry: VisibleEntry | undefined): void {
  assert(
    version.id === id && version.seq === entry?.seq,
    `The index names the version of "${id}" at seq ${entry?.seq}`,
  );
}
