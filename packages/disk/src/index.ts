export { assert, BrokenInvariantError, unreachable } from "./assert.ts";
export { type AtomicWriteOptions, writeFileAtomic } from "./atomic-file.ts";
export type { Clock } from "./clock.ts";
export type {
  DirectoryLock,
  DirectoryWatch,
  Disk,
  DiskFile,
  DiskStat,
  EntryKind,
  LockKind,
  OpenMode,
  ReadableFile,
  ReadableFiles,
} from "./disk.ts";
export { type DirectOutput, directOutput } from "./direct-output.ts";
export { asDiskError } from "./disk-error.ts";
export type { DirectoryLockTiming } from "./directory-lock.ts";
export { DiskError, type ErrorContext, isDiskError, KnotworkError, type KnotworkErrorOptions } from "./errors.ts";
export { fileIdentity, type FileIdentity, isSameFile } from "./file-identity.ts";
export type { FlockSync, LoadFlock } from "./flock.ts";
export type { LockHolder } from "./lock-holder.ts";
export { type MachineClockOptions, machineClock } from "./machine-clock.ts";
export { type NodeDiskOptions, nodeDisk } from "./node-disk.ts";
export { ProcessLock, type ProcessLockOptions } from "./process-lock.ts";
export { type Random, randomToken } from "./random.ts";
export { readWholeFile } from "./read-whole-file.ts";
export { RETRY_LOCK, runLocked, type RunLockedOptions } from "./run-locked.ts";
export { writeFully } from "./write-fully.ts";
