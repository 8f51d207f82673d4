/**
 * Proves a store: every line sound, every commit there once and chained to the one before, every index entry equal to what
 * history says. Reads everything; changes nothing.
 */
import { KnotworkError, readWholeFile } from "@knotwork/disk";
import type { Disk } from "@knotwork/disk";
import { IndexRun, mergeEntries } from "@knotwork/indexer";
import type { IndexEntry, SortedRun } from "@knotwork/indexer";
import { crcHex, NO_CRC, readRecords, walPaths } from "@knotwork/wal";
import type { CheckProblem, CheckReport } from "../engine.ts";
import { readHistoryRun } from "./history-run.ts";
import { IndexBuild } from "./index-build.ts";
import type { StoredVersion } from "../entity.ts";
import { expectedOf, replayStart } from "./manifest.ts";
import type { HistoryRunInfo, Manifest } from "./manifest.ts";
import type { StorePaths } from "./store-names.ts";

export interface CheckStoreOptions {
  readonly disk: Disk;
  readonly paths: StorePaths;
  readonly manifest: Manifest;
  /** The head of the log when the check began. */
  readonly head: number;
  /** What is wrong behind the last record that can be read, if anything. */
  readonly tailDamage: KnotworkError | undefined;
}

export function checkStore(options: CheckStoreOptions): CheckReport {
  const check = new StoreCheck(options);
  check.run();
  return { ok: check.problems.length === 0, problems: check.problems, counts: check.counts };
}

class StoreCheck {
  readonly problems: CheckProblem[] = [];
  readonly counts: Record<string, number> = {
    commits: 0,
    versions: 0,
    entities: 0,
    edges: 0,
    tombstones: 0,
    indexEntries: 0,
  };
  readonly #options: CheckStoreOptions;
  readonly #latest = new Map<
    string,
    { readonly version: number; readonly deleted: boolean; readonly isEdge: boolean }
  >();

  constructor(options: CheckStoreOptions) {
    this.#options = options;
  }

