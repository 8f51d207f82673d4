/**
 * Makes a store of a backup, with an id of its own: whoever has the old store open, or a cursor of it, does not mistake one for
 * the other.
 */
import { ulid } from "ulid";
import { assert, readWholeFile } from "@knotwork/disk";
import type { Clock, Disk, Random } from "@knotwork/disk";
import { IndexRun, mergeRuns, Turns } from "@knotwork/indexer";
import { LINE_FEED, walPaths } from "@knotwork/wal";
import type { OnKeepingProgress, RestoreReport } from "../keeping.ts";
import { readBackupReport } from "./backup-report.ts";
import { LineWriter } from "./construction.ts";
import { FILTERED_TABLES } from "./index-layout.ts";
import { encodeHistoryHeader } from "./history-run.ts";
import { expectedOf, readManifest } from "./manifest.ts";
import type { HistoryRunInfo, IndexRunInfo } from "./manifest.ts";
import { NewStore } from "./new-store.ts";
import { StoreError } from "./store-error.ts";
import { storePaths } from "./store-names.ts";
import type { StorePaths } from "./store-names.ts";
import { verifyBackup } from "./verify-backup.ts";

export interface RestoreOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  /** The backup. */
  readonly from: string;
  /** The store to be: absent, or an empty directory. */
  readonly to: string;
  readonly onProgress?: OnKeepingProgress;
}

/**
 * Restores a backup after proving it; durable on return. The backup is not changed.
 * @throws StoreError BACKUP_INCOMPLETE, BACKUP_DAMAGED; STORE_EXISTS, FILE_EXISTS when something is at the place; DiskError
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreReport> {
  const { disk, clock, random, from, to } = options;
  const report = readBackupReport(disk, from);
  await assertProved(options);
  const source = storePaths(from);
  const { manifest } = readManifest(disk, source, report.store);
  const storeId = ulid(clock.nowMs(), random);
  const target = new NewStore({ disk, clock, random, dir: to, storeId, action: "restore" });
  const context: CopyContext = { ...options, source, target, oldId: report.store, storeId };
  const history: HistoryRunInfo[] = [];
  for (const run of manifest.history) history.push(await copyHistoryRun(context, run));
  const index: IndexRunInfo[] = [];
  for (const run of manifest.index) index.push(await copyIndexRun(context, run));
  target.writeSegment({ seq: manifest.seq, crc: manifest.recordCrc }, recordLines(context, manifest.replay));
  target.finish({ ...manifest, history, index });
  const { seq, time, bytes } = report;
  return { store: storeId, from: report.store, path: to, seq, time, bytes };
}

interface CopyContext extends RestoreOptions {
  readonly source: StorePaths;
  readonly target: NewStore;
  readonly oldId: string;
  readonly storeId: string;
}

async function assertProved({ from, disk, onProgress }: RestoreOptions): Promise<void> {
  const options = { disk, ...(onProgress === undefined ? {} : { onProgress }) };
  const { ok, problems } = await verifyBackup(from, options);
  if (ok) return;
  const [first] = problems;
  throw new StoreError("BACKUP_DAMAGED", `Cannot restore: the backup is not whole: ${first?.message ?? ""}`, {
    hint: "Nothing was changed. Use another backup, or repair this one into a copy: knot doctor --store BACKUP --repair DIR",
    context: { path: from, where: first?.where ?? "", problems: problems.length },
  });
}

/** The same lines at the same offsets, below a header that names the new store. */
async function copyHistoryRun(
  { disk, source, target, storeId }: CopyContext,
  run: HistoryRunInfo,
): Promise<HistoryRunInfo> {
  const bytes = readWhole(disk, source.history(run.file));
  const headerEnd = bytes.indexOf(LINE_FEED) + 1;
  const header = encodeHistoryHeader({ store: storeId, from: run.from, through: run.through });
  assert(header.length === headerEnd, "Store ids have one length, and so have the headers of a run");
  const made = target.create(target.paths.historyDirectory, String(run.from).padStart(16, "0"), ".jsonl");
  try {
    const writer = new LineWriter(made.file);
    writer.write(header);
    writer.write(bytes.subarray(headerEnd));
    writer.flush();
    await made.file.syncDataAsync();
    return { ...run, file: made.name, crc: writer.crc };
  } finally {
    made.file.close();
  }
}

async function copyIndexRun(context: CopyContext, info: IndexRunInfo): Promise<IndexRunInfo> {
  const { disk, clock, source, target, oldId, storeId } = context;
  const run = IndexRun.open({ disk, path: source.index(info.file), storeId: oldId, ...expectedOf(info) });
  const made = target.create(target.paths.indexDirectory, "run", ".index");
  try {
    const { from, through } = info;
    const { path, file } = made;
    const meta = { from, through };
    const [runs, filtered] = [[run], FILTERED_TABLES];
    const turns = new Turns(clock);
    const summary = await mergeRuns({ disk, turns, path, file, storeId, meta, runs, filtered });
    return { file: made.name, bytes: summary.bytes, from, through, crc: summary.crc };
  } finally {
    made.file.close();
    run.close();
  }
}

/** What stands behind the header of the backup's one segment: whole records, proved before. */
function* recordLines({ disk, source }: CopyContext, segment: string): Generator<Buffer> {
  const bytes = readWhole(disk, walPaths(source.walDirectory).segment(segment));
  yield bytes.subarray(bytes.indexOf(LINE_FEED) + 1);
}

function readWhole(disk: Disk, path: string): Buffer {
  const bytes = readWholeFile(disk, path);
  if (bytes !== undefined) return bytes;
  throw new StoreError("BACKUP_DAMAGED", "Cannot restore: a file of the backup is missing", {
    hint: "Use another backup.",
    context: { path },
  });
}
