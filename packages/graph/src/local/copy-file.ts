/** Copies and hashes files piece by piece, letting the event loop have its turn. */
import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { isDiskError, writeFully } from "@knotwork/disk";
import type { Disk, DiskFile } from "@knotwork/disk";
import { storeDamaged } from "./store-error.ts";

export interface FileSum {
  readonly bytes: number;
  readonly sha256: string;
}

export interface CopyFileOptions {
  readonly disk: Disk;
  readonly from: string;
  readonly to: string;
  /** The length it has: no more is copied, less is damage. */
  readonly bytes: number;
  readonly onBytes?: (count: number) => void;
}

const PIECE_BYTES = 1024 * 1024;

/** Copies into a new file, durable on return but for its name. @throws StoreError STORE_DAMAGED when the file is shorter; DiskError */
export async function copyFile({ disk, from, to, bytes, onBytes }: CopyFileOptions): Promise<FileSum> {
  const source = openNamed(disk, from);
  try {
    const target = disk.open(to, "create-new");
    try {
      const hash = createHash("sha256");
      for (let offset = 0; offset < bytes; offset += PIECE_BYTES) {
        const piece = readPiece(source, offset, Math.min(PIECE_BYTES, bytes - offset));
        writeFully(target, piece, offset);
        hash.update(piece);
        onBytes?.(piece.length);
        await nextTurn();
      }
      await target.syncDataAsync();
      return { bytes, sha256: hash.digest("hex") };
    } finally {
      target.close();
    }
  } finally {
    source.close();
  }
}

/** Hashes a whole file; `undefined` when there is none. */
export async function sumFile(disk: Disk, path: string): Promise<FileSum | undefined> {
  let file: DiskFile;
  try {
    file = disk.open(path, "read");
  } catch (error) {
    if (isDiskError(error, "ENOENT")) return undefined;
    throw error;
  }
  try {
    const bytes = file.stat().sizeBytes;
    const hash = createHash("sha256");
    for (let offset = 0; offset < bytes; offset += PIECE_BYTES) {
      hash.update(readPiece(file, offset, Math.min(PIECE_BYTES, bytes - offset)));
      await nextTurn();
    }
    return { bytes, sha256: hash.digest("hex") };
  } finally {
    file.close();
  }
}

export function sumBytes(bytes: Buffer): FileSum {
  return { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

function openNamed(disk: Disk, path: string): DiskFile {
  try {
    return disk.open(path, "read");
  } catch (error) {
    if (!isDiskError(error, "ENOENT")) throw error;
    throw storeDamaged("Cannot copy the store: a file that the manifest names is missing", { path }, error);
  }
}

function readPiece(file: DiskFile, offset: number, length: number): Buffer {
  const piece = Buffer.allocUnsafe(length);
  const count = file.read(piece, 0, length, offset);
  if (count === length) return piece;
  throw storeDamaged("Cannot copy the store: a file is shorter than it was", {
    path: file.path,
    offset: offset + count,
  });
}
