/**
 * Computes index entries from history: at a checkpoint, for a definition that is new, and for all of the store when index
 * runs are missing or damaged. Pure but for the look-up of earlier versions.
 */
import { compareEntries, mergeEntries, MemoryRun } from "@knotwork/indexer";
import type { IndexEntry } from "@knotwork/indexer";
import type { IndexDefinition } from "../engine.ts";
import type { StoredVersion } from "../entity.ts";
import type { HistoryLine } from "./history-run.ts";
import { commitEntries, indexEntries, versionEntries } from "./index-layout.ts";

export interface IndexBuildOptions {
  readonly definitions: readonly IndexDefinition[];
  /** The newest version of `id` with seq <= `seq`, from the runs before. */
  readonly versionBefore: (id: string, seq: number) => StoredVersion | undefined;
  /** Only the entries of `definitions`: the others are there already. */
  readonly onlyDeclared?: boolean;
}

/** Entries are sorted in pieces of so many, which bounds how long one sort blocks the process. */
const PIECE_ENTRIES = 20_000;

/** Collects the entries of history lines; hand it the lines in order. */
export class IndexBuild {
  readonly #options: IndexBuildOptions;
  readonly #latest = new Map<string, StoredVersion>();
  readonly #pieces: MemoryRun[] = [];
  #piece: IndexEntry[] = [];

  constructor(options: IndexBuildOptions) {
    this.#options = options;
  }

  add(line: HistoryLine): void {
    const { definitions, onlyDeclared = false } = this.#options;
    if (line.kind === "commit") {
      if (!onlyDeclared) this.#push(commitEntries(line.commit, line));
      return;
    }
    const { version } = line;
    const before =
      version.version === 1
        ? undefined
        : (this.#latest.get(version.id) ?? this.#options.versionBefore(version.id, version.seq - 1));
    this.#push(
      onlyDeclared
        ? indexEntries(version, before, definitions, false)
        : versionEntries(version, before, definitions, line),
    );
    this.#latest.set(version.id, version);
  }

  /** All entries collected, in order. */
  entries(): IterableIterator<IndexEntry> {
    this.#closePiece();
    return mergeEntries(this.#pieces);
  }

  /** The same as one run in memory. */
  toMemoryRun(): MemoryRun {
    return new MemoryRun([...this.entries()].sort(compareEntries));
  }

  #push(entries: readonly IndexEntry[]): void {
    this.#piece.push(...entries);
    if (this.#piece.length >= PIECE_ENTRIES) this.#closePiece();
  }

  #closePiece(): void {
    if (this.#piece.length > 0) this.#pieces.push(new MemoryRun(this.#piece));
    this.#piece = [];
  }
}
