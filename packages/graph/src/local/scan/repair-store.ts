/**
 * Writes what can be read of a damaged store to a new one (docs/GUARANTEES.md, "Repair"). The copy passes its check: an empty commit
 * stands in the place of each lost one, so that seqs and the chain go on, and a mark in the place of a lost version.
 *
 * Invariants:
 * - The original is only read.
 * - Nothing that was lost is left out of the report. It is there before the copy is a store, and says so until the copy is finished.
 */
import { writeFileAtomic } from "@knotwork/disk";
import type { Clock, Disk, Random } from "@knotwork/disk";
import { Turns, writeIndexRunAsync } from "@knotwork/indexer";
import { NO_CRC } from "@knotwork/wal";
import { ulid } from "ulid";
import type { IndexDefinition } from "../../engine.ts";
import type { OnKeepingProgress, RepairReport } from "../../keeping.ts";
import { LineWriter } from "../construction.ts";
import { readHistoryRun } from "../history-run.ts";
import { IndexBuild } from "../index-build.ts";
import { FILTERED_TABLES } from "../index-layout.ts";
import { MANIFEST_FORMAT } from "../manifest.ts";
import type { HistoryRunInfo, IndexRunInfo } from "../manifest.ts";
import { NewStore, oneLine } from "../new-store.ts";
import type { PlannedFile } from "../new-store.ts";
import { openLocalEngine } from "../open-local-engine.ts";
import type { CommitOfHistory } from "../record-to-history.ts";
import { writeCommits } from "../rewrite-history.ts";
import { storeDamaged } from "../store-error.ts";
import { danglingEdges, removeEdges } from "./dangling-edges.ts";
import type { DanglingEdge } from "./dangling-edges.ts";
import { fillGaps } from "./fill-gaps.ts";
import type { FilledGaps } from "./fill-gaps.ts";
import { lostIds } from "./lost-ids.ts";
import { ScannedReader } from "./read-scanned.ts";
import { rangesOf } from "./scan-problems.ts";
import { scanStore } from "./scan-store.ts";
import type { StoreScan } from "./scan-store.ts";

export interface RepairStoreOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly from: string;
  readonly to: string;
  readonly onProgress?: OnKeepingProgress;
}

export async function repairStore(options: RepairStoreOptions): Promise<RepairReport> {
  const { disk, clock, random, from, to, onProgress } = options;
  const scan = scanStore({ disk, dir: from, everywhere: true, ...(onProgress === undefined ? {} : { onProgress }) });
  if (scan.store === undefined)
    throw storeDamaged("Cannot repair the store: no file tells which store it is", { path: from });
  const storeId = ulid(clock.nowMs(), random);
  const target = new NewStore({ disk, clock, random, dir: to, storeId, action: "repair" });
  const gaps = fillGaps(scan);
  const edgesRemoved = danglingEdges(scan);
  const reportOf = (made: MadeCopy, check: RepairReport["check"]): RepairReport =>
    repairReport(options, { scan, gaps, storeId, edgesRemoved, ...made }, check);
  const made = await writeCopy(options, { target, storeId, scan, gaps }, (copy) => ({
    path: REPORT_FILE,
    bytes: oneLine(reportOf(copy, UNFINISHED)),
  }));
  const report = reportOf(made, await finishCopy(options, edgesRemoved));
  writeFileAtomic(disk, `${to}/${REPORT_FILE}`, oneLine(report), { random });
  return report;
}

const REPORT_FILE = "repair.json";

const UNFINISHED: RepairReport["check"] = {
  ok: false,
  problems: [
    {
      code: "REPAIR_UNFINISHED",
      where: REPORT_FILE,
      message: "The repair was interrupted: make the copy again, at another place",
    },
  ],
};

interface MadeCopy {
  readonly last: number;
  readonly versions: number;
}

interface ReportParts extends MadeCopy {
  readonly scan: StoreScan;
  readonly gaps: FilledGaps;
  readonly storeId: string;
  readonly edgesRemoved: readonly DanglingEdge[];
}

function repairReport(
  { disk, from, to }: RepairStoreOptions,
  { scan, gaps, storeId, edgesRemoved, last, versions }: ReportParts,
  check: RepairReport["check"],
): RepairReport {
  const unreadable = [...scan.commits.values()].filter((commit) => commit.unreadable > 0);
  const lost = [
    ...scan.lost.keys(),
    ...Array.from({ length: scan.lostThrough - scan.last }, (_, i) => scan.last + 1 + i),
  ];
  const damagedFiles = new Set(scan.damages.map(({ file }) => file));
  return {
    source: from,
    sourceStore: scan.store ?? "",
    path: to,
    store: storeId,
    seq: last,
    commits: scan.commits.size,
    versions,
    isComplete: lost.length === 0 && unreadable.length === 0 && gaps.versions.length === 0,
    lost: {
      commits: rangesOf(lost),
      versions: gaps.versions.map(({ version, seq }) => ({ id: version.id, version: version.version, seq })),
      partial: unreadable.map(({ seq, unreadable: count }) => ({ seq, unreadable: count })),
      ids: [...lostIds(disk, from, scan)].map(([seq, ids]) => ({ seq, ids })),
    },
    forged: scan.forged.map(({ seq, file, offset }) => ({ seq, file, offset })),
    recovered: [...scan.commits.values()]
      .filter(
        ({ source, seq }) => damagedFiles.size > 0 && source === "log" && seq <= Number(scan.manifest?.["seq"] ?? 0),
      )
      .map(({ seq, file }) => ({ seq, file })),
    damages: scan.damages,
    tailBytes: scan.tailBytes,
    edgesRemoved: edgesRemoved.map(({ id }) => id),
    historyFloor: gaps.historyFloor,
    check,
  };
}

