/** What the contract suite needs of an implementation, and how its tests look at results. */
import type { Disk, DiskFile } from "../../disk.ts";
import { type DiskError, isDiskError } from "../../errors.ts";
import { readWholeFile } from "../../read-whole-file.ts";
import { writeFully } from "../../write-fully.ts";

export interface DiskUnderTest {
  readonly disk: Disk;
  /** The same storage as another process sees it, or the same disk again. */
  readonly other: Disk;
  /** An empty directory. */
  readonly directory: string;
  readonly plantSymlink: (path: string, target: string) => void;
  /** Leaves room for so many more bytes; `undefined`: this implementation cannot be filled in a test. */
  readonly leaveFreeBytes: ((count: number) => void) | undefined;
  readonly cleanUp: () => void;
}

export function writeNew(disk: Disk, path: string, content: string): void {
  const file = disk.open(path, "create-new");
  writeFully(file, Buffer.from(content), 0);
  file.close();
}

export function textAt(disk: Disk, path: string): string | undefined {
  return readWholeFile(disk, path)?.toString();
}

export function textOf(file: DiskFile): string {
  const buffer = Buffer.alloc(file.stat().sizeBytes);
  return buffer.toString("utf8", 0, file.read(buffer, 0, buffer.length, 0));
}

/** The operating error that `call` throws, `undefined` when it throws none; any other error is thrown on. */
export function errorOf(call: () => unknown): DiskError | undefined {
  try {
    call();
  } catch (error) {
    if (isDiskError(error)) return error;
    throw error;
  }
  return undefined;
}

export function codeOf(call: () => unknown): string | undefined {
  return errorOf(call)?.code;
}
