/**
 * Replaces a whole file at once.
 *
 * Invariants:
 * - At every moment, and after a crash at any moment, `path` names the old bytes or all of the new ones.
 * - Only a temporary file that this call created is ever unlinked.
 */
import { basename, dirname, join } from "node:path";
import type { Disk, DiskFile } from "./disk.ts";
import { DiskError, isDiskError } from "./errors.ts";
import { type Random, randomToken } from "./random.ts";
import { writeFully } from "./write-fully.ts";

const NAME_ATTEMPTS = 10;

export interface AtomicWriteOptions {
  /** Names the temporary file. */
  readonly random: Random;
  /** Permission bits of the new file. Default 0600. */
  readonly mode?: number;
}

/**
 * Writes `bytes` to `path` by way of a temporary file beside it. On return the new content and its name are durable.
 * On an error before the rename the old file is untouched and the temporary one is gone. An error of the last step, the
 * sync of the directory, leaves the new content in place, but a power cut may still bring back the old.
 * @throws DiskError ENOSPC (short write), EEXIST (no free temporary name), or whatever the failing step threw
 */
export function writeFileAtomic(disk: Disk, path: string, bytes: Uint8Array, options: AtomicWriteOptions): void {
  const temporary = createTemporary(disk, path, options);
  try {
    writeSyncClose(temporary, bytes);
    disk.rename(temporary.path, path);
  } catch (error) {
    discard(disk, temporary.path, error);
  }
  disk.syncDirectory(dirname(path));
}

function createTemporary(disk: Disk, path: string, options: AtomicWriteOptions): DiskFile {
  const { random, mode = 0o600 } = options;
  for (let attempts = 1; ; attempts += 1) {
    const name = `.${basename(path)}.${randomToken(random, 12)}.tmp`;
    try {
      return disk.open(join(dirname(path), name), "create-new", { mode });
    } catch (error) {
      if (!isDiskError(error, "EEXIST") || attempts === NAME_ATTEMPTS) throw error;
    }
  }
}

function writeSyncClose(file: DiskFile, bytes: Uint8Array): void {
  try {
    writeFully(file, bytes, 0);
    file.syncData();
  } finally {
    file.close();
  }
}

/** Rethrows `error` after removing the temporary file; when that fails too, the error says what was left behind. */
function discard(disk: Disk, temporaryPath: string, error: unknown): never {
  try {
    disk.unlink(temporaryPath);
  } catch (unlinkError) {
    if (!isDiskError(error)) throw error;
    throw new DiskError(error.code, `${error.message}; its temporary file "${temporaryPath}" stayed behind`, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      context: { ...error.context, temporaryPath },
      cause: new AggregateError([error, unlinkError]),
    });
  }
  throw error;
}
