/**
 * Files under construction (ENGINE K1, K2): created anew under random names, held with an exclusive lock until they are
 * published, removed again when they are not.
 */
import { crc32 } from "node:zlib";
import { isSameFile, randomToken, writeFully } from "@knotwork/disk";
import type { Disk, DiskFile, Random } from "@knotwork/disk";
import { discard, LINE_FEED, LINE_REST_START, sealLine } from "@knotwork/wal";
import type { Awaitable } from "../engine.ts";

export interface ConstructedFile {
  readonly name: string;
  readonly path: string;
  readonly file: DiskFile;
}

/** Who makes files: a construction, or what asks one in another thread. */
export interface FileMaker {
  /** Creates `<prefix>-<random><suffix>` in `directory`, locked. */
  create(directory: string, prefix: string, suffix: string): Awaitable<ConstructedFile>;
}

export class Construction implements FileMaker {
  readonly #disk: Disk;
  readonly #random: Random;
  readonly #files: ConstructedFile[] = [];

  constructor(disk: Disk, random: Random) {
    this.#disk = disk;
    this.#random = random;
  }

  create(directory: string, prefix: string, suffix: string): ConstructedFile {
    for (;;) {
      const name = `${prefix}-${randomToken(this.#random, 10)}${suffix}`;
      const path = `${directory}/${name}`;
      const file = this.#disk.open(path, "create-new");
      // A collector that looked at the file before it was locked is about to remove it.
      if (file.tryLock("exclusive")) {
        this.#files.push({ name, path, file });
        return { name, path, file };
      }
      file.close();
    }
  }

  /** Whether every path still names the file that was made here: a collector that saw no lock may have removed one. */
  isIntact(): boolean {
    return this.#files.every(({ path, file }) => {
      const open = file.stat();
      const named = this.#disk.stat(path);
      return open.linkCount > 0 && named !== undefined && isSameFile(named, open);
    });
  }

  /** Lets go of the locks: the files belong to a manifest now. */
  finish(): void {
    for (const { file } of this.#files.splice(0)) file.close();
  }

  /** Removes what was made; it may be begun anew. */
  abandon(): void {
    for (const { path, file } of this.#files.splice(0)) {
      discard(this.#disk, path);
      file.close();
    }
  }
}

/** Writes lines through a buffer, and counts. */
export class LineWriter {
  readonly #file: DiskFile;
  #pending = Buffer.allocUnsafeSlow(PENDING_BYTES_AT_FIRST);
  #pendingBytes = 0;
  #written = 0;
  /** Of what was written. */
  #crc = 0;

  constructor(file: DiskFile) {
    this.#file = file;
  }

  /** Offset of the next line. */
  get offset(): number {
    return this.#written + this.#pendingBytes;
  }

  /** CRC of all lines so far, in hex. */
  get crc(): string {
    const crc = crc32(this.#pending.subarray(0, this.#pendingBytes), this.#crc);
    return crc.toString(16).padStart(8, "0");
  }

  /** Where the line stands. @throws DiskError ENOSPC */
  write(line: Buffer): LinePlace {
    const place = { offset: this.offset, length: line.length };
    if (this.#reserve(line.length)) {
      this.#pending.set(line, this.#pendingBytes);
      this.#pendingBytes += line.length;
    } else this.#put(line);
    return place;
  }

  /**
   * Writes the line of an object whose members are given as JSON text: `members`, and behind them `body`, the bytes of the last
   * one's value, which are copied once from where they are to where the file is written from.
   * @throws DiskError ENOSPC
   */
  writeMembers(members: string, body: Uint8Array): LinePlace {
    const bytesMax = LINE_OVERHEAD_BYTES + 3 * members.length + body.length;
    if (!this.#reserve(bytesMax)) {
      const line = Buffer.allocUnsafe(bytesMax);
      return this.write(line.subarray(0, writeLineOf(line, 0, members, body)));
    }
    const offset = this.offset;
    const end = writeLineOf(this.#pending, this.#pendingBytes, members, body);
    const length = end - this.#pendingBytes;
    this.#pendingBytes = end;
    return { offset, length };
  }

  flush(): void {
    if (this.#pendingBytes === 0) return;
    const bytes = this.#pending.subarray(0, this.#pendingBytes);
    this.#pendingBytes = 0;
    this.#put(bytes);
  }

  /** Makes room for so many bytes; false, and all is written, when they are more than are ever kept. */
  #reserve(bytes: number): boolean {
    if (this.#pendingBytes + bytes <= this.#pending.length) return true;
    if (this.#pendingBytes + bytes > PENDING_BYTES_MAX) this.flush();
    if (bytes > PENDING_BYTES_MAX) return false;
    const needed = this.#pendingBytes + bytes;
    if (needed <= this.#pending.length) return true;
    const grown = Buffer.allocUnsafeSlow(Math.min(Math.max(needed, 4 * this.#pending.length), PENDING_BYTES_MAX));
    grown.set(this.#pending.subarray(0, this.#pendingBytes));
    this.#pending = grown;
    return true;
  }

  #put(bytes: Buffer): void {
    this.#crc = crc32(bytes, this.#crc);
    writeFully(this.#file, bytes, this.#written);
    this.#written += bytes.length;
  }
}

export interface LinePlace {
  readonly offset: number;
  readonly length: number;
}

const PENDING_BYTES_AT_FIRST = 8 * 1024;
const PENDING_BYTES_MAX = 256 * 1024;
/** The CRC member, the braces and the line feed. */
const LINE_OVERHEAD_BYTES = 32;

/** Writes the line at `start`; gives the offset behind it. */
function writeLineOf(bytes: Buffer, start: number, members: string, body: Uint8Array): number {
  const restStart = start + LINE_REST_START;
  let at = restStart + bytes.write(members, restStart, "utf8");
  bytes.set(body, at);
  at += body.length;
  bytes[at] = CLOSING_BRACE;
  bytes[at + 1] = LINE_FEED;
  sealLine(bytes, start, at + 1);
  return at + 2;
}

const CLOSING_BRACE = 0x7d;
