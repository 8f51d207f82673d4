/**
 * Builds the files of the next generation: a history run and an index run of what is new, entries for new definitions, merged
 * index runs. Nothing it writes is named by a manifest yet (ENGINE K1).
 */
import { chooseRunsToMerge, IndexRun, SHORT_TURN, Turns, writeIndexRunAsync } from "@knotwork/indexer";
import type { EntrySource, Turn } from "@knotwork/indexer";
import type { Clock, Disk, Random } from "@knotwork/disk";
import { readRecords, walPaths } from "@knotwork/wal";
import type { LogStart } from "@knotwork/wal";
import type { IndexDefinition } from "../engine.ts";
import { LineWriter } from "./construction.ts";
import type { FileMaker } from "./construction.ts";
import type { Generation } from "./generation.ts";
import { encodeHistoryHeader, readHistoryRun } from "./history-run.ts";
import { IndexBuild } from "./index-build.ts";
import { FILTERED_TABLES } from "./index-layout.ts";
import { expectedOf, MANIFEST_FORMAT, replayStart } from "./manifest.ts";
import type { HistoryRunInfo, IndexRunInfo, Manifest } from "./manifest.ts";
import { mergeHistory } from "./merge-history.ts";
import { RecordLines } from "./record-lines.ts";
import type { StorePaths } from "./store-names.ts";

export interface BuildOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly paths: StorePaths;
  /** The current generation, held. */
  readonly generation: Generation;
  /** Every index declared up to the checkpoint. */
  readonly definitions: readonly IndexDefinition[];
  /** Looked at between turns: when it says true the run is given up (the directory lock was lost, or another published). */
  readonly isLost: () => boolean;
  /** How long this works at a time, and rests: then commits have their turn, lest this process fall behind others that write. Default: short turns. */
  readonly turn?: () => Turn;
}

/**
 * Four runs of like size become one, and never are there more than twelve: an entry is written anew log4(store / checkpoint)
 * times, so a commit's share grows by one rewrite when the store grows fourfold (decision 0150).
 */
const MERGE = { ratio: 1 / 3, max: 12 };
/** Merging rewrites index entries too: rare enough to cost little, often enough that a manifest stays short. */
const SMALL_HISTORY_RUNS_MAX = 64;
/** Moving so much takes less than a millisecond: then the clock is asked. */
const CLOCK_BYTES = 32 * 1024;
/** So many bytes of entries are collected before they are written as a run. */
const COLLECTED_BYTES_MAX = 32 * 1024 * 1024;

/** The lists of the next manifest, as they grow. */
export class CheckpointBuild {
  readonly #options: BuildOptions;
  readonly #construction: FileMaker;
  #history: readonly HistoryRunInfo[];
  #index: readonly IndexRunInfo[];
  #historyFloor: number;
  readonly #turns: Turns;

