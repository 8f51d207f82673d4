/**
 * Keeps the number of history runs bounded: when there are many small ones, they become one. Lines are copied as they are, so the only
 * thing that changes is where they stand, which index entries say.
 */
import { readWholeFile } from "@knotwork/disk";
import type { Disk } from "@knotwork/disk";
import { IndexRun, writeIndexRunAsync } from "@knotwork/indexer";
import type { IndexEntry, Turns } from "@knotwork/indexer";
import { crcHex, LINE_FEED } from "@knotwork/wal";
import { LineWriter } from "./construction.ts";
import type { FileMaker } from "./construction.ts";
import { encodeHistoryHeader } from "./history-run.ts";
import { decodePosition, encodePosition, FILTERED_TABLES } from "./index-layout.ts";
import { expectedOf } from "./manifest.ts";
import type { HistoryRunInfo, IndexRunInfo } from "./manifest.ts";
import type { StorePaths } from "./store-names.ts";

export interface MergeHistoryOptions {
  readonly disk: Disk;
  readonly paths: StorePaths;
  readonly storeId: string;
  readonly construction: FileMaker;
  readonly history: readonly HistoryRunInfo[];
  readonly index: readonly IndexRunInfo[];
  /** Commits have theirs between. What they throw ends the merge. */
  readonly turns: Turns;
  /** So many small runs are left alone. */
  readonly smallRunsMax: number;
}

export interface MergedHistory {
  readonly history: readonly HistoryRunInfo[];
  readonly index: readonly IndexRunInfo[];
}

/** A run of this size stays as it is: merging costs a copy of all lines, and of the index entries that say where they are. */
const LARGE_BYTES = 8 * 1024 * 1024;

/** The lists as they are afterwards; `undefined` when there is nothing to merge, or a run is damaged and so better left alone. */
export async function mergeHistory(options: MergeHistoryOptions): Promise<MergedHistory | undefined> {
  const { history, index, smallRunsMax } = options;
  const start = history.findLastIndex(({ bytes }) => bytes >= LARGE_BYTES) + 1;
  const chosen = history.slice(start);
  if (chosen.length <= smallRunsMax) return undefined;
  const merged = await mergeRuns(options, chosen);
  if (merged === undefined) return undefined;
  const moved: IndexRunInfo[] = [];
  for (const run of index)
    moved.push(run.through < merged.info.from ? run : await moveEntries(options, run, merged.moves));
  return { history: [...history.slice(0, start), merged.info], index: moved };
}

/** How far the lines of the commits up to `through` (and behind those of the entry before) have moved. */
interface Move {
  readonly from: number;
  readonly through: number;
  readonly bytes: number;
}

async function mergeRuns(
  { disk, paths, storeId, construction, turns }: MergeHistoryOptions,
  runs: readonly HistoryRunInfo[],
): Promise<{ readonly info: HistoryRunInfo; readonly moves: readonly Move[] } | undefined> {
  const from = runs[0]?.from ?? 0;
  const through = runs.at(-1)?.through ?? 0;
  const made = await construction.create(paths.historyDirectory, String(from).padStart(16, "0"), ".jsonl");
  const writer = new LineWriter(made.file);
  writer.write(encodeHistoryHeader({ store: storeId, from, through }));
  const moves: Move[] = [];
  for (const run of runs) {
    const bytes = readWholeFile(disk, paths.history(run.file));
    if (bytes?.length !== run.bytes || (run.crc !== undefined && crcHex(bytes) !== run.crc)) return undefined;
    const headerEnd = bytes.indexOf(LINE_FEED) + 1;
    moves.push({ from: run.from, through: run.through, bytes: writer.offset - headerEnd });
    writer.write(bytes.subarray(headerEnd));
    await turns.endWhenOver();
  }
  writer.flush();
  await made.file.syncDataAsync();
  const versions = runs.reduce((sum, run) => sum + run.versions, 0);
  return { info: { file: made.name, bytes: writer.offset, from, through, versions, crc: writer.crc }, moves };
}

async function moveEntries(
  { disk, paths, storeId, construction, turns }: MergeHistoryOptions,
  info: IndexRunInfo,
  moves: readonly Move[],
): Promise<IndexRunInfo> {
  const run = IndexRun.open({ disk, path: paths.index(info.file), storeId, ...expectedOf(info) });
  try {
    const { name, path, file } = await construction.create(paths.indexDirectory, "run", ".index");
    const { from, through } = info;
    const entries = moved(run.entries({ lower: "", upper: undefined }), moves);
    const meta = { from, through };
    const filtered = FILTERED_TABLES;
    const summary = await writeIndexRunAsync({ disk, turns, path, file, storeId, meta, entries, filtered });
    return { file: name, bytes: summary.bytes, from, through, crc: summary.crc };
  } finally {
    run.close();
  }
}

function* moved(entries: Iterable<IndexEntry>, moves: readonly Move[]): Generator<IndexEntry> {
  for (const entry of entries) {
    const move =
      entry.value === "" ? undefined : moves.find(({ from, through }) => from <= entry.seq && entry.seq <= through);
    if (move === undefined) {
      yield entry;
      continue;
    }
    const { offset, length } = decodePosition(entry.value);
    const position = encodePosition({ offset: offset + move.bytes, length });
    yield { ...entry, value: position + entry.value.slice(position.length) };
  }
}
