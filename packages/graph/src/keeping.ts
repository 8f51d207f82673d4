/** What keeping a store takes beside using it: the results of backup, restore, doctor, repair, compact and purge. */
import type { CheckProblem } from "./engine.ts";

/** Told now and then during long work. */
export interface KeepingProgress {
  /** Such as `copy`, `scan history`. */
  readonly step: string;
  readonly done: number;
  /** In the unit of `done`. */
  readonly total: number;
}

export type OnKeepingProgress = (progress: KeepingProgress) => void;

export interface BackupOptions {
  /** Checks the copy before it is called a backup. Default true. */
  readonly prove?: boolean;
  readonly onProgress?: OnKeepingProgress;
}

/** One file of a backup, as it was written. */
export interface BackupFile {
  /** Relative to the backup. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What a backup says of itself: `backup.json`. */
export interface BackupReport {
  readonly backup: number;
  readonly store: string;
  /** The last commit in it; its time and the CRC of its record. */
  readonly seq: number;
  readonly time: string;
  readonly recordCrc: string;
  readonly generation: number;
  /** When it was made. */
  readonly created: string;
  readonly bytes: number;
  /** What the check of the copy found; absent when none was asked for. */
  readonly check?: {
    readonly ok: boolean;
    readonly problems: readonly CheckProblem[];
    readonly counts: Readonly<Record<string, number>>;
  };
  readonly files: readonly BackupFile[];
}

/** A backup in a list. */
export interface BackupEntry {
  readonly path: string;
  /** False: unfinished, or a file is missing or has another length. */
  readonly ok: boolean;
  /** Why it is not. */
  readonly problem?: string;
  readonly store?: string;
  readonly seq?: number;
  readonly time?: string;
  readonly created?: string;
  readonly bytes?: number;
}

export interface BackupVerification {
  readonly ok: boolean;
  readonly problems: readonly CheckProblem[];
  readonly counts: Readonly<Record<string, number>>;
  readonly report: BackupReport | undefined;
}

export interface RestoreReport {
  /** The id of the store that was made: a new one. */
  readonly store: string;
  /** The id of the store that was backed up. */
  readonly from: string;
  readonly path: string;
  readonly seq: number;
  readonly time: string;
  readonly bytes: number;
}

export interface CompactOptions {
  /** What commits of the last days made stays. */
  readonly keepDays?: number;
  /** So many newest versions of each entity stay. */
  readonly keepVersions?: number;
  /** Says what would be dropped, and drops nothing. */
  readonly dryRun?: boolean;
}

export interface CompactReport {
  /** Whether anything was written. */
  readonly changed: boolean;
  /** States from this seq - 1 on can be asked for. */
  readonly historyFloor: number;
  readonly versionsKept: number;
  readonly versionsDropped: number;
  readonly bytesBefore: number;
  /** Of history; of a dry run an estimate. */
  readonly bytesAfter: number;
  /** Files of older generations that somebody still reads; the next checkpoint removes them. */
  readonly filesHeld: readonly string[];
}

export interface PurgeOptions {
  /** Keeps the newest version, and the entity alive. */
  readonly onlyOldVersions?: boolean;
}

export interface PurgeReport {
  readonly id: string;
  /** Versions whose text is gone now. */
  readonly versionsPurged: number;
  /** Remembered results in which its text was replaced. */
  readonly resultsPurged: number;
  /** Files in quarantine from which lines were taken out. */
  readonly quarantineCleaned: readonly string[];
  /** Files under the store that still hold the text, since another process reads them: purge again when it is done. */
  readonly filesHeld: readonly string[];
}

/** A file that lies in quarantine: what was cut off the log, or replaced. Nothing in it counts; nothing is destroyed silently. */
export interface QuarantinedFile {
  readonly file: string;
  readonly bytes: number;
  /** `tail`: cut off behind the last whole record; `suspect`: a segment that failed to sync. */
  readonly kind: "tail" | "suspect" | "other";
  /** The segment it was part of. */
  readonly segment?: string;
}

/** What the scan of the files alone found, beside what the engine answers. */
export interface InspectReport {
  readonly ok: boolean;
  readonly problems: readonly CheckProblem[];
  readonly counts: Readonly<Record<string, number>>;
  readonly quarantine: readonly QuarantinedFile[];
}

export interface SeqRange {
  readonly from: number;
  readonly through: number;
}

/** What a repair could not bring back, and what it did instead: `repair.json` in the copy. */
export interface RepairReport {
  /** The damaged store, which was only read, and its id. */
  readonly source: string;
  readonly sourceStore: string;
  /** The copy, and its new id. */
  readonly path: string;
  readonly store: string;
  /** The last commit of the copy. */
  readonly seq: number;
  readonly commits: number;
  readonly versions: number;
  /** True: everything that was ever durable is in the copy. */
  readonly isComplete: boolean;
  readonly lost: {
    /** Commits of which nothing could be read. Within the copy an empty commit stands in their place. */
    readonly commits: readonly SeqRange[];
    /** Versions known to be gone. */
    readonly versions: readonly { readonly id: string; readonly version: number; readonly seq: number }[];
    /** Commits of which so many versions cannot be read. */
    readonly partial: readonly { readonly seq: number; readonly unreadable: number }[];
    /** What lost commits, and lost parts of commits, had changed, as far as indexes tell. */
    readonly ids: readonly { readonly seq: number; readonly ids: readonly string[] }[];
  };
  /** Lines whose own checksum was made to fit, while the chain tells of another commit. */
  readonly forged: readonly { readonly seq: number; readonly file: string; readonly offset: number }[];
  /** Commits that were damaged in one place and read from the other. */
  readonly recovered: readonly { readonly seq: number; readonly file: string }[];
  readonly damages: readonly {
    readonly file: string;
    readonly offset: number;
    readonly bytes: number;
    readonly what: string;
  }[];
  /** Bytes at the end of the log that nobody had called durable; left out. */
  readonly tailBytes: number;
  /** Edges without one of their ends, deleted in the copy by one more commit. */
  readonly edgesRemoved: readonly string[];
  /** Where this is above 1: states before it cannot be told. */
  readonly historyFloor: number;
  /** The check of the copy. */
  readonly check: { readonly ok: boolean; readonly problems: readonly CheckProblem[] };
}

/** What only an engine over files can do. */
export interface FileKeeping {
  backup(path: string, options: BackupOptions): Promise<BackupReport>;
  compact(options: CompactOptions): Promise<CompactReport>;
  purge(id: string, options: PurgeOptions): Promise<PurgeReport>;
}
