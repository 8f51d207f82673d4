/**
 * Copies a store that is in use (ENGINE section 8): the files of one generation, held, and the log behind it up to one whole
 * durable record.
 *
 * Invariants:
 * - The source is only read. Its log is read through descriptors that were open when the snapshot was pinned, so that no
 *   checkpoint of another process takes a segment away.
 * - Until `store.json` is there, the last file to be written, the copy is no backup.
 */
import { assert } from "@knotwork/disk";
import type { Clock, Disk, KnotworkError, Random } from "@knotwork/disk";
import { decodeRecord } from "@knotwork/wal";
import type { BackupFile, BackupOptions, BackupReport } from "../keeping.ts";
import { BACKUP_FORMAT, backupReportFile } from "./backup-report.ts";
import { checkStore } from "./check-store.ts";
import { copyFile, sumBytes, sumFile } from "./copy-file.ts";
import type { LocalSnapshot } from "./local-snapshot.ts";
import { NewStore } from "./new-store.ts";
import type { PlannedFile } from "./new-store.ts";
import { storeDamaged } from "./store-error.ts";
import { storePaths } from "./store-names.ts";
import type { StorePaths } from "./store-names.ts";

export interface BackupSource {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly paths: StorePaths;
  /** Pinned: its files and segments stay readable until this is done. Durable through its seq. */
  readonly snapshot: Pick<LocalSnapshot, "generation" | "overlay" | "seq">;
  /** What is wrong behind the last record that can be read: the copy ends there, and says so. */
  readonly tailDamage: KnotworkError | undefined;
}

/**
 * Writes a backup to `dir`, durable on return.
 * @throws StoreError STORE_EXISTS, FILE_EXISTS when something is there: nothing was changed; STORE_DAMAGED; DiskError
 */
export async function backup(source: BackupSource, dir: string, options: BackupOptions = {}): Promise<BackupReport> {
  const { disk, clock, random, snapshot } = source;
  const { manifest } = snapshot.generation;
  const target = new NewStore({ disk, clock, random, dir, storeId: manifest.store, action: "back up" });
  const files = await copyRuns(source, target.paths, options);
  const last = writeLog(source, target);
  const segment = `wal/${manifest.replay}`;
  const sum = await sumFile(disk, `${dir}/${segment}`);
  if (sum !== undefined) files.push({ path: segment, ...sum });
  const isProved = options.prove !== false || source.tailDamage !== undefined;
  const check = isProved ? proveCopy(source, dir) : undefined;
  const made: { report?: BackupReport } = {};
  target.finish(manifest, (written) => {
    const report: BackupReport = {
      backup: BACKUP_FORMAT,
      store: manifest.store,
      seq: snapshot.seq,
      time: last.time,
      recordCrc: last.crc,
      generation: manifest.generation,
      created: new Date(clock.nowMs()).toISOString(),
      bytes: [...files, ...written.map(planned)].reduce((total, { bytes }) => total + bytes, 0),
      ...(check === undefined ? {} : { check }),
      files: [...files, ...written.map(planned)],
    };
    made.report = report;
    return backupReportFile(report);
  });
  assert(made.report !== undefined, "A finished backup was described");
  return made.report;
}

async function copyRuns(
  { disk, paths, snapshot }: BackupSource,
  target: StorePaths,
  { onProgress }: BackupOptions,
): Promise<BackupFile[]> {
  const { history, index } = snapshot.generation.manifest;
  const runs = [
    ...history.map(({ file, bytes }) => ({
      from: paths.history(file),
      to: target.history(file),
      name: `history/${file}`,
      bytes,
    })),
    ...index.map(({ file, bytes }) => ({
      from: paths.index(file),
      to: target.index(file),
      name: `index/${file}`,
      bytes,
    })),
  ];
  const total = runs.reduce((sum, { bytes }) => sum + bytes, 0);
  const files: BackupFile[] = [];
  let done = 0;
  const onBytes = (count: number): void => {
    done += count;
    onProgress?.({ step: "copy", done, total });
  };
  for (const { from, to, name, bytes } of runs)
    files.push({ path: name, ...(await copyFile({ disk, from, to, bytes, onBytes })) });
  return files;
}

/** The records behind the manifest, byte for byte, as one segment. */
function writeLog({ snapshot }: BackupSource, target: NewStore): { readonly crc: string; readonly time: string } {
  const { overlay, seq, generation } = snapshot;
  const { manifest } = generation;
  let last = { crc: manifest.recordCrc, time: manifest.recordTime };
  target.writeSegment({ seq: manifest.seq, crc: manifest.recordCrc }, lines());
  return last;

  function* lines(): Generator<Buffer> {
    for (let next = manifest.seq + 1; next <= seq; next += 1) {
      const commit = overlay.commit(next);
      const line = commit === undefined ? undefined : overlay.readLine(commit);
      const record = line === undefined ? undefined : decodeRecord(line, 0, line.length - 1, 0);
      if (line === undefined || record?.head.seq !== next || record.head.prev !== last.crc)
        throw storeDamaged(`Cannot back up: record ${next} cannot be read any more`, { seq: next });
      last = { crc: record.location.crc, time: record.head.time };
      yield line;
    }
  }
}

function proveCopy({ disk, snapshot, tailDamage }: BackupSource, dir: string): BackupReport["check"] {
  const { manifest } = snapshot.generation;
  return checkStore({ disk, paths: storePaths(dir), manifest, head: snapshot.seq, tailDamage });
}

function planned({ path, bytes }: PlannedFile): BackupFile {
  return { path, ...sumBytes(bytes) };
}
