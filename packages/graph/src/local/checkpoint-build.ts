/**
 * Builds the files of the next generation: a history run and an index run of what is new, entries for new definitions, merged
 * index runs. Nothing it writes is named by a manifest yet (ENGINE K1).
 */
import { chooseRunsToMerge, IndexRun, mergeRuns, writeIndexRunAsync } from "@knotwork/indexer";
import type { SortedRun } from "@knotwork/indexer";
import type { Clock, Disk, Random } from "@knotwork/disk";
import { readRecords, walPaths } from "@knotwork/wal";
import type { Log, LogStart } from "@knotwork/wal";
import type { IndexDefinition } from "../engine.ts";
import { LineWriter } from "./construction.ts";
import type { Construction } from "./construction.ts";
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
  readonly log: Log;
  /** The current generation, held. */
  readonly generation: Generation;
  /** Every index declared up to the checkpoint. */
  readonly definitions: readonly IndexDefinition[];
  /** Looked at between steps: when it says true the run is given up (the directory lock was lost). */
  readonly isLost: () => boolean;
}

const MERGE = { ratio: 2, max: 8 };
/** Merging rewrites index entries too: rare enough to cost little, often enough that a manifest stays short. */
const SMALL_HISTORY_RUNS_MAX = 64;
const YIELD_EVERY_RECORDS = 500;

/** The lists of the next manifest, as they grow. */
export class CheckpointBuild {
  readonly #options: BuildOptions;
  readonly #construction: Construction;
  #history: readonly HistoryRunInfo[];
  #index: readonly IndexRunInfo[];
  #historyFloor: number;

  constructor(options: BuildOptions, construction: Construction) {
    this.#options = options;
    this.#construction = construction;
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
    const made = this.#construction.create(paths.historyDirectory, String(base.seq + 1).padStart(16, "0"), ".jsonl");
    const writer = new LineWriter(made.file);
    writer.write(encodeHistoryHeader({ store: base.store, from: base.seq + 1, through: end.seq }));
    const reader = this.#indexReader();
    const build = new IndexBuild({ definitions, versionBefore: (id, seq) => reader.versionAt(id, seq) });
    const lines = new RecordLines(writer, build, { definitions, declared: base.definitions.length });
    let count = 0;
    try {
      for (const record of readRecords({
        disk,
        paths: walPaths(paths.walDirectory),
        storeId: base.store,
        start: replayStart(base),
        through: end.seq,
      })) {
        lines.add(record);
        count += 1;
        if (count % YIELD_EVERY_RECORDS === 0) await this.#yield();
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

  /** Computes the entries of new definitions for all history there is. */
  async addIndexes(definitions: readonly IndexDefinition[]): Promise<void> {
    const reader = this.#indexReader();
    const build = new IndexBuild({
      definitions,
      versionBefore: (id, seq) => reader.versionAt(id, seq),
      onlyDeclared: true,
    });
    try {
      for (const run of this.#history) await this.#addRun(run, build);
    } finally {
      reader.close();
    }
    await this.#writeIndexRun(build, 1, this.#options.generation.manifest.seq);
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
    const { disk, clock, paths, generation } = this.#options;
    const merged = await mergeHistory({
      disk,
      clock,
      paths,
      storeId: generation.manifest.store,
      construction: this.#construction,
      history: this.#history,
      index: this.#index,
      smallRunsMax: SMALL_HISTORY_RUNS_MAX,
    });
    if (merged === undefined) return;
    this.#history = merged.history;
    this.#index = merged.index;
  }

  /** Merges the newest index runs by size, so that a look-up asks few of them. */
  async mergeIndex(): Promise<void> {
    const { disk, clock, paths, generation } = this.#options;
    const slice = chooseRunsToMerge(
      this.#index.map((run) => run.bytes),
      MERGE,
    );
    if (slice === undefined) return;
    const chosen = this.#index.slice(slice.start, slice.end);
    const storeId = generation.manifest.store;
    const runs: SortedRun[] = [];
    try {
      for (const run of chosen)
        runs.push(IndexRun.open({ disk, path: paths.index(run.file), storeId, ...expectedOf(run) }));
      const made = this.#construction.create(paths.indexDirectory, "run", ".index");
      const from = Math.min(...chosen.map((run) => run.from));
      const through = Math.max(...chosen.map((run) => run.through));
      const summary = await mergeRuns({
        disk,
        clock,
        path: made.path,
        file: made.file,
        storeId,
        meta: { from, through },
        filtered: FILTERED_TABLES,
        runs,
      });
      this.#index = [
        ...this.#index.slice(0, slice.start),
        { file: made.name, bytes: summary.bytes, from, through, crc: summary.crc },
        ...this.#index.slice(slice.end),
      ];
    } finally {
      for (const run of runs) run.close();
    }
  }

  async #addRun(run: HistoryRunInfo, build: IndexBuild): Promise<void> {
    const { disk, paths, generation } = this.#options;
    let count = 0;
    for (const line of readHistoryRun(disk, paths.history(run.file), generation.manifest.store)) {
      build.add(line);
      count += 1;
      if (count % YIELD_EVERY_RECORDS === 0) await this.#yield();
    }
  }

  async #writeIndexRun(build: IndexBuild, from: number, through: number): Promise<void> {
    const { disk, clock, paths, generation } = this.#options;
    const made = this.#construction.create(paths.indexDirectory, "run", ".index");
    const summary = await writeIndexRunAsync({
      disk,
      clock,
      path: made.path,
      file: made.file,
      storeId: generation.manifest.store,
      meta: { from, through },
      sources: build.takeSources(),
      filtered: FILTERED_TABLES,
    });
    this.#index = [...this.#index, { file: made.name, bytes: summary.bytes, from, through, crc: summary.crc }];
  }

  /** Reads through the index runs as they are in this build. */
  #indexReader(): Generation {
    return this.#options.generation.withRuns(this.#history, this.#index);
  }

  async #yield(): Promise<void> {
    if (this.#options.isLost()) throw new CheckpointLostError();
    await this.#options.clock.sleepMs(0);
  }
}

/** The directory lock was lost: somebody else may be doing the same. Not an error of anybody. */
export class CheckpointLostError extends Error {
  override readonly name = "CheckpointLostError";
}
