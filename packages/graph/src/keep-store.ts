/**
 * What is done to stores and backups from outside, without opening them. The code behind is loaded when asked for: few
 * processes need it.
 */
import { type Clock, type Disk, machineClock, nodeDisk, type Random } from "@knotwork/disk";
import type {
  BackupEntry,
  BackupVerification,
  InspectReport,
  OnKeepingProgress,
  RepairReport,
  RestoreReport,
} from "./keeping.ts";

export interface KeepingOptions {
  readonly onProgress?: OnKeepingProgress;
  readonly disk?: Disk;
  readonly clock?: Clock;
  readonly random?: Random;
}

export interface RestoreBackupOptions extends KeepingOptions {
  /** The backup. */
  readonly from: string;
  /** The store to be: absent, or an empty directory. */
  readonly to: string;
}

/** Proves the backup in `dir`: every hash, and the check of the store in it. Problems are reported, not thrown. */
export async function verifyBackup(dir: string, options: KeepingOptions = {}): Promise<BackupVerification> {
  return (await import("./local/verify-backup.ts")).verifyBackup(dir, machineOf(options));
}

/** The backups directly under `dir`, newest first, by what they say of themselves and the lengths of their files. */
export async function listBackups(dir: string, options: KeepingOptions = {}): Promise<readonly BackupEntry[]> {
  return (await import("./local/verify-backup.ts")).listBackups(dir, machineOf(options).disk);
}

/**
 * Makes a store, with an id of its own, of a backup that is proved first. Durable on return.
 * @throws KnotworkError BACKUP_INCOMPLETE, BACKUP_DAMAGED, STORE_EXISTS, FILE_EXISTS: nothing was changed
 */
export async function restoreBackup(options: RestoreBackupOptions): Promise<RestoreReport> {
  return (await import("./local/restore.ts")).restoreBackup({
    ...machineOf(options),
    from: options.from,
    to: options.to,
  });
}

export interface RepairOptions extends KeepingOptions {
  /** The damaged store: only read. */
  readonly from: string;
  /** The copy: absent, or an empty directory. */
  readonly to: string;
}

/** Scans the files of the store in `dir` by their documented formats alone and compares them with what the engine answers. */
export async function inspectStore(dir: string, options: KeepingOptions = {}): Promise<InspectReport> {
  return (await import("./local/scan/inspect-store.ts")).inspectStore(dir, machineOf(options));
}

/**
 * Writes what can be read of a damaged store to a new one, with a report of what was lost. The original is only read.
 * @throws KnotworkError STORE_EXISTS, FILE_EXISTS, FORMAT_UNKNOWN; STORE_DAMAGED when nothing can be read at all
 */
export async function repairStore(options: RepairOptions): Promise<RepairReport> {
  return (await import("./local/scan/repair-store.ts")).repairStore({
    ...machineOf(options),
    from: options.from,
    to: options.to,
  });
}

function machineOf({ disk, clock, random, onProgress }: KeepingOptions): {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly onProgress?: OnKeepingProgress;
} {
  return {
    disk: disk ?? nodeDisk(),
    clock: clock ?? machineClock(),
    random: random ?? Math.random,
    ...(onProgress === undefined ? {} : { onProgress }),
  };
}
