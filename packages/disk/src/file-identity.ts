/**
 * Which file it is: what tells a file from all others as long as it is open or has a name (an inode held open is given
 * to no other file).
 */
import type { DiskFile, DiskStat } from "./disk.ts";

export type FileIdentity = Pick<DiskStat, "dev" | "ino">;

/** Which file that is; it stays the same while it is open. @throws DiskError */
export function fileIdentity(file: DiskFile): FileIdentity {
  const { dev, ino } = file.stat();
  return { dev, ino };
}

export function isSameFile(one: FileIdentity, other: FileIdentity): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}