interface CopyParts {
  readonly target: NewStore;
  readonly storeId: string;
  readonly scan: StoreScan;
  readonly gaps: FilledGaps;
}

/** History, indexes, an empty log: a whole store, with the file that describes it. */
async function writeCopy(
  options: RepairStoreOptions,
  { target, storeId, scan, gaps }: CopyParts,
  describe: (copy: MadeCopy) => PlannedFile,
): Promise<MadeCopy> {
  const { disk, clock, from, onProgress } = options;
  const definitions: IndexDefinition[] = [];
  const end = { crc: NO_CRC, time: "" };
  const reader = new ScannedReader(disk, from);
  function* commits(): Generator<CommitOfHistory> {
    for (let seq = 1; seq <= scan.last; seq += 1) {
      if (seq % 1000 === 0) onProgress?.({ step: "write", done: seq, total: scan.last });
      const found = scan.commits.get(seq);
      const made = gaps.complete(seq, found === undefined ? undefined : reader.read(found));
      definitions.push(...(made.commit.defines ?? []));
      end.crc = made.commit.record;
      end.time = made.commit.time;
      yield made;
    }
  }
  const history: HistoryRunInfo[] = scan.last === 0 ? [] : [await writeRun(target, storeId, scan.last, commits())];
  const index: IndexRunInfo[] = [];
  for (const run of history) {
    const build = new IndexBuild({ definitions, versionBefore: () => undefined });
    for (const line of readHistoryRun(disk, target.paths.history(run.file), storeId)) build.add(line);
    index.push(await writeIndex({ disk, clock, target, storeId }, build, run));
  }
  const replay = target.writeSegment({ seq: scan.last, crc: end.crc }, []);
  const copy = { last: scan.last, versions: history.reduce((sum, run) => sum + run.versions, 0) };
  target.finish(
    {
      manifest: MANIFEST_FORMAT,
      generation: 1,
      seq: scan.last,
      recordCrc: end.crc,
      recordTime: end.time,
      replay,
      historyFloor: gaps.historyFloor,
      history,
      index,
      definitions,
      complete: definitions.map(({ name }) => name),
      required: [],
      optional: [],
    },
    () => describe(copy),
  );
  return copy;
}

async function writeRun(
  target: NewStore,
  store: string,
  through: number,
  commits: Iterable<CommitOfHistory>,
): Promise<HistoryRunInfo> {
  const made = target.create(target.paths.historyDirectory, "1".padStart(16, "0"), ".jsonl");
  try {
    const written = writeCommits(new LineWriter(made.file), { store, from: 1, through }, commits);
    await made.file.syncDataAsync();
    return { file: made.name, from: 1, through, ...written };
  } finally {
    made.file.close();
  }
}

async function writeIndex(
  {
    disk,
    clock,
    target,
    storeId,
  }: Pick<RepairStoreOptions, "disk" | "clock"> & { readonly target: NewStore; readonly storeId: string },
  build: IndexBuild,
  { from, through }: HistoryRunInfo,
): Promise<IndexRunInfo> {
  const { name, path, file } = target.create(target.paths.indexDirectory, "run", ".index");
  try {
    const meta = { from, through };
    const [sources, filtered] = [build.takeSources(), FILTERED_TABLES];
    const turns = new Turns(clock);
    const summary = await writeIndexRunAsync({ disk, turns, path, file, storeId, meta, sources, filtered });
    return { file: name, bytes: summary.bytes, from, through, crc: summary.crc };
  } finally {
    file.close();
  }
}

/** The copy as a store: takes out edges without an end, and checks. */
async function finishCopy(
  { disk, clock, random, to }: RepairStoreOptions,
  edges: ReturnType<typeof danglingEdges>,
): Promise<RepairReport["check"]> {
  const engine = await openLocalEngine({ dir: to, disk, clock, random });
  try {
    if (edges.length > 0) await removeEdges(engine, edges, ulid(clock.nowMs(), random));
    const { ok, problems } = await engine.check();
    return { ok, problems };
  } finally {
    await engine.close();
  }
}
