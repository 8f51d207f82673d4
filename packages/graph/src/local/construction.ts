/**
 * Files under construction (ENGINE K1, K2): created anew under random names, held with an exclusive lock until they are
 * published, removed again when they are not.
 */
import { crc32 } from "node:zlib";
import { randomToken, writeFully } from "@knotwork/disk";
import type { Disk, DiskFile, Random } from "@knotwork/disk";
import { discard } from "@knotwork/wal";

export interface ConstructedFile {
  readonly name: string;
  readonly path: string;
  readonly file: DiskFile;
}

export class Construction {
  readonly #disk: Disk;
  readonly #random: Random;
  readonly #files: ConstructedFile[] = [];

  constructor(disk: Disk, random: Random) {
    this.#disk = disk;
    this.#random = random;
  }

  /** Creates `<prefix>-<random><suffix>` in `directory`, locked. */
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
      return open.linkCount > 0 && named !== undefined && named.ino === open.ino && named.dev === open.dev;
    });
  }

  /** Lets go of the locks: the files belong to a manifest now. */
  finish(): void {
    for (const { file } of this.#files.splice(0)) file.close();
  }

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
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #written = 0;
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
    return this.#crc.toString(16).padStart(8, "0");
  }

  /** Where the line stands. @throws DiskError ENOSPC */
  write(line: Buffer): { readonly offset: number; readonly length: number } {
    const position = { offset: this.offset, length: line.length };
    this.#pending.push(line);
    this.#crc = crc32(line, this.#crc);
    this.#pendingBytes += line.length;
    if (this.#pendingBytes >= FLUSH_BYTES) this.flush();
    return position;
  }

  flush(): void {
    if (this.#pendingBytes === 0) return;
    writeFully(this.#file, Buffer.concat(this.#pending), this.#written);
    this.#written += this.#pendingBytes;
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}

const FLUSH_BYTES = 256 * 1024;
