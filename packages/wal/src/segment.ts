/**
 * An open segment file. Bodies are read from it as long as somebody retains it, also after the file was dropped by a
 * checkpoint or replaced by a repair (the repaired copy has the same bytes at the same offsets).
 *
 * Invariants:
 * - The file is closed when nobody retains the segment and no sync is pending on it.
 */
import { assert, fileIdentity, isDiskError, isSameFile } from "@knotwork/disk";
import type { Disk, DiskFile, DiskStat, FileIdentity } from "@knotwork/disk";
import { LogGapError, WalError } from "./errors.ts";
import { LINE_REST_START, lineCrc } from "./line-format.ts";
import { decodeSegmentHeader } from "./segment-format.ts";
import type { SegmentHeader } from "./segment-format.ts";
import { segmentFirstSeq } from "./segment-names.ts";
import type { WalPaths } from "./segment-names.ts";

export interface SegmentOptions {
  readonly disk: Disk;
  readonly paths: WalPaths;
  readonly storeId: string;
  /** Open for appending and locking, or only for reading. */
  readonly writable: boolean;
}

const HEADER_BYTES_MAX = 4096;
/** What is read into it is never looked at. */
const probe = Buffer.alloc(1);

export class Segment {
  readonly name: string;
  readonly firstSeq: number;
  readonly path: string;
  readonly header: SegmentHeader;
  /** Offset of the first record. */
  readonly recordsStart: number;
  readonly #options: SegmentOptions;
  #file: DiskFile;
  #identity: FileIdentity;
  #openCount = 1;
  #retained = 1;
  #pendingSyncs = 0;

  private constructor(
    options: SegmentOptions,
    name: string,
    file: DiskFile,
    header: SegmentHeader,
    headerBytes: number,
  ) {
    const firstSeq = segmentFirstSeq(name);
    assert(firstSeq === header.first, `The name of a segment tells its first seq: "${name}" says ${header.first}`);
    this.name = name;
    this.firstSeq = header.first;
    this.path = file.path;
    this.header = header;
    this.recordsStart = headerBytes;
    this.#options = options;
    this.#file = file;
    this.#identity = fileIdentity(file);
  }

  /**
   * Opens a segment by name. It is retained once.
   * @throws DiskError ENOENT; WalError LOG_DAMAGED when its header is not sound, STORE_REPLACED, FORMAT_UNKNOWN
   */
  static open(options: SegmentOptions, name: string): Segment {
    const path = options.paths.segment(name);
    const file = options.disk.open(path, options.writable ? "append" : "read");
    try {
      const { header, bytes } = readHeader(file, options.storeId);
      return new Segment(options, name, file, header, bytes);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Grows whenever another file takes the place of the one that was open: locks on the old one mean nothing then. */
  get openCount(): number {
    return this.#openCount;
  }

  /** Which file is open: another one after `reopen`. */
  get identity(): FileIdentity {
    return this.#identity;
  }

  stat(): DiskStat {
    return this.#file.stat();
  }

  /**
   * The state of the open file if its path still names it, by one look at the path: an inode that is held open is given to no
   * other file, and what has this name has at least one.
   */
  statAtPath(): DiskStat | undefined {
    const named = this.#options.disk.stat(this.path);
    return named !== undefined && isSameFile(named, this.#identity) ? named : undefined;
  }

  /**
   * Opens the file that the path names now: after a repair replaced it. `last` is the last line that was read, if any.
   * @throws DiskError ENOENT; LogGapError when the file does not hold that line: a repair found it unreadable
   */
  reopen(last: { readonly offset: number; readonly crc: string } | undefined): void {
    const next = this.#options.disk.open(this.path, this.#options.writable ? "append" : "read");
    let identity: FileIdentity;
    try {
      identity = fileIdentity(next);
      readHeader(next, this.#options.storeId);
      if (last !== undefined && readCrc(next, last.offset) !== last.crc) throw new LogGapError(this.name);
    } catch (error) {
      next.close();
      throw error;
    }
    this.#closeWhenIdle(this.#file);
    this.#file = next;
    this.#identity = identity;
    this.#openCount += 1;
  }

  /** `into` takes the bytes if they fit; then they stand until it is read into again. */
  read(offset: number, length: number, into?: Buffer): Buffer {
    const bytes = into !== undefined && length <= into.length ? into : Buffer.allocUnsafe(length);
    const count = this.#file.read(bytes, 0, length, offset);
    return count === bytes.length ? bytes : bytes.subarray(0, count);
  }

  /** Whether no byte stands at `offset` or behind it: one read of one byte, half the cost of `stat`. */
  endsAt(offset: number): boolean {
    return this.#file.read(probe, 0, 1, offset) === 0;
  }

  append(bytes: Uint8Array): number {
    return this.#file.write(bytes);
  }

  truncate(sizeBytes: number): void {
    this.#file.truncate(sizeBytes);
  }

  tryLock(): boolean {
    return this.#file.tryLock("exclusive");
  }

  unlock(): void {
    this.#file.unlock();
  }

  syncData(): void {
    this.#file.syncData();
  }

  /** Syncs the descriptor that is open now; it stays open until the sync is done. */
  async syncDataAsync(): Promise<void> {
    const file = this.#file;
    this.#pendingSyncs += 1;
    try {
      await file.syncDataAsync();
    } finally {
      this.#pendingSyncs -= 1;
      for (const idle of this.#pendingSyncs === 0 ? this.#waitingToClose.splice(0) : []) idle.close();
    }
  }

  retain(): void {
    assert(this.#retained > 0, "A closed segment is not retained again");
    this.#retained += 1;
  }

  release(): void {
    assert(this.#retained > 0, "A segment is released as often as it was retained");
    this.#retained -= 1;
    if (this.#retained === 0) this.#closeWhenIdle(this.#file);
  }

  readonly #waitingToClose: DiskFile[] = [];

  #closeWhenIdle(file: DiskFile): void {
    if (this.#pendingSyncs === 0) file.close();
    else this.#waitingToClose.push(file);
  }
}

function readHeader(file: DiskFile, storeId: string): { readonly header: SegmentHeader; readonly bytes: number } {
  const bytes = Buffer.alloc(HEADER_BYTES_MAX);
  const count = file.read(bytes, 0, bytes.length, 0);
  const decoded = decodeSegmentHeader(bytes.subarray(0, count), storeId, file.path);
  if (decoded === undefined) throw damagedHeader(file.path);
  return decoded;
}

function readCrc(file: DiskFile, offset: number): string {
  const bytes = Buffer.alloc(LINE_REST_START);
  const count = file.read(bytes, 0, bytes.length, offset);
  return lineCrc(bytes.subarray(0, count));
}

function damagedHeader(path: string): WalError {
  return new WalError("LOG_DAMAGED", `Cannot read segment: its header is damaged`, {
    hint: "Nothing was changed. Run: knot doctor",
    context: { path, offset: 0 },
  });
}

/** Whether an error says that a segment is not there any more. */
export function isGone(error: unknown): boolean {
  return isDiskError(error, "ENOENT");
}