  run(): void {
    const end = this.#checkHistory();
    this.#checkIndex();
    if (end.crc !== this.#options.manifest.recordCrc)
      this.#problem(
        "CHAIN_BROKEN",
        "manifest",
        `The manifest continues record ${this.#options.manifest.recordCrc}, history ends with ${end.crc}`,
      );
    this.#checkLog();
    const { tailDamage } = this.#options;
    if (tailDamage !== undefined)
      this.#problem(tailDamage.code, "wal", `${tailDamage.message} ${JSON.stringify(tailDamage.context)}`);
    for (const { deleted, isEdge } of this.#latest.values())
      this.#count(deleted ? "tombstones" : isEdge ? "edges" : "entities");
  }

  #checkHistory(): { readonly crc: string } {
    const { disk, paths, manifest } = this.#options;
    let seq = 0;
    let crc = NO_CRC;
    for (const run of manifest.history) {
      this.#guard(run.file, () => {
        for (const line of readHistoryRun(disk, paths.history(run.file), manifest.store)) {
          if (line.kind === "version") {
            this.#seeVersion(line.version, seq, run.file);
            continue;
          }
          const { commit } = line;
          if (commit.commit !== seq + 1)
            this.#problem("COMMIT_MISSING", run.file, `Commit ${commit.commit} follows ${seq}`);
          if (commit.prev !== crc)
            this.#problem(
              "CHAIN_BROKEN",
              run.file,
              `Commit ${commit.commit} follows record ${commit.prev}, not ${crc}`,
            );
          seq = commit.commit;
          crc = commit.record;
          this.#count("commits");
        }
        this.#checkBytes(run);
        if (seq !== run.through)
          this.#problem("COMMIT_MISSING", run.file, `The run ends with commit ${seq}, not with ${run.through}`);
      });
    }
    return { crc };
  }

  /** A line that was changed together with its own CRC is sound, but the file is not the one that was written. */
  #checkBytes({ file, bytes, crc }: HistoryRunInfo): void {
    const { disk, paths } = this.#options;
    const found = readWholeFile(disk, paths.history(file));
    if (found === undefined || (found.length === bytes && (crc === undefined || crcHex(found) === crc))) return;
    this.#problem(
      "HISTORY_CHANGED",
      file,
      "The run is not the file that the manifest describes: it was changed or replaced",
    );
  }

  #checkLog(): void {
    const { disk, paths, manifest, head } = this.#options;
    this.#guard("wal", () => {
      for (const { head: record } of readRecords({
        disk,
        paths: walPaths(paths.walDirectory),
        storeId: manifest.store,
        start: replayStart(manifest),
        through: head,
      })) {
        this.#count("commits");
        for (const row of record.rows) {
          if (row[0] === "define") continue;
          const isEdge = row[0] === "delete" ? row[4] !== undefined : row[6] !== undefined;
          const version = { id: String(row[1]), version: Number(row[3]), deleted: row[0] === "delete", isEdge };
          this.#see({ ...version, seq: record.seq }, `wal, seq ${record.seq}`);
        }
      }
    });
  }

  #seeVersion(version: StoredVersion, seq: number, where: string): void {
    if (version.seq !== seq)
      this.#problem(
        "VERSION_MISPLACED",
        where,
        `Version ${version.version} of "${version.id}" is of seq ${version.seq} and stands under commit ${seq}`,
      );
    this.#see({ ...version, seq, isEdge: version.from !== undefined }, where);
  }

  /** Below the floor of history versions were dropped: what is left still goes up. */
  #see({ id, version, seq, deleted, isEdge }: SeenVersion, where: string): void {
    const before = this.#latest.get(id)?.version ?? 0;
    const isNext = seq < this.#options.manifest.historyFloor ? version > before : version === before + 1;
    if (!isNext) this.#problem("VERSION_MISSING", where, `Version ${version} of "${id}" follows version ${before}`);
    this.#latest.set(id, { version, deleted, isEdge });
    this.#count("versions");
  }

  /** Index = history, entry by entry, both ways. */
  #checkIndex(): void {
    const { disk, paths, manifest } = this.#options;
    const runs: SortedRun[] = [];
    this.#guard("index", () => {
      try {
        for (const run of manifest.index)
          runs.push(IndexRun.open({ disk, path: paths.index(run.file), storeId: manifest.store, ...expectedOf(run) }));
        this.#compare(mergeEntries(runs), this.#expectedEntries());
      } finally {
        for (const run of runs) run.close();
      }
    });
  }

  #expectedEntries(): IterableIterator<IndexEntry> {
    const { disk, paths, manifest } = this.#options;
    const complete = manifest.definitions.filter((definition) => manifest.complete.includes(definition.name));
    // Every version is seen in order here, so the one before is always among those seen.
    const build = new IndexBuild({ definitions: complete, versionBefore: () => undefined });
    for (const run of manifest.history)
      for (const line of readHistoryRun(disk, paths.history(run.file), manifest.store)) build.add(line);
    return build.takeEntries();
  }

  /** Positions differ between an index of old runs and one built here only if the index is wrong: they name lines of the same files. */
  #compare(actual: Iterator<IndexEntry>, expected: Iterator<IndexEntry>): void {
    let [left, right] = [actual.next(), expected.next()];
    while (left.done !== true || right.done !== true) {
      const order = compare(left.value as IndexEntry | undefined, right.value as IndexEntry | undefined);
      if (order < 0)
        this.#problem(
          "INDEX_EXTRA",
          "index",
          `An entry of seq ${(left.value as IndexEntry).seq} is in the index and not in history`,
        );
      else if (order > 0)
        this.#problem(
          "INDEX_MISSING",
          "index",
          `An entry of seq ${(right.value as IndexEntry).seq} is in history and not in the index`,
        );
      else if (!sameEntry(left.value as IndexEntry, right.value as IndexEntry))
        this.#problem("INDEX_WRONG", "index", `An entry of seq ${(left.value as IndexEntry).seq} differs from history`);
      else this.#count("indexEntries");
      if (order <= 0) left = actual.next();
      if (order >= 0) right = expected.next();
      if (this.problems.length >= PROBLEMS_MAX) return;
    }
  }

  #guard(where: string, step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof KnotworkError)) throw error;
      this.#problem(error.code, where, `${error.message} ${JSON.stringify(error.context)}`);
    }
  }

  #problem(code: string, where: string, message: string): void {
    if (this.problems.length < PROBLEMS_MAX) this.problems.push({ code, where, message });
  }

  #count(name: string): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
}

interface SeenVersion {
  readonly id: string;
  readonly version: number;
  readonly seq: number;
  readonly deleted: boolean;
  readonly isEdge: boolean;
}

const PROBLEMS_MAX = 100;

function compare(left: IndexEntry | undefined, right: IndexEntry | undefined): number {
  if (left === undefined) return right === undefined ? 0 : 1;
  if (right === undefined) return -1;
  if (left.key !== right.key) return left.key < right.key ? -1 : 1;
  return right.seq - left.seq;
}

function sameEntry(left: IndexEntry, right: IndexEntry): boolean {
  return left.remove === right.remove && left.value === right.value;
}
