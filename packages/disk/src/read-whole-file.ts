import type { Disk, DiskFile } from "./disk.ts";
import { isDiskError } from "./errors.ts";

/**
 * The bytes of the file at `path`, or `undefined` when there is none. Reads no more than its size at the moment it was
 * opened: what is appended meanwhile is left out. A symbolic link is not followed (ELOOP).
 */
export function readWholeFile(disk: Disk, path: string): Buffer | undefined {
  const file = openExisting(disk, path);
  if (file === undefined) return undefined;
  try {
    const bytes = Buffer.allocUnsafe(file.stat().sizeBytes);
    const count = file.read(bytes, 0, bytes.length, 0);
    return bytes.subarray(0, count);
  } finally {
    file.close();
  }
}

function openExisting(disk: Disk, path: string): DiskFile | undefined {
  try {
    return disk.open(path, "read");
  } catch (error) {
    if (isDiskError(error, "ENOENT")) return undefined;
    throw error;
  }
}