  constructor(options: BuildOptions, construction: FileMaker) {
    this.#options = options;
    this.#construction = construction;
    const { clock, isLost, turn } = options;
    this.#turns = new Turns(clock, () => {
      if (isLost()) throw new CheckpointLostError();
      return turn?.() ?? SHORT_TURN;
    });
    this.#history = options.generation.manifest.history;
    this.#index = options.generation.manifest.index;
    this.#historyFloor = options.generation.manifest.historyFloor;
  }

  /** Puts other runs, which hold the same commits, in the place of all history. Build the index anew afterwards. */
  replaceHistory(history: readonly HistoryRunInfo[], historyFloor: number): void {
    this.#history = history;
    this.#historyFloor = historyFloor;
  }

  manifest(end: LogStart): Manifest {
    const base = this.#options.generation.manifest;
    return {
      manifest: MANIFEST_FORMAT,
      store: base.store,
      generation: base.generation + 1,
      seq: end.seq,
      recordCrc: end.crc,
      recordTime: end.time,
      replay: end.segment,
      historyFloor: this.#historyFloor,
      history: this.#history,
      index: this.#index,
      definitions: this.#options.definitions,
      complete: this.#options.definitions.map((definition) => definition.name),
      required: [],
      optional: [],
    };
  }

  /** Writes the records behind the manifest as one history run and its index run. */
  async addRecords(end: LogStart): Promise<void> {
    const { disk, paths, generation, definitions } = this.#options;
    const base = generation.manifest;
    const made = await this.#construction.create(
      paths.historyDirectory,
      String(base.seq + 1).padStart(16, "0"),
      ".jsonl",
    );
    const writer = new LineWriter(made.file);
    writer.write(encodeHistoryHeader({ store: base.store, from: base.seq + 1, through: end.seq }));
    const reader = this.#indexReader();
    const build = new IndexBuild({ definitions, versionBefore: (id, seq) => reader.versionAt(id, seq) });
    const lines = new RecordLines(writer, build, { definitions, declared: base.definitions.length });
    let turnBytes = 0;
    try {
      for (const record of readRecords({
        disk,
        paths: walPaths(paths.walDirectory),
        storeId: base.store,
        start: replayStart(base),
        through: end.seq,
      })) {
        lines.add(record);
        turnBytes += record.line.length;
        if (turnBytes < CLOCK_BYTES) continue;
        turnBytes = 0;
        await this.#turns.endWhenOver();
      }
      writer.flush();
      await made.file.syncDataAsync();
    } finally {
      reader.close();
    }
    const { versions } = lines;
    this.#history = [
      ...this.#history,
      { file: made.name, bytes: writer.offset, from: base.seq + 1, through: end.seq, versions, crc: writer.crc },
    ];
    await this.#writeIndexRun(build, base.seq + 1, end.seq);
  }

  /** Computes the entries of new definitions for all history there is, in a memory that does not grow with it. */
  async addIndexes(definitions: readonly IndexDefinition[]): Promise<void> {
    const reader = this.#indexReader();
    const build = new IndexBuild({
      definitions,
      versionBefore: (id, seq) => reader.versionAt(id, seq),
      onlyDeclared: true,
    });
    let from = 1;
    try {
      for (const run of this.#history) {
        await this.#addRun(run, build);
        // Earlier versions are looked up from here on.
        build.forgetVersions();
        if (build.byteLength < COLLECTED_BYTES_MAX && run !== this.#history.at(-1)) continue;
        await this.#writeIndexRun(build, from, run.through);
        from = run.through + 1;
      }
    } finally {
      reader.close();
    }
  }

  /** One index run for each history run, from the history alone. */
  async rebuildIndex(): Promise<void> {
    const { definitions } = this.#options;
    this.#index = [];
    for (const run of this.#history) {
      const reader = this.#indexReader();
      const build = new IndexBuild({ definitions, versionBefore: (id, seq) => reader.versionAt(id, seq) });
      try {
        await this.#addRun(run, build);
      } finally {
        reader.close();
      }
      await this.#writeIndexRun(build, run.from, run.through);
    }
  }

  /** Makes one of many small history runs, so that there are never very many. */
  async mergeHistory(): Promise<void> {
    const { disk, paths, generation } = this.#options;
    const merged = await mergeHistory({
      disk,
      paths,
      storeId: generation.manifest.store,
      construction: this.#construction,
      history: this.#history,
      index: this.#index,
      turns: this.#turns,
      smallRunsMax: SMALL_HISTORY_RUNS_MAX,
    });
    if (merged === undefined) return;
    this.#history = merged.history;
    this.#index = merged.index;
  }

  /** Merges the newest index runs by size, so that a look-up asks few of them. */
  async mergeIndex(): Promise<void> {
    const slice = chooseRunsToMerge(
      this.#index.map((run) => run.bytes),
      MERGE,
    );
    if (slice !== undefined) await this.#replaceIndex(slice.start);
  }

  async #addRun(run: HistoryRunInfo, build: IndexBuild): Promise<void> {
    const { disk, paths, generation } = this.#options;
    let turnBytes = 0;
    for (const line of readHistoryRun(disk, paths.history(run.file), generation.manifest.store)) {
      build.add(line);
      turnBytes += line.length;
      if (turnBytes < CLOCK_BYTES) continue;
      turnBytes = 0;
      await this.#turns.endWhenOver();
    }
  }

  /**
   * Writes what was collected as an index run, together with the newest runs if these are due to be merged with it: so nothing
   * is written only to be read again.
   */
  async #writeIndexRun(build: IndexBuild, from: number, through: number): Promise<void> {
    const sizes = [...this.#index.map((run) => run.bytes), build.byteLength];
    const start = chooseRunsToMerge(sizes, MERGE)?.start ?? this.#index.length;
    await this.#replaceIndex(start, { from, through, sources: build.takeSources() });
  }

  /** Writes one index run in the place of those from `start` on, with all their entries and those of `sources`. */
  async #replaceIndex(
    start: number,
    added?: { readonly from: number; readonly through: number; readonly sources: readonly EntrySource[] },
  ): Promise<void> {
    const { disk, paths, generation } = this.#options;
    const storeId = generation.manifest.store;
    const chosen = this.#index.slice(start);
    const covered = added === undefined ? chosen : [...chosen, added];
    const from = Math.min(...covered.map((run) => run.from));
    const through = Math.max(...covered.map((run) => run.through));
    const runs: IndexRun[] = [];
    try {
      for (const run of chosen)
        runs.push(IndexRun.open({ disk, path: paths.index(run.file), storeId, ...expectedOf(run) }));
      const made = await this.#construction.create(paths.indexDirectory, "run", ".index");
      const summary = await writeIndexRunAsync({
        disk,
        turns: this.#turns,
        path: made.path,
        file: made.file,
        storeId,
        meta: { from, through },
        sources: [...runs.map((run) => run.source()), ...(added?.sources ?? [])],
        filtered: FILTERED_TABLES,
      });
      this.#index = [
        ...this.#index.slice(0, start),
        { file: made.name, bytes: summary.bytes, from, through, crc: summary.crc },
      ];
    } finally {
      for (const run of runs) run.close();
    }
  }

  /** Reads through the index runs as they are in this build. */
  #indexReader(): Generation {
    return this.#options.generation.withRuns(this.#history, this.#index);
  }
}

/** The directory lock was lost, or somebody else published: the work is done, or about to be, elsewhere. Not an error of anybody. */
export class CheckpointLostError extends Error {
  override readonly name = "CheckpointLostError";
}
