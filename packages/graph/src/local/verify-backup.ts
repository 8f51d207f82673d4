/** Proves a backup by its hashes and by a check; lists the backups of a directory. */
import { basename, join } from "node:path";
import { KnotworkError } from "@knotwork/disk";
import type { Disk } from "@knotwork/disk";
import type { CheckProblem } from "../engine.ts";
import type { BackupEntry, BackupReport, BackupVerification, OnKeepingProgress } from "../keeping.ts";
import { isBackup, readBackupReport } from "./backup-report.ts";
import { checkStore } from "./check-store.ts";
import { sumFile } from "./copy-file.ts";
import { readManifest } from "./manifest.ts";
import { storePaths } from "./store-names.ts";

export interface VerifyBackupOptions {
  readonly disk: Disk;
  readonly onProgress?: OnKeepingProgress;
}

/** Reads every byte of the backup in `dir`; changes nothing. What is wrong is reported, not thrown. */
export async function verifyBackup(dir: string, options: VerifyBackupOptions): Promise<BackupVerification> {
  const { disk } = options;
  const problems: CheckProblem[] = [];
  let report: BackupReport | undefined;
  let counts: Readonly<Record<string, number>> = {};
  try {
    report = readBackupReport(disk, dir);
    problems.push(...(await compareFiles(dir, report, options)));
    const paths = storePaths(dir);
    const { manifest } = readManifest(disk, paths, report.store);
    const check = checkStore({ disk, paths, manifest, head: report.seq, tailDamage: undefined });
    problems.push(...check.problems);
    counts = check.counts;
  } catch (error) {
    if (!(error instanceof KnotworkError)) throw error;
    problems.push({ code: error.code, where: basename(dir), message: error.message });
  }
  return { ok: problems.length === 0, problems, counts, report };
}

/** The backups directly under `dir` (or `dir` itself, if it is one), newest first. Looks at names and lengths only. */
export function listBackups(dir: string, disk: Disk): readonly BackupEntry[] {
  const candidates = isBackup(disk, dir) ? [dir] : disk.list(dir).map((name) => join(dir, name));
  return candidates
    .filter((path) => isBackup(disk, path) || looksUnfinished(disk, path))
    .map((path) => entryOf(disk, path))
    .toSorted((a, b) => compareText(b.created ?? "", a.created ?? "") || compareText(a.path, b.path));
}

async function compareFiles(
  dir: string,
  { files, bytes: total }: BackupReport,
  { disk, onProgress }: VerifyBackupOptions,
): Promise<readonly CheckProblem[]> {
  const problems: CheckProblem[] = [];
  let done = 0;
  for (const { path, bytes, sha256 } of files) {
    const found = await sumFile(disk, join(dir, path));
    done += bytes;
    onProgress?.({ step: "hash", done, total });
    if (found?.bytes === bytes && found.sha256 === sha256) continue;
    const message = found === undefined ? "The file is missing" : "The file is not what was written";
    problems.push({ code: "BACKUP_DAMAGED", where: path, message });
  }
  return problems;
}

function entryOf(disk: Disk, path: string): BackupEntry {
  try {
    const { store, seq, time, created, bytes, files, check } = readBackupReport(disk, path);
    const entry = { path, store, seq, time, created, bytes };
    const wrong = files.find((file) => disk.stat(join(path, file.path))?.sizeBytes !== file.bytes);
    if (wrong !== undefined) return { ...entry, ok: false, problem: `${wrong.path} is missing or has another length` };
    if (check?.ok === false) return { ...entry, ok: false, problem: "the store was damaged when it was backed up" };
    return { ...entry, ok: true };
  } catch (error) {
    if (!(error instanceof KnotworkError)) throw error;
    return { path, ok: false, problem: error.message };
  }
}

/** The directories of a store without the file that makes it one: a backup that was never finished. */
function looksUnfinished(disk: Disk, path: string): boolean {
  if (disk.stat(path)?.kind !== "directory") return false;
  const names = new Set(disk.list(path));
  return !names.has("store.json") && names.has("history") && names.has("wal");
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
