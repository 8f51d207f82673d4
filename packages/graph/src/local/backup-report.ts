/** `backup.json`: what makes a directory a backup, and what it says of itself (docs/FORMAT.md, "Backup"). */
import { join } from "node:path";
import { readWholeFile } from "@knotwork/disk";
import type { Disk } from "@knotwork/disk";
import { decodeObjectLine } from "@knotwork/wal";
import type { BackupReport } from "../keeping.ts";
import { oneLine } from "./new-store.ts";
import type { PlannedFile } from "./new-store.ts";
import { StoreError } from "./store-error.ts";
import { readStoreHeader } from "./store-header.ts";
import { storePaths } from "./store-names.ts";

export const BACKUP_FORMAT = 1;
const BACKUP_FILE = "backup.json";

export function backupReportFile(report: BackupReport): PlannedFile {
  return { path: BACKUP_FILE, bytes: oneLine(report) };
}

/** Whether `dir` is a backup, finished or not. */
export function isBackup(disk: Disk, dir: string): boolean {
  return disk.stat(join(dir, BACKUP_FILE)) !== undefined;
}

/**
 * What the backup in `dir` says of itself.
 * @throws StoreError BACKUP_INCOMPLETE when it was not finished, or is none; BACKUP_DAMAGED, FORMAT_UNKNOWN
 */
export function readBackupReport(disk: Disk, dir: string): BackupReport {
  const path = join(dir, BACKUP_FILE);
  const bytes = disk.stat(dir)?.kind === "directory" ? readWholeFile(disk, path) : undefined;
  if (bytes === undefined) throw incomplete(dir, "it has no backup.json");
  const line = decodeObjectLine(bytes) as (BackupReport & { readonly crc: string }) | undefined;
  if (line === undefined)
    throw new StoreError("BACKUP_DAMAGED", "Cannot use the backup: backup.json is damaged", {
      hint: "Nothing was changed. Use another backup.",
      context: { path },
    });
  if (line.backup !== BACKUP_FORMAT)
    throw new StoreError("FORMAT_UNKNOWN", `Cannot use the backup: it is of format ${String(line.backup)}`, {
      hint: "Use a newer Knotwork.",
      context: { path },
    });
  if (readStoreHeader(disk, storePaths(dir)) === undefined) throw incomplete(dir, "its store.json is missing");
  const { crc: _, ...report } = line;
  return report;
}

function incomplete(dir: string, why: string): StoreError {
  return new StoreError("BACKUP_INCOMPLETE", `Cannot use "${dir}" as a backup: ${why}`, {
    hint: "It was not finished, or is no backup. See: knot backup list",
    context: { path: dir },
  });
}
